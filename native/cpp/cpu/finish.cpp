#include "cpu/table.h"
#include "cpu/vector.h"

/* What becomes of products that were computed elsewhere. */
namespace amanuensis::AMANUENSIS_ISA {
namespace {

template <typename Body>
AMANUENSIS_INLINE void each_vector(const float *in, const float *bias, int64_t count, float *out, const Body &body) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    store(out + i, body(load(in + i) + load(bias + i), load(out + i)));
  }
  if (i < count) {
    const Vector sum = load_part(in + i, count - i, 0.0f) + load_part(bias + i, count - i, 0.0f);
    store_part(out + i, body(sum, load_part(out + i, count - i, 0.0f)), count - i);
  }
}

}  // namespace

void finish_row(const float *in, const float *bias, int64_t count, Finish finish, float *out) {
  switch (finish) {
    case Finish::kAdd: return each_vector(in, bias, count, out, [](Vector sum, Vector held) { return sum + held; });
    case Finish::kGelu: return each_vector(in, bias, count, out, [](Vector sum, Vector) { return gelu_of(sum); });
    default: return each_vector(in, bias, count, out, [](Vector sum, Vector) { return sum; });
  }
}

}  // namespace amanuensis::AMANUENSIS_ISA
