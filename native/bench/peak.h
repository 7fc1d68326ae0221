#pragma once

#include <cstdint>

/** Loops over registers alone: the most operations that a core can do, and so the limit of every product. */
namespace peak {

/** Multiplications and additions of one turn of a loop; 0 where the compiler's target lacks the instruction. */
struct Loop {
  const char *name;
  int64_t operations;
  void (*turns)(int64_t count);
};

/** float32, bfloat16, int8, in this order. */
const Loop *loops();

}  // namespace peak
