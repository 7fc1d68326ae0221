#pragma once

#include <stdexcept>
#include <string>
#include <system_error>

#include "device/device_table.h"

namespace amanuensis::xrt_device {

/** A failure whose status is known where it happens. */
class Failure : public std::runtime_error {
 public:
  Failure(am_device_status status, const std::string &message) : std::runtime_error(message), status_(status) {}

  am_device_status status() const noexcept { return status_; }

 private:
  am_device_status status_;
};

/** What an errno of the driver means where no more is known. XRT gives some with the sign that the kernel gives them.
 */
am_device_status status_of(const std::error_code &code) noexcept;

/** Keeps the message for last_error of this thread, and returns the status. Needs no memory. */
am_device_status report(am_device_status status, const char *message) noexcept;

const char *last_message() noexcept;

/** The wall: no exception of XRT's gets past it. */
template <typename Body>
am_device_status guarded(Body body) noexcept {
  try {
    body();
    return AM_DEVICE_OK;
  } catch (const Failure &failure) {
    return report(failure.status(), failure.what());
  } catch (const std::system_error &error) {
    return report(status_of(error.code()), error.what());
  } catch (const std::bad_alloc &) {
    return report(AM_DEVICE_MEMORY, "out of memory");
  } catch (const std::exception &error) {
    return report(AM_DEVICE_INTERNAL, error.what());
  } catch (...) {
    return report(AM_DEVICE_INTERNAL, "something was thrown that is no exception");
  }
}

}  // namespace amanuensis::xrt_device
