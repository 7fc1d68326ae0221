#include "cpu/table.h"
#include "cpu/vector.h"

/* What word times need of the attention's weights, side by side for as many columns as fit a vector. */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

/** Columns whose sums are in registers together. */
constexpr int64_t kColumns = 4 * kLanes;

AMANUENSIS_INLINE void exchange(Vector &smaller, Vector &larger) {
  const Vector a = smaller, b = larger;
  smaller = a < b ? a : b;
  larger = a < b ? b : a;
}

/** By the least exchanges that leave the median in the middle. */
AMANUENSIS_INLINE Vector median(const Vector (&around)[7]) {
  Vector v[7];
  for (int i = 0; i < 7; ++i) {
    v[i] = around[i];
  }
  exchange(v[0], v[5]);
  exchange(v[0], v[3]);
  exchange(v[1], v[6]);
  exchange(v[2], v[4]);
  exchange(v[0], v[1]);
  exchange(v[3], v[5]);
  exchange(v[2], v[6]);
  exchange(v[2], v[3]);
  exchange(v[3], v[6]);
  exchange(v[4], v[5]);
  exchange(v[1], v[4]);
  exchange(v[1], v[3]);
  exchange(v[3], v[4]);
  return v[3];
}

/** Sums in double precision: those of equal numbers are exact, so that a constant column has no deviation. */
AMANUENSIS_INLINE void standardise(float *values, int64_t rows, int64_t stride, int64_t columns) {
  double means[kColumns] = {}, squares[kColumns] = {};
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t c = 0; c < columns; ++c) {
      means[c] += static_cast<double>(values[row * stride + c]);
    }
  }
  for (int64_t c = 0; c < columns; ++c) {
    means[c] /= static_cast<double>(rows);
  }
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t c = 0; c < columns; ++c) {
      const double difference = static_cast<double>(values[row * stride + c]) - means[c];
      squares[c] += difference * difference;
    }
  }
  double shares[kColumns];
  for (int64_t c = 0; c < columns; ++c) {
    shares[c] = squares[c] > 0 ? 1.0 / __builtin_sqrt(squares[c] / static_cast<double>(rows)) : 0.0;
  }
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t c = 0; c < columns; ++c) {
      float &x = values[row * stride + c];
      x = static_cast<float>((static_cast<double>(x) - means[c]) * shares[c]);
    }
  }
}

}  // namespace

void standardise_columns(float *values, int64_t rows, int64_t columns) {
  int64_t column = 0;
  for (; column + kColumns <= columns; column += kColumns) {
    standardise(values + column, rows, columns, kColumns);
  }
  standardise(values + column, rows, columns, columns - column);
}

void medians_of_seven(const float *from, int64_t count, float *out) {
  for (int64_t at = 0; at < count; at += kLanes) {
    const int64_t lanes = count - at;
    Vector around[7];
    for (int i = 0; i < 7; ++i) {
      around[i] = lanes >= kLanes ? load(from + at + i) : load_part(from + at + i, lanes, 0);
    }
    if (lanes >= kLanes) {
      store(out + at, median(around));
    } else {
      store_part(out + at, median(around), lanes);
    }
  }
}

}  // namespace amanuensis::AMANUENSIS_ISA
