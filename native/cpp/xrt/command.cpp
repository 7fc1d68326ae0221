#include "xrt/command.h"

#include <chrono>
#include <cstring>
#include <thread>

#include "xrt/failure.h"
#include "xrt/program.h"

namespace amanuensis::xrt_device {

namespace {

void make_instructions(am_device_program &program, int32_t argument_index) {
  if (program.instructions) {
    return;
  }
  if (program.words->empty()) {
    throw Failure(AM_DEVICE_ARGUMENT,
                  "the kernel takes instructions and the overlay has none; it would run and compute nothing");
  }
  const size_t bytes = program.words->size() * sizeof(uint32_t);
  xrt::bo memory(program.device, bytes, xrt::bo::flags::cacheable, program.kernel.group_id(argument_index));
  std::memcpy(memory.map<void *>(), program.words->data(), bytes);
  memory.sync(XCL_BO_SYNC_BO_TO_DEVICE);
  program.instructions = memory;
}

void set_argument(am_device_run &run, int32_t index, const am_device_argument &argument) {
  switch (argument.role) {
    case AM_DEVICE_OPCODE: return run.command.set_arg(index, argument.value);
    case AM_DEVICE_INSTRUCTIONS: return run.command.set_arg(index, *run.program.instructions);
    case AM_DEVICE_INSTRUCTION_WORDS:
      return run.command.set_arg(index, static_cast<uint32_t>(run.program.words->size()));
    case AM_DEVICE_A:
    case AM_DEVICE_B:
    case AM_DEVICE_C:
      if (argument.buffer == nullptr) {
        throw Failure(AM_DEVICE_ARGUMENT, "argument " + std::to_string(index) + " has no buffer");
      }
      run.arguments.push_back(argument.buffer->memory);
      return run.command.set_arg(index, argument.buffer->memory);
    case AM_DEVICE_M:
    case AM_DEVICE_K:
    case AM_DEVICE_N: return run.command.set_arg(index, static_cast<uint32_t>(argument.value));
    default:
      throw Failure(AM_DEVICE_ARGUMENT,
                    "argument " + std::to_string(index) + " has the unknown role " + std::to_string(argument.role));
  }
}

/** The command's state, and with it XRT's own note of whether the command is in flight. */
ert_cmd_state look_at(am_device_run &run) {
  const ert_cmd_state state = run.command.state();
  // SUBMITTED is 7, between the final ones.
  run.in_flight = state < ERT_CMD_STATE_COMPLETED || state == ERT_CMD_STATE_SUBMITTED;
  return state;
}

[[noreturn]] void fail_ended(ert_cmd_state state, const std::string &reason) {
  const std::string message = "the command ended in state " + std::to_string(state) + ": " + reason;
  switch (state) {
    case ERT_CMD_STATE_ERROR: throw Failure(AM_DEVICE_ERROR, message);
    case ERT_CMD_STATE_TIMEOUT: throw Failure(AM_DEVICE_TIMEOUT, message);
    default: throw Failure(AM_DEVICE_ABORT, message);
  }
}

/**
 * Waits until the command has ended, the time has passed, or XRT gives up for another reason; which of them, the
 * command's state says, not XRT: where the time has passed, and where the device has gone, 2.25 throws one and the same
 * error.
 */
std::string wait_in_xrt(const am_device_run &run, std::chrono::milliseconds time) {
  try {
    // Not wait(), which reports a deadline that passed as a time-out of the device.
    run.command.wait2(time);
    return "XRT says no more";
  } catch (const std::exception &error) {
    return error.what();
  }
}

}  // namespace

std::unique_ptr<am_device_run> open_run(am_device_program &program, const am_device_argument *arguments,
                                        int32_t argument_count) {
  for (int32_t i = 0; i < argument_count; ++i) {
    if (arguments[i].role == AM_DEVICE_INSTRUCTIONS) {
      make_instructions(program, i);
    }
  }
  auto run = std::make_unique<am_device_run>();
  run->program = program;
  run->command = xrt::run(program.kernel);
  for (int32_t i = 0; i < argument_count; ++i) {
    set_argument(*run, i, arguments[i]);
  }
  return run;
}

void start(am_device_run &run) {
  if (run.in_flight) {
    throw Failure(AM_DEVICE_BUSY, "the run is still in flight");
  }
  run.command.start();
  run.in_flight = true;
}

void wait(am_device_run &run, int32_t timeout_ms) {
  using Clock = std::chrono::steady_clock;
  if (!run.in_flight) {
    throw Failure(AM_DEVICE_ARGUMENT, "the run has not been started");
  }
  const Clock::time_point deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
  for (std::chrono::milliseconds left(timeout_ms);;) {
    const std::string reason = wait_in_xrt(run, left);
    const ert_cmd_state state = look_at(run);
    if (!run.in_flight) {
      return state == ERT_CMD_STATE_COMPLETED ? void() : fail_ended(state, reason);
    }
    if (!answers(run.program.device)) {
      throw Failure(AM_DEVICE_LOST, "the device has gone with a command in flight: " + reason);
    }
    left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) {
      throw Failure(AM_DEVICE_HOST_TIMEOUT, "the command is in flight after " + std::to_string(timeout_ms) +
                                                " ms, state " + std::to_string(state));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void release(std::unique_ptr<am_device_run> run) noexcept {
  if (run->in_flight) {
    try {
      look_at(*run);
    } catch (...) {
      // What cannot be looked at may still be written to.
    }
  }
  if (run->in_flight) {
    // XRT ends the process if a run in flight is destroyed, and the device would write into memory that has been given
    // back.
    [[maybe_unused]] am_device_run *const parked = run.release();
  }
}

}  // namespace amanuensis::xrt_device
