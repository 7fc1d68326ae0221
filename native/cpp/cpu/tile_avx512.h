#pragma once

#include <immintrin.h>

#include <cstddef>

#include "cpu/table.h"

/*
 * The inner loop of products on AVX-512: a tile of kRows x 64 sums in registers, walked once through the depth. It is
 * assembly because GCC 12 copies the registers of vpdpbusd around, which halves its speed; the sums come out in
 * registers, so that what follows the loop overlaps with the next tile's.
 *
 * A row of the left side is read as 32-bit groups: two numbers of bfloat16, or four bytes. Every sum is one chain in
 * the order of the groups, whatever the number of rows.
 */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

#define AMANUENSIS_INLINE inline __attribute__((always_inline))

constexpr int kTileRows = 6;
constexpr int kTileLanes = 16;
constexpr int kNativePanel = kTileVectors * kTileLanes;
static_assert(kTileVectors == 4 && sizeof(__m512) == 4 * kTileLanes);

/** What a tile brings from memory while it computes: 0, 1, 2 or 4 cache lines a group, from `from` on. */
struct Ahead {
  const void *from;
  int64_t lines;
};
static_assert(offsetof(Ahead, lines) == 8);

/** Where a tile's operands lie. left_stride is in bytes; first: 64 numbers that the sums begin with. */
struct TileOperands {
  const void *left;
  int64_t left_stride;
  const void *panel;
  int64_t groups;
  const void *first;
  Ahead ahead = {nullptr, 0};
};

#define AM_ROW(op, address, a, b, c, d) \
  "vpbroadcastd " address ", %%zmm4\n"  \
  op " %%zmm0, %%zmm4, %" #a "\n"       \
  op " %%zmm1, %%zmm4, %" #b "\n"       \
  op " %%zmm2, %%zmm4, %" #c "\n"       \
  op " %%zmm3, %%zmm4, %" #d "\n"
#define AM_COPY(a, b, c, d) \
  "vmovaps %%zmm0, %" #a "\n vmovaps %%zmm1, %" #b "\n vmovaps %%zmm2, %" #c "\n vmovaps %%zmm3, %" #d "\n"

#define AM_COPY_1 AM_COPY(0, 1, 2, 3)
#define AM_COPY_2 AM_COPY_1 AM_COPY(4, 5, 6, 7)
#define AM_COPY_3 AM_COPY_2 AM_COPY(8, 9, 10, 11)
#define AM_COPY_4 AM_COPY_3 AM_COPY(12, 13, 14, 15)
#define AM_COPY_5 AM_COPY_4 AM_COPY(16, 17, 18, 19)
#define AM_COPY_6 AM_COPY_5 AM_COPY(20, 21, 22, 23)

#define AM_STEP_1(op) AM_ROW(op, "(%%rax)", 0, 1, 2, 3)
#define AM_STEP_2(op) AM_STEP_1(op) AM_ROW(op, "(%%rax,%[stride])", 4, 5, 6, 7)
#define AM_STEP_3(op) AM_STEP_2(op) AM_ROW(op, "(%%rax,%[stride],2)", 8, 9, 10, 11)
#define AM_STEP_4(op) AM_STEP_3(op) AM_ROW(op, "(%%rcx)", 12, 13, 14, 15)
#define AM_STEP_5(op) AM_STEP_4(op) AM_ROW(op, "(%%rcx,%[stride])", 16, 17, 18, 19)
#define AM_STEP_6(op) AM_STEP_5(op) AM_ROW(op, "(%%rcx,%[stride],2)", 20, 21, 22, 23)

#define AM_OUT_ROW(r) "=&v"(sums[r][0]), "=&v"(sums[r][1]), "=&v"(sums[r][2]), "=&v"(sums[r][3])
#define AM_OUT_1 AM_OUT_ROW(0)
#define AM_OUT_2 AM_OUT_1, AM_OUT_ROW(1)
#define AM_OUT_3 AM_OUT_2, AM_OUT_ROW(2)
#define AM_OUT_4 AM_OUT_3, AM_OUT_ROW(3)
#define AM_OUT_5 AM_OUT_4, AM_OUT_ROW(4)
#define AM_OUT_6 AM_OUT_5, AM_OUT_ROW(5)

#define AM_FETCH_0
#define AM_FETCH_1 "prefetcht0 (%%r9)\n add $64, %%r9\n"
#define AM_FETCH_2 "prefetcht0 (%%r9)\n prefetcht0 64(%%r9)\n add $128, %%r9\n"
#define AM_FETCH_4                                                                          \
  "prefetcht0 (%%r9)\n prefetcht0 64(%%r9)\n prefetcht0 128(%%r9)\n prefetcht0 192(%%r9)\n" \
  "add $256, %%r9\n"

