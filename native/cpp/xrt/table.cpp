/*
 * The device table on XRT. This object is loaded when an NPU is asked for, and never unloaded: XRT's threads and static
 * objects do not survive that. Every function here is a wall: nothing that XRT throws gets past it.
 */
#include "device/device_table.h"

#include <cstddef>
#include <memory>
#include <utility>

#include "xrt/command.h"
#include "xrt/failure.h"
#include "xrt/node.h"
#include "xrt/program.h"

namespace {

using namespace amanuensis::xrt_device;

/** XRT's destructors are not to throw, and a handle is gone whatever they do. */
template <typename Handle, typename Close>
void close_handle(Handle **handle, Close close) noexcept {
  std::unique_ptr<Handle> owned(std::exchange(*handle, nullptr));
  if (owned) {
    static_cast<void>(guarded([&] { close(std::move(owned)); }));
  }
}

template <typename Handle>
void drop(std::unique_ptr<Handle> handle) {
  handle.reset();
}

am_device_status probe(const am_device_option *options, int32_t option_count, am_device_facts *out_facts) noexcept {
  return guarded([&] { *out_facts = facts_of(find_node(options, option_count)); });
}

am_device_status open(const am_device_option *options, int32_t option_count, am_device **out_device) noexcept {
  return guarded([&] { *out_device = open_device(options, option_count).release(); });
}

void close(am_device **device) noexcept {
  close_handle(device, drop<am_device>);
}

am_device_status facts(const am_device *device, am_device_facts *out_facts) noexcept {
  return guarded([&] { *out_facts = facts_of(device->node); });
}

am_device_status program_load(am_device *device, const am_device_overlay *overlay,
                              am_device_program **out_program) noexcept {
  return guarded([&] { *out_program = load_program(*device, *overlay).release(); });
}

void program_close(am_device_program **program) noexcept {
  close_handle(program, drop<am_device_program>);
}

am_device_status buffer_open(am_device_program *program, int32_t argument_index, int64_t bytes,
                             am_device_buffer **out_buffer) noexcept {
  return guarded([&] { *out_buffer = open_buffer(*program, argument_index, bytes).release(); });
}

am_device_status buffer_map(am_device_buffer *buffer, void **out_address) noexcept {
  return guarded([&] { *out_address = buffer->memory.map<void *>(); });
}

am_device_status buffer_sync(am_device_buffer *buffer, am_device_direction direction, int64_t offset_bytes,
                             int64_t bytes) noexcept {
  return guarded([&] {
    buffer->memory.sync(direction == AM_DEVICE_TO_DEVICE ? XCL_BO_SYNC_BO_TO_DEVICE : XCL_BO_SYNC_BO_FROM_DEVICE,
                        static_cast<size_t>(bytes), static_cast<size_t>(offset_bytes));
  });
}

void buffer_close(am_device_buffer **buffer) noexcept {
  close_handle(buffer, drop<am_device_buffer>);
}

am_device_status run_open(am_device_program *program, const am_device_argument *arguments, int32_t argument_count,
                          am_device_run **out_run) noexcept {
  return guarded([&] { *out_run = open_run(*program, arguments, argument_count).release(); });
}

am_device_status run_start(am_device_run *run) noexcept {
  return guarded([&] { start(*run); });
}

am_device_status run_wait(am_device_run *run, int32_t timeout_ms) noexcept {
  return guarded([&] { wait(*run, timeout_ms); });
}

void run_close(am_device_run **run) noexcept {
  close_handle(run, release);
}

am_device_status reset(am_device *device) noexcept {
  return guarded([&] { reopen_device(*device); });
}

const char *last_error() noexcept {
  return last_message();
}

constexpr am_device_table kTable = {
    .version = AM_DEVICE_TABLE_VERSION,
    .size = sizeof(am_device_table),
    .name = "xrt",
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
    .last_error = last_error,
};

}  // namespace

extern "C" __attribute__((visibility("default"))) const am_device_table *am_device_table_v1() noexcept {
  return &kTable;
}
