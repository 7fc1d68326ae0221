#include "packet.h"

#include <atomic>
#include <bit>
#include <cstdio>
#include <cstring>

#include "driver_interface.h"
#include "kernel.h"

namespace npu_emulator {

namespace {

/** The kernel's registers, by their offset in bytes, which is that of kernels.json. */
constexpr size_t kOpcode = 0x00;
constexpr size_t kInstructions = 0x08;
constexpr size_t kInstructionWords = 0x10;
constexpr size_t kA = 0x14;
constexpr size_t kB = 0x1c;
constexpr size_t kC = 0x24;
constexpr size_t kRegisterBytes = 0x2c;

template <typename T>
T read_at(const unsigned char *registers, size_t offset) {
  T value;
  std::memcpy(&value, registers + offset, sizeof value);
  return value;
}

uint32_t header_of(const Buffer &command) {
  return std::atomic_ref(*reinterpret_cast<uint32_t *>(command.data)).load(std::memory_order_acquire);
}

/** The last word that the host looks at: everything else has been written before. */
void finish(const Buffer &command, ert_cmd_state state) {
  const std::atomic_ref header(*reinterpret_cast<uint32_t *>(command.data));
  header.store((header.load() & ~0xFu) | static_cast<uint32_t>(state), std::memory_order_release);
}

ert_cmd_state refuse(const char *reason) {
  std::fprintf(stderr, "npu_emulator: %s\n", reason);
  return ERT_CMD_STATE_ERROR;
}

ert_cmd_state start_unit(const Buffer &command, const Images &images, const Memory &memory, Ending ending) {
  ert_start_kernel_cmd packet;
  std::memcpy(&packet, command.data, sizeof packet);
  const size_t masks = 1 + packet.extra_cu_masks;
  if (packet.count * sizeof(uint32_t) < masks * sizeof(uint32_t) + kRegisterBytes || packet.cu_mask == 0) {
    return refuse("a command without a compute unit or without its arguments");
  }
  const auto image = images.find(static_cast<uint32_t>(std::countr_zero(packet.cu_mask)));
  if (image == images.end()) {
    return refuse("a command for a compute unit that the context was not configured with");
  }
  const unsigned char *registers = command.data + sizeof packet.header + masks * sizeof(uint32_t);
  KernelArguments arguments;
  arguments.opcode = read_at<uint64_t>(registers, kOpcode);
  arguments.instructions = read_at<uint64_t>(registers, kInstructions);
  arguments.instruction_words = read_at<uint32_t>(registers, kInstructionWords);
  arguments.a = read_at<uint64_t>(registers, kA);
  arguments.b = read_at<uint64_t>(registers, kB);
  arguments.c = read_at<uint64_t>(registers, kC);
  if (ending == Ending::kStale) {
    return ERT_CMD_STATE_COMPLETED;
  }
  if (!run_kernel(image->second, arguments, memory)) {
    return ERT_CMD_STATE_ERROR;
  }
  if (ending == Ending::kWrong) {
    spoil_result(image->second, arguments, memory);
  }
  return ERT_CMD_STATE_COMPLETED;
}

ert_cmd_state run_packet(const Buffer &command, const Images &images, const Memory &memory, Ending ending);

ert_cmd_state run_chain(const Buffer &command, const Images &images, const Memory &memory, Ending ending) {
  auto *chain = reinterpret_cast<ert_cmd_chain_data *>(command.data + sizeof(uint32_t));
  for (uint32_t i = 0; i < chain->command_count; ++i) {
    const Buffer *link = memory.find(static_cast<uint32_t>(chain->data[i]));
    const ert_cmd_state state =
        link == nullptr ? refuse("a chain with an unknown command") : run_packet(*link, images, memory, ending);
    chain->submit_index = i;
    if (state != ERT_CMD_STATE_COMPLETED) {
      chain->error_index = i;
      return state;
    }
    finish(*link, state);
  }
  return ERT_CMD_STATE_COMPLETED;
}

ert_cmd_state run_packet(const Buffer &command, const Images &images, const Memory &memory, Ending ending) {
  switch ((header_of(command) >> 23) & 0x1F) {
    case ERT_START_CU: return start_unit(command, images, memory, ending);
    case ERT_CMD_CHAIN: return run_chain(command, images, memory, ending);
    default: return refuse("a command packet that is neither a start of a compute unit nor a chain");
  }
}

}  // namespace

void execute_packet(const Buffer &command, const Images &images, const Memory &memory, Ending ending) {
  switch (ending) {
    case Ending::kError: return finish(command, ERT_CMD_STATE_ERROR);
    case Ending::kAbort: return finish(command, ERT_CMD_STATE_ABORT);
    case Ending::kTimeout: return finish(command, ERT_CMD_STATE_TIMEOUT);
    case Ending::kHang: return;
    case Ending::kCompleted:
    case Ending::kStale:
    case Ending::kWrong: return finish(command, run_packet(command, images, memory, ending));
  }
}

void abort_packet(const Buffer &command) {
  finish(command, ERT_CMD_STATE_ABORT);
}

}  // namespace npu_emulator