#define AM_LOOP(label, fetch, op, n)                                                                          \
  ".p2align 5\n" label ": vmovaps (%%rdx), %%zmm0\n vmovaps 64(%%rdx), %%zmm1\n vmovaps 128(%%rdx), %%zmm2\n" \
  " vmovaps 192(%%rdx), %%zmm3\n" fetch AM_STEP_##n(op)                                                       \
  "add $256, %%rdx\n add $4, %%rax\n add $4, %%rcx\n dec %%r8\n jnz " label "b\n"

/** The loop for n rows. rax and rcx: the left rows 0 and 3; rdx: the panel; r8: groups to go; r9: what comes next. */
#define AM_TILE(op, n)                                                                                     \
  asm("vmovups (%[first]), %%zmm0\n vmovups 64(%[first]), %%zmm1\n vmovups 128(%[first]), %%zmm2\n"        \
      " vmovups 192(%[first]), %%zmm3\n" AM_COPY_##n                                                       \
      "mov %[left], %%rax\n lea (%[stride],%[stride],2), %%rcx\n add %%rax, %%rcx\n mov %[panel], %%rdx\n" \
      " mov %[groups], %%r8\n mov (%[ahead]), %%r9\n cmpq $1, 8(%[ahead])\n jl 1f\n je 2f\n"               \
      " cmpq $2, 8(%[ahead])\n je 3f\n jmp 4f\n"                                                           \
      AM_LOOP("1", AM_FETCH_0, op, n) "jmp 5f\n" AM_LOOP("2", AM_FETCH_1, op, n) "jmp 5f\n"                \
      AM_LOOP("3", AM_FETCH_2, op, n) "jmp 5f\n" AM_LOOP("4", AM_FETCH_4, op, n) "5:\n"                    \
      : AM_OUT_##n                                                                                         \
      : [left] "r"(t.left), [stride] "r"(t.left_stride), [panel] "r"(t.panel), [groups] "r"(t.groups),     \
        [first] "r"(t.first), [ahead] "r"(&t.ahead)                                                        \
      : "rax", "rcx", "rdx", "r8", "r9", "cc", "memory", "zmm0", "zmm1", "zmm2", "zmm3", "zmm4")

/** sums[row][v]: columns 16 v to 16 v + 15. Sum is __m512 or __m512i. */
#define AM_DEFINE_TILE(name, op, Sum)                                         \
  template <int kRows>                                                        \
  AMANUENSIS_INLINE void name(const TileOperands &t, Sum (&sums)[kRows][4]) { \
    if constexpr (kRows == 1) {                                               \
      AM_TILE(op, 1);                                                         \
    } else if constexpr (kRows == 2) {                                        \
      AM_TILE(op, 2);                                                         \
    } else if constexpr (kRows == 3) {                                        \
      AM_TILE(op, 3);                                                         \
    } else if constexpr (kRows == 4) {                                        \
      AM_TILE(op, 4);                                                         \
    } else if constexpr (kRows == 5) {                                        \
      AM_TILE(op, 5);                                                         \
    } else {                                                                  \
      AM_TILE(op, 6);                                                         \
    }                                                                         \
  }

#if defined(__AVX512VNNI__)
AM_DEFINE_TILE(tile_of_bytes, "vpdpbusd", __m512i)
#endif
#if defined(__AVX512BF16__)
AM_DEFINE_TILE(tile_of_bfloat16, "vdpbf16ps", __m512)
#endif

alignas(64) constexpr float kZeros[kNativePanel] = {};

/** body.template run<rows>(row, further...) for a tile of 1 to kTileRows rows. */
template <typename Body, typename... Further>
AMANUENSIS_INLINE void run_tile(int64_t rows, int64_t row, const Body &body, Further... further) {
  switch (rows) {
    case 1: body.template run<1>(row, further...); break;
    case 2: body.template run<2>(row, further...); break;
    case 3: body.template run<3>(row, further...); break;
    case 4: body.template run<4>(row, further...); break;
    case 5: body.template run<5>(row, further...); break;
    case kTileRows: body.template run<kTileRows>(row, further...); break;
    default: break;
  }
}

/** body.template run<rows>(row) for tiles of six rows and then for the rest. */
template <typename Body>
AMANUENSIS_INLINE void for_tiles(int64_t rows, const Body &body) {
  int64_t row = 0;
  for (; row + kTileRows <= rows; row += kTileRows) {
    body.template run<kTileRows>(row);
  }
  run_tile(rows - row, row, body);
}

/**
 * body.template run<rows>(row, ahead) for tiles of equal rows, or one less, that walk through a panel one after the
 * other. While they compute, the next panel comes from memory, evenly shared out: few rows wait for memory longer than
 * they compute. A lone tile is a stream itself, read faster with its own panel fetched ahead. next: null if none.
 */
