#pragma once

#include <memory>

#include "xrt/objects.h"

namespace amanuensis::xrt_device {

/** Throws what the table's function of the same name returns. */
std::unique_ptr<am_device> open_device(const am_device_option *options, int32_t option_count);
/** The contexts have gone with their programs; the next program makes another. */
void reopen_device(am_device &device);
am_device_facts facts_of(const Node &node);
/** Whether the driver still takes calls for the device. Allocates a page and gives it back. */
bool answers(const xrt::device &device) noexcept;

std::unique_ptr<am_device_program> load_program(const am_device &device, const am_device_overlay &overlay);
std::unique_ptr<am_device_buffer> open_buffer(const am_device_program &program, int32_t argument_index, int64_t bytes);

}  // namespace amanuensis::xrt_device
