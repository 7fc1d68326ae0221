#include "device/emulated_device.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <thread>

#include "common/error.h"
#include "common/options.h"
#include "cpu/instruction_sets.h"
#include "device/block_float_product.h"
#include "device/device_faults.h"
#include "device/latency_model.h"
#include "device/overlay.h"
#include "device/statuses.h"
#include "ops/buffer.h"

namespace amanuensis {
namespace {

using Clock = std::chrono::steady_clock;

thread_local char last_error[512] = "";

template <typename Body>
am_device_status guarded(Body &&body) noexcept {
  am_device_status status = AM_DEVICE_INTERNAL;
  const char *message = "an unknown exception";
  try {
    body();
    return AM_DEVICE_OK;
  } catch (const Error &error) {
    status = error.status();
    std::snprintf(last_error, sizeof last_error, "emulated device: %s", error.what());
    return status;
  } catch (const std::bad_alloc &) {
    status = AM_DEVICE_MEMORY;
    message = "an allocation failed";
  } catch (const std::exception &) {
    message = "an unexpected exception";
  } catch (...) {
  }
  std::snprintf(last_error, sizeof last_error, "emulated device: %s", message);
  return status;
}

struct Settings {
  bool floor, latency;
  LatencyModel model;
  std::string faults, fault_file;
};

Settings read_settings(const am_device_option *options, int32_t count) {
  Options pairs;
  for (int32_t i = 0; i < count; ++i) {
    pairs.emplace(options[i].key, options[i].value);
  }
  const OptionReader reader(&pairs, {"faults", "fault-file", "gbps", "latency", "launch-us", "rounding", "tflops"});
  const LatencyModel usual;
  return {reader.choice("rounding", "even", {"even", "floor"}) == "floor",
          reader.choice("latency", "none", {"none", "model"}) == "model",
          {reader.number("tflops", usual.tflops, 0.001, 1e6),
           reader.number("gbps", usual.gigabytes_a_second, 0.001, 1e6),
           reader.number("launch-us", usual.launch_us, 0, 1e9)},
          reader.text("faults", ""),
          reader.text("fault-file", "")};
}

struct Device {
  explicit Device(Settings wanted)
      : settings(std::move(wanted)),
        faults(settings.faults, settings.fault_file),
        product(kernels_named("auto"), settings.floor) {}

  Settings settings;
  DeviceFaults faults;
  BlockFloatProduct product;
  int64_t started = 0;  // runs, and resets that failed
  bool lost = false;
  Clock::time_point free_at{};                // one command after the other
  std::vector<std::byte> last_output;         // of the last run that computed, where faults are asked for
};

using Memory = std::shared_ptr<Bytes>;

struct Program {
  Device &device;
  am_device_overlay overlay;  // its pointers are not kept
};

struct HeldBuffer {
  Memory memory;
};

struct Run {
  Device &device;
  am_device_overlay overlay;
  Memory a, b, c;
  int32_t m, k, n;
  bool in_flight = false;
  std::optional<Fault> fault;
  Clock::time_point ends_at{};

