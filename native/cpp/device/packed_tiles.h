#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "device/overlay.h"
#include "ops/buffer.h"

namespace amanuensis {

/**
 * The right side of products in the pieces that an overlay multiplies, filled up with zeros: what a device is given
 * again after a reset.
 */
class PackedTiles {
 public:
  /** rows: the most of a product. column: writes a column of `depth` numbers. */
  PackedTiles(const Overlay &overlay, int64_t rows, int64_t depth, int64_t columns,
              const std::function<void(int64_t column, float *out)> &column);

  const TileShape &tile() const { return tile_; }
  int64_t depth() const { return depth_; }
  int64_t columns() const { return columns_; }
  int64_t depth_tiles() const { return (depth_ + tile_.k - 1) / tile_.k; }
  int64_t column_tiles() const { return (columns_ + tile_.n - 1) / tile_.n; }

  /** [tile.k][tile.n] */
  const std::byte *at(int64_t depth_tile, int64_t column_tile) const {
    return numbers_.data() + (depth_tile * column_tiles() + column_tile) * tile_bytes_;
  }
  int64_t tile_bytes() const { return tile_bytes_; }
  int64_t bytes() const { return numbers_.bytes(); }

 private:
  TileShape tile_;
  int64_t rows_, depth_, columns_, tile_bytes_;
  Bytes numbers_;
};

}  // namespace amanuensis
