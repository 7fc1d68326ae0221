#pragma once

#include "amanuensis.h"
#include "device/device_table.h"

/** A device's status reaches the caller of the C interface as it is. */
namespace amanuensis {

constexpr bool same_status(am_device_status of_device, am_status of_interface) {
  return of_device == of_interface;
}

static_assert(same_status(AM_DEVICE_OK, AM_OK));
static_assert(same_status(AM_DEVICE_ARGUMENT, AM_ERROR_ARGUMENT));
static_assert(same_status(AM_DEVICE_OPTION, AM_ERROR_OPTION));
static_assert(same_status(AM_DEVICE_NO_BACK_END, AM_ERROR_DEVICE_NO_BACK_END));
static_assert(same_status(AM_DEVICE_NONE, AM_ERROR_DEVICE_NONE));
static_assert(same_status(AM_DEVICE_PERMISSION, AM_ERROR_DEVICE_PERMISSION));
static_assert(same_status(AM_DEVICE_MEMLOCK, AM_ERROR_DEVICE_MEMLOCK));
static_assert(same_status(AM_DEVICE_MEMORY, AM_ERROR_DEVICE_MEMORY));
static_assert(same_status(AM_DEVICE_CONTEXTS, AM_ERROR_DEVICE_CONTEXTS));
static_assert(same_status(AM_DEVICE_OVERLAY, AM_ERROR_DEVICE_OVERLAY));
static_assert(same_status(AM_DEVICE_HOST_TIMEOUT, AM_ERROR_DEVICE_HOST_TIMEOUT));
static_assert(same_status(AM_DEVICE_TIMEOUT, AM_ERROR_DEVICE_TIMEOUT));
static_assert(same_status(AM_DEVICE_ERROR, AM_ERROR_DEVICE_COMMAND));
static_assert(same_status(AM_DEVICE_ABORT, AM_ERROR_DEVICE_ABORT));
static_assert(same_status(AM_DEVICE_LOST, AM_ERROR_DEVICE_LOST));
static_assert(same_status(AM_DEVICE_POISONED, AM_ERROR_DEVICE_POISONED));
static_assert(same_status(AM_DEVICE_BUSY, AM_ERROR_DEVICE_BUSY));
static_assert(same_status(AM_DEVICE_VERSION, AM_ERROR_DEVICE_VERSION));
static_assert(same_status(AM_DEVICE_STALE, AM_ERROR_DEVICE_STALE));
static_assert(same_status(AM_DEVICE_WRONG, AM_ERROR_DEVICE_WRONG));
static_assert(same_status(AM_DEVICE_INTERNAL, AM_ERROR_INTERNAL));

}  // namespace amanuensis