  bool suffers(FaultKind kind) const { return fault && fault->kind == kind; }
};

/** What a device may still write to is never freed. */
void park(Run *run) {
  static auto *const parked = new std::vector<Run *>;
  static auto *const mutex = new std::mutex;
  const std::lock_guard lock(*mutex);
  parked->push_back(run);
}

Number number_of(int32_t type) {
  return type == AM_DEVICE_BFLOAT16 ? Number::kBfloat16 : Number::kFloat32;
}

void require_present(const DeviceFaults &faults, int64_t number) {
  if (faults.on(FaultKind::kNone, number) || faults.on(FaultKind::kLost, number)) {
    fail(AM_ERROR_DEVICE_NONE, "no such device: a fault asked for says so");
  }
  if (faults.on(FaultKind::kPermission, number)) {
    fail(AM_ERROR_DEVICE_PERMISSION, "the node may not be opened: a fault asked for says so");
  }
  if (faults.on(FaultKind::kMemlock, number)) {
    fail(AM_ERROR_DEVICE_MEMLOCK, "memory cannot be locked: a fault asked for says so");
  }
}

void describe(am_device_facts *out) {
  *out = {};
  std::snprintf(out->name, sizeof out->name, "XDNA2 NPU (EMULATED)");
  std::snprintf(out->driver, sizeof out->driver, "in this process");
  out->columns = 8;
  out->rows = 6;
}

am_device_status probe(const am_device_option *options, int32_t count, am_device_facts *out_facts) {
  return guarded([&] {
    const Settings settings = read_settings(options, count);
    require_present(DeviceFaults(settings.faults, settings.fault_file), 0);
    describe(out_facts);
  });
}

am_device_status open(const am_device_option *options, int32_t count, am_device **out_device) {
  return guarded([&] {
    auto device = std::make_unique<Device>(read_settings(options, count));
    require_present(device->faults, 0);
    *out_device = reinterpret_cast<am_device *>(device.release());
  });
}

void close(am_device **device) {
  delete reinterpret_cast<Device *>(*device);
  *device = nullptr;
}

am_device_status facts(const am_device *, am_device_facts *out_facts) {
  describe(out_facts);
  return AM_DEVICE_OK;
}

void require_present(const Device &device) {
  if (device.lost) {
    fail(AM_ERROR_DEVICE_LOST, "the device has gone");
  }
}

am_device_status program_load(am_device *device, const am_device_overlay *overlay, am_device_program **out_program) {
  return guarded([&] {
    Device &owner = *reinterpret_cast<Device *>(device);
    require_present(owner);
    if (owner.faults.on(FaultKind::kContexts, 0)) {
      fail(AM_ERROR_DEVICE_CONTEXTS, "no hardware context is free: a fault asked for says so");
    }
    if (owner.faults.on(FaultKind::kOverlay, 0)) {
      fail(AM_ERROR_DEVICE_OVERLAY, "the overlay has no kernel ", overlay->kernel, ": a fault asked for says so");
    }
    if (overlay->type_c != AM_DEVICE_FLOAT32) {
      fail(AM_ERROR_DEVICE_OVERLAY, "its products are float32, the overlay's are of type ", overlay->type_c);
    }
    am_device_overlay kept = *overlay;
    kept.container = kept.kernel = nullptr;
    kept.instructions = nullptr;
    *out_program = reinterpret_cast<am_device_program *>(new Program{owner, kept});
  });
}

void program_close(am_device_program **program) {
  delete reinterpret_cast<Program *>(*program);
  *program = nullptr;
}

am_device_status buffer_open(am_device_program *program, int32_t, int64_t bytes, am_device_buffer **out_buffer) {
  return guarded([&] {
    const Device &device = reinterpret_cast<Program *>(program)->device;
    require_present(device);
    if (device.faults.on(FaultKind::kMemory, 0)) {
      fail(AM_ERROR_DEVICE_MEMORY, "no memory for a buffer of ", bytes, " bytes: a fault asked for says so");
    }
    *out_buffer = reinterpret_cast<am_device_buffer *>(new HeldBuffer{std::make_shared<Bytes>(bytes)});
  });
}

const Memory &memory_of(const am_device_buffer *buffer) {
  return reinterpret_cast<const HeldBuffer *>(buffer)->memory;
}

am_device_status buffer_map(am_device_buffer *buffer, void **out_address) {
  *out_address = memory_of(buffer)->data();
  return AM_DEVICE_OK;
}

am_device_status buffer_sync(am_device_buffer *buffer, am_device_direction, int64_t offset, int64_t bytes) {
  return guarded([&] {
    if (offset < 0 || bytes < 0 || offset + bytes > memory_of(buffer)->size()) {
      fail(AM_ERROR_ARGUMENT, "bytes ", offset, " to ", offset + bytes, " of a buffer of ", memory_of(buffer)->size());
    }
  });
}

void buffer_close(am_device_buffer **buffer) {
  delete reinterpret_cast<HeldBuffer *>(*buffer);
  *buffer = nullptr;
}

void require_room(const Memory &memory, const char *name, int64_t bytes) {
  if (!memory || memory->size() < bytes) {
    fail(AM_ERROR_ARGUMENT, "buffer ", name, " should hold ", bytes, " bytes and holds ", memory ? memory->size() : 0);
  }
}

am_device_status run_open(am_device_program *program, const am_device_argument *arguments, int32_t count,
                          am_device_run **out_run) {
  return guarded([&] {
    const Program &of = *reinterpret_cast<Program *>(program);
    require_present(of.device);
    Run run = {of.device, of.overlay, {}, {}, {}, of.overlay.m, of.overlay.k, of.overlay.n, false, {}, {}};
    for (const am_device_argument *argument = arguments; argument < arguments + count; ++argument) {
      switch (argument->role) {
        case AM_DEVICE_A: run.a = memory_of(argument->buffer); break;
        case AM_DEVICE_B: run.b = memory_of(argument->buffer); break;
        case AM_DEVICE_C: run.c = memory_of(argument->buffer); break;
        case AM_DEVICE_M: run.m = static_cast<int32_t>(argument->value); break;
        case AM_DEVICE_K: run.k = static_cast<int32_t>(argument->value); break;
        case AM_DEVICE_N: run.n = static_cast<int32_t>(argument->value); break;
        default: break;  // opcode and instructions mean nothing here
      }
    }
    if (run.m < 1 || run.k < 1 || run.n < 1) {
      fail(AM_ERROR_ARGUMENT, "a product of ", run.m, " x ", run.k, " x ", run.n);
    }
    const int64_t m = run.m, k = run.k, n = run.n;
    require_room(run.a, "a", m * k * bytes_of_type(of.overlay.type_a));
    require_room(run.b, "b", k * n * bytes_of_type(of.overlay.type_b));
    require_room(run.c, "c", m * n * bytes_of_type(of.overlay.type_c));
    *out_run = reinterpret_cast<am_device_run *>(new Run(std::move(run)));
  });
}

std::chrono::nanoseconds modelled(const Run &run) {
  const double ns = run.device.settings.model.product_ns(
      run.m, run.k, run.n, static_cast<double>(bytes_of_type(run.overlay.type_a)),
      static_cast<double>(bytes_of_type(run.overlay.type_b)), static_cast<double>(bytes_of_type(run.overlay.type_c)));
  return std::chrono::nanoseconds(static_cast<int64_t>(ns));
}

am_device_status run_start(am_device_run *handle) {
  return guarded([&] {
    Run &run = *reinterpret_cast<Run *>(handle);
    Device &device = run.device;
    require_present(device);
    if (run.in_flight) {
      fail(AM_ERROR_DEVICE_BUSY, "the run is in flight");
    }
    run.fault = device.faults.of_run(++device.started);
    if (run.suffers(FaultKind::kLost)) {
      device.lost = true;
      require_present(device);
    }
    const Clock::time_point now = Clock::now();
    run.ends_at = now;
    if (device.settings.latency) {
      run.ends_at = device.free_at = std::max(now, device.free_at) + modelled(run);
    }
    if (run.suffers(FaultKind::kSlow)) {
      run.ends_at += std::chrono::milliseconds(run.fault->value);
    }
    run.in_flight = true;
  });
}

void compute(Run &run) {
  Device &device = run.device;
  auto *out = reinterpret_cast<float *>(run.c->data());
  const int64_t count = int64_t{run.m} * run.n;
  if (run.suffers(FaultKind::kStale)) {
    std::memcpy(out, device.last_output.data(),
                std::min(static_cast<size_t>(run.c->size()), device.last_output.size()));
    return;
  }
  Team team(nullptr);
  device.product.run(team, {run.a->data(), number_of(run.overlay.type_a), run.m, run.k},
                     {run.b->data(), number_of(run.overlay.type_b), run.k, run.n}, out);
  if (run.suffers(FaultKind::kDrift)) {
    for (int64_t i = 1; i < count; i += 2) {
      out[i] *= 0.5f;
    }
  }
  if (device.faults.any()) {
    device.last_output.assign(run.c->data(), run.c->data() + run.c->size());
  }
}

am_device_status run_wait(am_device_run *handle, int32_t timeout_ms) {
  return guarded([&] {
    Run &run = *reinterpret_cast<Run *>(handle);
    const Clock::time_point deadline = Clock::now() + std::chrono::milliseconds(timeout_ms);
    if (run.suffers(FaultKind::kHang) || run.ends_at > deadline) {
      std::this_thread::sleep_until(deadline);
      fail(AM_ERROR_DEVICE_HOST_TIMEOUT, "the command is still in flight after ", timeout_ms, " ms");
    }
    run.in_flight = false;
    if (run.suffers(FaultKind::kError)) {
      fail(AM_ERROR_DEVICE_COMMAND, "the command ended in state ERROR (5)");
    }
    if (run.suffers(FaultKind::kAbort)) {
      fail(AM_ERROR_DEVICE_ABORT, "the command ended in state ABORT (6)");
    }
    if (run.suffers(FaultKind::kTimeout)) {
      fail(AM_ERROR_DEVICE_TIMEOUT, "the command ended in state TIMEOUT (8)");
    }
    if (!run.suffers(FaultKind::kSilent)) {
      compute(run);
    }
    std::this_thread::sleep_until(run.ends_at);
  });
}

void run_close(am_device_run **handle) {
  Run *run = reinterpret_cast<Run *>(*handle);
  *handle = nullptr;
  if (run && run->in_flight) {
    park(run);
  } else {
    delete run;
  }
}

am_device_status reset(am_device *handle) {
  return guarded([&] {
    Device &device = *reinterpret_cast<Device *>(handle);
    const int64_t next = device.started + 1;
    if (device.faults.on(FaultKind::kNone, next) || device.faults.on(FaultKind::kLost, next)) {
      device.lost = true;
      device.started = next;
      fail(AM_ERROR_DEVICE_LOST, "the device has gone and has not come back");
    }
    device.lost = false;
    device.last_output.clear();
  });
}

const char *last_error_text() {
  return last_error;
}

constexpr am_device_table kTable = {.version = AM_DEVICE_TABLE_VERSION,
                                    .size = sizeof(am_device_table),
                                    .name = "emulated",
                                    .probe = probe,
                                    .open = open,
                                    .close = close,
                                    .facts = facts,
                                    .program_load = program_load,
                                    .program_close = program_close,
                                    .buffer_open = buffer_open,
                                    .buffer_map = buffer_map,
                                    .buffer_sync = buffer_sync,
                                    .buffer_close = buffer_close,
                                    .run_open = run_open,
                                    .run_start = run_start,
                                    .run_wait = run_wait,
                                    .run_close = run_close,
                                    .reset = reset,
                                    .last_error = last_error_text};

}  // namespace

const am_device_table *emulated_device_table() noexcept {
  return &kTable;
}

}  // namespace amanuensis
