#include "array_facts.h"

#include <errno.h>

#include <cstring>

#include "driver_interface.h"

namespace npu_emulator {

namespace {

template <typename T>
int give(const T &facts, void *out_buffer, uint32_t buffer_bytes) {
  if (buffer_bytes < sizeof facts) {
    return ENOSPC;
  }
  std::memcpy(out_buffer, &facts, sizeof facts);
  return 0;
}

amdxdna_drm_query_aie_metadata array() {
  amdxdna_drm_query_aie_metadata facts = {};
  facts.col_size = uint32_t{32} << 20;
  facts.cols = 8;
  facts.rows = 6;
  facts.version = {2, 0};
  // rows, first row, DMA channels, locks, events
  facts.core = {4, 2, 2, 16, 8, {}};
  facts.mem = {1, 1, 6, 64, 8, {}};
  facts.shim = {1, 0, 2, 16, 8, {}};
  return facts;
}

amdxdna_drm_query_clock clock(const char *name, uint32_t mhz) {
  amdxdna_drm_query_clock facts = {};
  std::memcpy(facts.name, name, std::strlen(name));
  facts.freq_mhz = mhz;
  return facts;
}

}  // namespace

int array_facts(uint32_t parameter, void *out_buffer, uint32_t buffer_bytes) {
  switch (parameter) {
    case DRM_AMDXDNA_QUERY_AIE_METADATA: return give(array(), out_buffer, buffer_bytes);
    case DRM_AMDXDNA_QUERY_AIE_VERSION: return give(amdxdna_drm_query_aie_version{2, 0}, out_buffer, buffer_bytes);
    case DRM_AMDXDNA_QUERY_CLOCK_METADATA:
      return give(amdxdna_drm_query_clock_metadata{clock("MP-NPU Clock", 1267), clock("H Clock", 1800)}, out_buffer,
                  buffer_bytes);
    case DRM_AMDXDNA_QUERY_FIRMWARE_VERSION:
      return give(amdxdna_drm_query_firmware_version{1, 1, 0, 0}, out_buffer, buffer_bytes);
    default: return EOPNOTSUPP;
  }
}

}  // namespace npu_emulator
