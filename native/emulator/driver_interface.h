#pragma once

/* The system calls of the amdxdna driver, as the kernel's header describes them, and the command packets of XRT. */

#include <drm/drm.h>
/* After drm.h, whose types it uses. */
#include <drm/amdxdna_accel.h>

#include <xrt/detail/ert.h>