template <typename Body>
AMANUENSIS_INLINE void for_tiles(int64_t rows, const char *panel, int64_t panel_bytes, const char *next,
                                 const Body &body) {
  constexpr int64_t kLine = 64, kGroup = kTileVectors * kLine, kStreamAhead = 4096;
  const int64_t tiles = (rows + kTileRows - 1) / kTileRows;
  if (tiles == 1) {
    run_tile(rows, 0, body, Ahead{panel + kStreamAhead, kGroup / kLine});
    return;
  }
  int64_t lines_to_go = next ? kGroup / kLine : 0;
  for (int64_t tile = 0, row = 0; tile < tiles; ++tile) {
    const int64_t end = rows * (tile + 1) / tiles;
    const int64_t tiles_to_go = tiles - tile, lines = (lines_to_go + tiles_to_go - 1) / tiles_to_go;
    run_tile(end - row, row, body, Ahead{next, lines});
    next += lines * panel_bytes / (kGroup / kLine);
    lines_to_go -= lines;
    row = end;
  }
}

AMANUENSIS_INLINE __mmask16 first_lanes(int64_t count) {
  return count >= kTileLanes ? static_cast<__mmask16>(0xffff)
         : count <= 0        ? static_cast<__mmask16>(0)
                             : static_cast<__mmask16>((1u << count) - 1);
}

#if defined(__AVX512BF16__)
using Inner = uint16_t;
AMANUENSIS_INLINE void store_inner(Inner *to, __m512 values) {
  _mm256_storeu_si256(reinterpret_cast<__m256i *>(to), (__m256i)_mm512_cvtneps_pbh(values));
}
AMANUENSIS_INLINE void store_inner(Inner *to, __m512 values, __mmask16 lanes) {
  _mm256_mask_storeu_epi16(to, lanes, (__m256i)_mm512_cvtneps_pbh(values));
}
AMANUENSIS_INLINE __m512 load_inner(const Inner *from, __mmask16 lanes = 0xffff) {
  const __m256i halves = _mm256_maskz_loadu_epi16(lanes, from);
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}
constexpr Number kInnerNumber = Number::kBfloat16;
#else
using Inner = float;
AMANUENSIS_INLINE void store_inner(Inner *to, __m512 values, __mmask16 lanes = 0xffff) {
  _mm512_mask_storeu_ps(to, lanes, values);
}
AMANUENSIS_INLINE __m512 load_inner(const Inner *from, __mmask16 lanes = 0xffff) {
  return _mm512_maskz_loadu_ps(lanes, from);
}
constexpr Number kInnerNumber = Number::kFloat32;
#endif

/**
 * x Phi(x) for results that are rounded to bfloat16 or to bytes: Phi(x) - 1/2 is odd, x times a polynomial in x^2 up to
 * |x| = 4.5 and constant beyond; error 7e-6 of max(1, |x|). Fitted by tools/fit_rough.py.
 */
AMANUENSIS_INLINE __m512 rough_gelu_of(__m512 x) {
  const __m512 z = _mm512_max_ps(_mm512_min_ps(x, _mm512_set1_ps(4.5f)), _mm512_set1_ps(-4.5f));
  const __m512 v = _mm512_fmadd_ps(_mm512_mul_ps(z, z), _mm512_set1_ps(2.0f / 20.25f), _mm512_set1_ps(-1.0f));
  constexpr float kPowers[] = {0.0046553273f,  -0.00668281035f, 0.0101404501f, -0.0181592412f, 0.0286239725f,
                               -0.0402957841f, 0.0546718502f,   -0.0771833701f, 0.156905301f};
  __m512 p = _mm512_set1_ps(-0.00156568816f);
#pragma GCC unroll 9
  for (const float c : kPowers) {
    p = _mm512_fmadd_ps(p, v, _mm512_set1_ps(c));
  }
  return _mm512_mul_ps(x, _mm512_fmadd_ps(z, p, _mm512_set1_ps(0.5f)));
}

/**
 * 2^x to be rounded to bfloat16 or a byte: relative error 8e-5, 0 where it underflows. x = n + f with 0 <= f < 1, and a
 * minimax cubic for 2^f (tools/fit_rough.py).
 */
AMANUENSIS_INLINE __m512 rough_exp2(__m512 x) {
  const __m512 f = _mm512_reduce_ps(x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
  __m512 p = _mm512_fmadd_ps(f, _mm512_set1_ps(0.0780245217f), _mm512_set1_ps(0.226067157f));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0.69583354f));
  p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(0.999925219f));
  return _mm512_scalef_ps(p, x);
}

/** What finish makes of a sum, as float32. held: what out holds there. */
template <Finish kFinish>
AMANUENSIS_INLINE __m512 finished(__m512 sum, __m512 held) {
  constexpr bool kHasGelu = kFinish == Finish::kGelu || kFinish == Finish::kInnerGelu;
  return kHasGelu ? rough_gelu_of(sum) : kFinish == Finish::kAdd ? _mm512_add_ps(sum, held) : sum;
}

