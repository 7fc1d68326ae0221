#include "cpu/table.h"
#include "cpu/vector.h"

/* Operations on one row. Sums run in kLanes interleaved chains that are joined pairwise at the end. */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

/** Calls body(at, lanes wanted) for the whole vectors of a row and then for the rest. */
template <typename Body>
AMANUENSIS_INLINE void for_vectors(int64_t count, Body &&body) {
  int64_t at = 0;
  for (; at + kLanes <= count; at += kLanes) {
    body(at, static_cast<int64_t>(kLanes));
  }
  if (at < count) {
    body(at, count - at);
  }
}

AMANUENSIS_INLINE Vector load_up_to(const float *from, int64_t lanes, float rest) {
  return lanes == kLanes ? load(from) : load_part(from, lanes, rest);
}

AMANUENSIS_INLINE void store_up_to(float *to, Vector v, int64_t lanes) {
  if (lanes == kLanes) {
    store(to, v);
  } else {
    store_part(to, v, lanes);
  }
}

constexpr float kLowest = -3.40282347e38f;

}  // namespace

Moments moments_of(const float *row, int64_t width) {
  constexpr float kEpsilon = 1e-5f;
  const float share = 1.0f / static_cast<float>(width);
  Vector sums = {};
  for_vectors(width, [&](int64_t at, int64_t lanes) { sums += load_up_to(row + at, lanes, 0.0f); });
  const float mean = sum_of(sums) * share;
  Vector squares = {};
  for_vectors(width, [&](int64_t at, int64_t lanes) {
    const Vector difference = load_up_to(row + at, lanes, mean) - mean;
    squares += difference * difference;
  });
  return {mean, 1.0f / __builtin_sqrtf(sum_of(squares) * share + kEpsilon)};
}

void layer_norm(const float *row, const float *scale, const float *shift, int64_t width, float *out) {
  const Moments moments = moments_of(row, width);
  for_vectors(width, [&](int64_t at, int64_t lanes) {
    const Vector normal = (load_up_to(row + at, lanes, 0.0f) - moments.mean) * moments.inverse_deviation;
    store_up_to(out + at, normal * load_up_to(scale + at, lanes, 0.0f) + load_up_to(shift + at, lanes, 0.0f), lanes);
  });
}

float largest(const float *row, int64_t count) {
  Vector most = all(kLowest);
  for_vectors(count, [&](int64_t at, int64_t lanes) { most = larger(most, load_up_to(row + at, lanes, kLowest)); });
  return largest_of(most);
}

bool all_finite(const float *row, int64_t count) {
  VectorBits finite = ~VectorBits{};
  for_vectors(count, [&](int64_t at, int64_t lanes) {
    const Vector zeros = load_up_to(row + at, lanes, 0.0f) * 0.0f;  // a NaN where a number is not finite
    finite &= zeros == zeros;
  });
  bool all = true;
  for (int i = 0; i < kLanes; ++i) {
    all = all && finite[i] != 0;
  }
  return all;
}

float sum_of_exp(const float *row, int64_t count, float zero_point) {
  Vector sums = {};
  for_vectors(count, [&](int64_t at, int64_t lanes) {
    const Vector e = exp_of_negative(load_up_to(row + at, lanes, zero_point) - zero_point);
    Vector kept = e;
    if (lanes < kLanes) {
      kept = Vector{};
      for (int i = 0; i < kLanes; ++i) {
        kept[i] = i < lanes ? e[i] : 0.0f;
      }
    }
    sums += kept;
  });
  return sum_of(sums);
}

void softmax(float *row, int64_t count, float scale) {
  const float most = largest(row, count);
  Vector sums = {};
  for_vectors(count, [&](int64_t at, int64_t lanes) {
    const Vector e = exp_of_negative((load_up_to(row + at, lanes, kLowest) - most) * scale);
    sums += e;
    store_up_to(row + at, e, lanes);
  });
  const float share = 1.0f / sum_of(sums);
  for_vectors(count, [&](int64_t at, int64_t lanes) {
    store_up_to(row + at, load_up_to(row + at, lanes, 0.0f) * share, lanes);
  });
}

void below_largest(const float *row, int64_t count, float scale, uint16_t *out) {
  const float most = largest(row, count);
  for_vectors(count, [&](int64_t at, int64_t lanes) {
    store_part(out + at, (load_up_to(row + at, lanes, kLowest) - most) * scale, lanes);
  });
}

}  // namespace amanuensis::AMANUENSIS_ISA
