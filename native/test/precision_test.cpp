/* What bfloat16 and int8 change in the text of the demo model's test set: words that differ from float32, listed. */
#include "api.h"
#include "check.h"
#include "support.h"
#include "word_errors.h"

namespace {

using support::distance, support::plain_words, support::words_of;

size_t words_misheard(const std::vector<std::string> &texts) {
  size_t misheard = 0, file = 0;
  for (const auto &row : support::greedy_references()) {
    misheard += distance(plain_words(support::text_of(row, "said")), plain_words(texts[file++]));
  }
  return misheard;
}

/** The texts of the test set, from sound to words in one precision. */
std::vector<std::string> texts(const char *precision) {
  const auto model = api::open_model(support::demo_model(), {{"precision", precision}});
  const auto session = api::open_session(model);
  std::vector<std::string> all;
  for (const auto &row : support::greedy_references()) {
    const std::string path = support::demo_folder() + "/testset/" + support::text_of(row, "file");
    const auto states = api::encode(model, session, api::log_mel(model, session, support::read_16k(path, 160000)));
    all.push_back(api::text(api::decode(session, states, 1, {{"timestamps", "off"}})));
  }
  return all;
}

/** Prints the texts that differ. */
size_t differing_words(const std::vector<std::string> &exact, const std::vector<std::string> &rounded) {
  size_t words = 0, differing = 0;
  for (size_t i = 0; i < exact.size(); ++i) {
    const size_t here = distance(words_of(exact[i]), words_of(rounded[i]));
    words += words_of(exact[i]).size();
    differing += here;
    if (here > 0) {
      std::cout << "      \"" << rounded[i] << "\"\n f32: \"" << exact[i] << "\"" << std::endl;
    }
  }
  std::cout << "      " << differing << " of " << words << " words differ from f32; " << words_misheard(rounded)
            << " are misheard, " << words_misheard(exact) << " in f32" << std::endl;
  return differing;
}

}  // namespace

TEST(bfloat16_changes_hardly_a_word) {
  CHECK_AT_MOST(differing_words(texts("f32"), texts("bf16")), 1u);
}

// Not the words that differ: utterances that float32 half understands turn into others by any rounding, several words at once.
TEST(int8_mishears_hardly_more_words) {
  const auto exact = texts("f32"), rounded = texts("int8");
  differing_words(exact, rounded);
  CHECK_AT_MOST(words_misheard(rounded), words_misheard(exact) + 4);
}
