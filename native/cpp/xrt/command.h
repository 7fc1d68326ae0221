#pragma once

#include <memory>

#include "xrt/objects.h"

namespace amanuensis::xrt_device {

std::unique_ptr<am_device_run> open_run(am_device_program &program, const am_device_argument *arguments,
                                        int32_t argument_count);

/** Throws a Failure. */
void start(am_device_run &run);

/** Returns when the command has completed. Throws a Failure for everything else, a deadline that passes included. */
void wait(am_device_run &run, int32_t timeout_ms);

/** Frees a run, or parks it for the life of the process if its command is still in flight. */
void release(std::unique_ptr<am_device_run> run) noexcept;

}  // namespace amanuensis::xrt_device
