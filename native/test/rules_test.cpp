/* Which tokens may come next, rule by rule, on logits that leave the choice to the rule. */
#include "decode/rules.h"

#include <set>

#include "check.h"
#include "cpu/instruction_sets.h"
#include "support.h"

namespace {

using namespace amanuensis;

struct Fixture {
  Whisper whisper = read_whisper(support::demo_model(), kernels_named("auto"), Precision::kFloat32);
  DecodingRules rules{*whisper.text};
  const SpecialTokens &special = whisper.text->special;
  int32_t begin = special.timestamp_begin;

  /** The logits after the rules; before them all are `text`, timestamps `stamp`. */
  std::vector<float> applied(std::vector<int32_t> sampled, bool timestamps, float text = 0, float stamp = -20) const {
    std::vector<float> logits(static_cast<size_t>(whisper.dimensions.vocab_size), text);
    std::fill(logits.begin() + begin, logits.end(), stamp);
    rules.apply(whisper.kernels, sampled, timestamps, logits);
    return logits;
  }
};

bool allowed(const std::vector<float> &logits, int32_t token) {
  return logits[static_cast<size_t>(token)] > -1e30f;
}

int64_t count_allowed(const std::vector<float> &logits, int32_t first, int64_t end) {
  int64_t count = 0;
  for (int64_t token = first; token < end; ++token) {
    count += allowed(logits, static_cast<int32_t>(token));
  }
  return count;
}

}  // namespace

TEST(special_tokens_are_never_said) {
  const Fixture f;
  const auto logits = f.applied({345}, false);
  for (const int32_t token :
       {f.special.start_of_transcript, f.special.translate, f.special.transcribe, f.special.start_of_lm,
        f.special.start_of_prev, f.special.no_speech, f.special.language("en")}) {
    CHECK(!allowed(logits, token));
  }
  CHECK(allowed(logits, f.special.end_of_text) && allowed(logits, 345) && allowed(logits, 220));
}

TEST(nothing_blank_at_the_start) {
  const Fixture f;
  const auto logits = f.applied({}, false);
  CHECK(!allowed(logits, 220) && !allowed(logits, f.special.end_of_text) && allowed(logits, 345));
}

TEST(the_first_token_is_a_timestamp_of_at_most_a_second) {
  const Fixture f;
  const auto logits = f.applied({}, true);
  CHECK_EQUAL(count_allowed(logits, 0, f.begin), 0);
  CHECK_EQUAL(count_allowed(logits, f.begin, 1278), 51);
  CHECK(allowed(logits, f.begin) && allowed(logits, f.begin + 50));
}

TEST(after_a_pair_of_timestamps_comes_text) {
  const Fixture f;
  for (const auto &sampled : {std::vector<int32_t>{f.begin + 3}, {f.begin, 345, f.begin + 9, f.begin + 9}}) {
    const auto logits = f.applied(sampled, true);
    CHECK_EQUAL(count_allowed(logits, f.begin, 1278), 0);
    CHECK(allowed(logits, 345) && allowed(logits, f.special.end_of_text) && !allowed(logits, f.special.no_timestamps));
  }
}

TEST(after_text_and_a_timestamp_comes_a_timestamp_or_the_end) {
  const Fixture f;
  const auto logits = f.applied({f.begin, 345, f.begin + 9}, true);
  CHECK_EQUAL(count_allowed(logits, 0, f.special.end_of_text), 0);
  CHECK(allowed(logits, f.special.end_of_text));
  CHECK(!allowed(logits, f.begin + 8) && allowed(logits, f.begin + 9));
}

TEST(timestamps_increase) {
  const Fixture f;
  const auto logits = f.applied({f.begin + 5, 345, 467}, true);
  CHECK(!allowed(logits, f.begin + 5) && allowed(logits, f.begin + 6) && allowed(logits, 345));
}

TEST(probable_timestamps_together_forbid_text) {
  const Fixture f;
  // 495 timestamps of e^-6 each are more than 1 together; of e^-7 they are not.
  const auto more = f.applied({f.begin + 5, 345}, true, 0, -6), less = f.applied({f.begin + 5, 345}, true, 0, -7);
  CHECK(!allowed(more, 345) && !allowed(more, f.special.end_of_text) && allowed(more, f.begin + 6));
  CHECK(allowed(less, 345) && allowed(less, f.begin + 6));
}

TEST(without_timestamps_their_rules_do_not_hold) {
  const Fixture f;
  const auto logits = f.applied({345}, false);
  CHECK_EQUAL(count_allowed(logits, f.begin, 1278), 501);
  CHECK(allowed(logits, f.special.no_timestamps));
}
