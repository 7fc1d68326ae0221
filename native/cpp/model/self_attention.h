#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "cpu/kernels.h"
#include "model/row_blocks.h"

namespace amanuensis {

/** Self-attention of all heads of a layer of the encoder. Numbers are of the kernel's type; heads lie side by side in a row. */
struct SelfAttentionOfHeads {
  const EncoderAttention &kernel;
  int64_t positions, heads, head_width;
  const std::byte *qkv;                      // [positions][queries, keys, values][heads x head_width]
  std::byte *packed_keys, *packed_values;    // working memory: [heads][kernel.packed_bytes]
  std::byte *out;                            // [positions][heads x head_width]

  /** scratch_of(member): kernel.scratch_bytes for that member of the team. */
  template <typename ScratchOf>
  void run(Team &team, const ScratchOf &scratch_of) const {
    const int64_t width = heads * head_width, number = bytes_of(kernel.number);
    const int64_t packed = kernel.packed_bytes(positions, head_width);
    const auto part = [&](int64_t which, int64_t head) { return qkv + (which * width + head * head_width) * number; };
    team.each(heads, [&](int64_t head, int) {
      kernel.pack(part(1, head), part(2, head), 3 * width, positions, head_width, packed_keys + head * packed,
                  packed_values + head * packed);
    });
    const int64_t block = rows_of_block(positions, team.members()), blocks = quotient_up(positions, block);
    team.each(heads * blocks, [&](int64_t task, int member) {
      const int64_t head = task / blocks, first = task % blocks * block;
      kernel.attend({.queries = part(0, head) + first * 3 * width * number,
                     .query_stride = 3 * width,
                     .rows = std::min(block, positions - first),
                     .positions = positions,
                     .head_width = head_width,
                     .keys = packed_keys + head * packed,
                     .values = packed_values + head * packed,
                     .out = out + (first * width + head * head_width) * number,
                     .out_stride = width,
                     .scratch = scratch_of(member)});
    });
  }
};

}  // namespace amanuensis
