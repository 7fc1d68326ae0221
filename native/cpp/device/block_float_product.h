#pragma once

#include <vector>

#include "common/cores.h"
#include "cpu/kernels.h"
#include "ops/buffer.h"

namespace amanuensis {

/** A row-major matrix without gaps, of float32 or bfloat16. */
struct MatrixView {
  const void *numbers;
  Number type;
  int64_t rows, columns;
};

/**
 * C = A x B in XDNA2's numbers: both sides rounded to blocks along the depth, sums in float32. Working memory of one
 * thread.
 */
class BlockFloatProduct {
 public:
  /** floor: round down, as the hardware does after power-up, instead of to nearest even. */
  BlockFloatProduct(const Kernels &kernels, bool floor) : kernels_(kernels.block_float), floor_(floor) {}

  /** out: [a.rows][b.columns] */
  void run(Team &team, const MatrixView &a, const MatrixView &b, float *out);

 private:
  void round_left(Team &team, const MatrixView &a, int64_t depth);

  const BlockFloatKernels &kernels_;
  bool floor_;
  Buffer left_;  // [rows][depth]
  struct Scratch {
    Buffer panel, sums;  // [depth][panel columns], [rows][panel columns]
  };
  std::vector<Scratch> scratch_;  // by member
};

}  // namespace amanuensis
