#include "decode/candidates.h"

#include <algorithm>
#include <cmath>

#include "common/random.h"

namespace amanuensis {
namespace {

/** The logarithm of the sum of e^x. */
double log_sum(const Kernels &kernels, std::span<const float> logits) {
  const auto count = static_cast<int64_t>(logits.size());
  const float most = kernels.largest(logits.data(), count);
  return most + std::log(static_cast<double>(kernels.sum_of_exp(logits.data(), count, most)));
}

}  // namespace

double log_probability(const Kernels &kernels, std::span<const float> logits, int32_t token) {
  return logits[static_cast<size_t>(token)] - log_sum(kernels, logits);
}

int64_t best_candidates(const Kernels &kernels, std::span<const float> logits, std::span<Candidate> out) {
  const double sum = log_sum(kernels, logits);
  if (out.size() == 1) {
    const float most = kernels.largest(logits.data(), static_cast<int64_t>(logits.size()));
    const auto found = std::find(logits.begin(), logits.end(), most);
    if (found == logits.end()) {
      return 0;
    }
    out[0] = {static_cast<int32_t>(found - logits.begin()), most - sum};
    return 1;
  }
  const auto better = [](float logit, const Candidate &than) { return logit > than.log_probability; };
  auto end = out.begin();
  for (size_t i = 0; i < logits.size(); ++i) {
    if (std::isinf(logits[i]) || (end == out.end() && !better(logits[i], out.back()))) {
      continue;
    }
    const auto place = std::upper_bound(out.begin(), end, logits[i], better);
    end = end == out.end() ? end : end + 1;
    std::move_backward(place, end - 1, end);
    *place = {static_cast<int32_t>(i), logits[i]};
  }
  std::for_each(out.begin(), end, [&](Candidate &candidate) { candidate.log_probability -= sum; });
  return end - out.begin();
}

Candidate drawn_candidate(const Kernels &kernels, std::span<const float> logits, double temperature,
                          uint64_t &random) {
  const auto count = static_cast<int64_t>(logits.size());
  const float most = kernels.largest(logits.data(), count);
  const double limit = next_fraction(random);
  double before = 0, total = 0;
  const auto share = [&](float logit) { return std::exp((static_cast<double>(logit) - most) / temperature); };
  // Shares below e^-40 of the largest are never drawn: a double cannot tell their sum from none.
  const auto least = static_cast<float>(most - 40 * temperature);
  for (const float logit : logits) {
    total += logit >= least ? share(logit) : 0;
  }
  int32_t token = 0;
  for (int64_t i = 0; i < count; ++i) {
    const float logit = logits[static_cast<size_t>(i)];
    if (logit < least) {
      continue;
    }
    token = static_cast<int32_t>(i);
    before += share(logit);
    if (before > limit * total) {
      break;
    }
  }
  return {token, log_probability(kernels, logits, token)};
}

}  // namespace amanuensis
