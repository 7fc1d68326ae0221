#include "device/packed_tiles.h"

#include <cstring>

#include "common/number_format.h"

namespace amanuensis {

PackedTiles::PackedTiles(const Overlay &overlay, int64_t rows, int64_t depth, int64_t columns,
                         const std::function<void(int64_t column, float *out)> &column)
    : tile_(overlay.tile(rows, depth, columns)),
      rows_(rows),
      depth_(depth),
      columns_(columns),
      tile_bytes_(tile_.k * tile_.n * bytes_of_type(overlay.type_b)),
      numbers_(depth_tiles() * column_tiles() * tile_bytes_) {
  Buffer values(depth);
  for (int64_t c = 0; c < columns; ++c) {
    column(c, values.data());
    for (int64_t k = 0; k < depth; ++k) {
      std::byte *tile = const_cast<std::byte *>(at(k / tile_.k, c / tile_.n));
      const int64_t place = k % tile_.k * tile_.n + c % tile_.n;
      if (overlay.type_b == AM_DEVICE_BFLOAT16) {
        const uint16_t rounded = bfloat16_of_float(values.data()[k]);
        std::memcpy(tile + place * 2, &rounded, sizeof rounded);
      } else {
        std::memcpy(tile + place * 4, values.data() + k, sizeof(float));
      }
    }
  }
}

}  // namespace amanuensis