template <bool kIsInner>
struct OutOf {
  typedef float Type;
};
template <>
struct OutOf<true> {
  typedef Inner Type;
};
template <Finish kFinish>
constexpr bool kIsInner = kFinish == Finish::kInner || kFinish == Finish::kInnerGelu;
template <Finish kFinish>
using Out = typename OutOf<kIsInner<kFinish>>::Type;

/** Where the sums will go is on its way while they are computed. */
template <Finish kFinish, int kRows>
AMANUENSIS_INLINE void fetch_out(const Out<kFinish> *out, int64_t stride) {
  constexpr int64_t kLine = 64 / sizeof(Out<kFinish>);
#pragma GCC unroll 6
  for (int r = 0; r < kRows; ++r, out += stride) {
#pragma GCC unroll 4
    for (int64_t at = 0; at < kNativePanel; at += kLine) {
      __builtin_prefetch(out + at, 1);
    }
  }
}

/** Stores some columns of a tile of results. A function of its own: it is needed for the last panel at most. */
template <Finish kFinish>
__attribute__((noinline)) void store_part(const float (*tile)[kNativePanel], int rows, int64_t columns,
                                          Out<kFinish> *out, int64_t stride) {
  for (int r = 0; r < rows; ++r) {
    for (int64_t at = 0; at < columns; at += kTileLanes) {
      const __mmask16 lanes = first_lanes(columns - at);
      Out<kFinish> *to = out + r * stride + at;
      __m512 held = _mm512_setzero_ps();
      if constexpr (kFinish == Finish::kAdd) {
        held = _mm512_maskz_loadu_ps(lanes, to);
      }
      const __m512 result = finished<kFinish>(_mm512_load_ps(tile[r] + at), held);
      if constexpr (kIsInner<kFinish>) {
        store_inner(to, result, lanes);
      } else {
        _mm512_mask_storeu_ps(to, lanes, result);
      }
    }
  }
}

/** Applies a GELU on the way from memory to memory, so that its constants and a tile's sums need no registers at once. */
template <Finish kFinish, int kRows>
AMANUENSIS_INLINE void store_gelu(const float (*tile)[kNativePanel], Out<kFinish> *out, int64_t stride) {
#pragma GCC unroll 1
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int at = 0; at < kNativePanel; at += kTileLanes) {
      const __m512 result = rough_gelu_of(_mm512_load_ps(tile[r] + at));
      if constexpr (kIsInner<kFinish>) {
        store_inner(out + r * stride + at, result);
      } else {
        _mm512_storeu_ps(out + r * stride + at, result);
      }
    }
  }
}

/** Stores a tile of results. value(row of the tile, v): the 16 columns from 16 v on, bias included. */
template <Finish kFinish, int kRows, typename Value>
AMANUENSIS_INLINE void finish_tile(int64_t columns, Out<kFinish> *out, int64_t stride, Value value) {
  constexpr bool kHasGelu = kFinish == Finish::kGelu || kFinish == Finish::kInnerGelu;
  if (kHasGelu || columns < kNativePanel) {
    alignas(64) float tile[kRows][kNativePanel];
#pragma GCC unroll 6
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int v = 0; v < 4; ++v) {
        _mm512_store_ps(tile[r] + v * kTileLanes, value(r, v));
      }
    }
    if (columns < kNativePanel) {
      store_part<kFinish>(tile, kRows, columns, out, stride);
    } else if constexpr (kHasGelu) {
      store_gelu<kFinish, kRows>(tile, out, stride);
    }
    return;
  }
#pragma GCC unroll 6
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < 4; ++v) {
      Out<kFinish> *to = out + r * stride + v * kTileLanes;
      if constexpr (kIsInner<kFinish>) {
        store_inner(to, value(r, v));
      } else if constexpr (kFinish == Finish::kAdd) {
        _mm512_storeu_ps(to, _mm512_add_ps(value(r, v), _mm512_loadu_ps(to)));
      } else {
        _mm512_storeu_ps(to, value(r, v));
      }
    }
  }
}

/** Calls body.template run<finish>() for the product's finish. */
template <typename Body>
AMANUENSIS_INLINE void with_finish(Finish finish, Body &&body) {
  switch (finish) {
    case Finish::kStore: return body.template run<Finish::kStore>();
    case Finish::kAdd: return body.template run<Finish::kAdd>();
    case Finish::kGelu: return body.template run<Finish::kGelu>();
    case Finish::kInner: return body.template run<Finish::kInner>();
    case Finish::kInnerGelu: return body.template run<Finish::kInnerGelu>();
  }
}

}  // namespace
}  // namespace amanuensis::AMANUENSIS_ISA
