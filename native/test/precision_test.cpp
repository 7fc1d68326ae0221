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

/** How many utterances differ; prints them. */
size_t differing_utterances(const std::vector<std::string> &exact, const std::vector<std::string> &rounded) {
  size_t words = 0, differing = 0, utterances = 0;
  for (size_t i = 0; i < exact.size(); ++i) {
    const size_t here = distance(words_of(exact[i]), words_of(rounded[i]));
    words += words_of(exact[i]).size();
    differing += here;
    if (here > 0) {
      ++utterances;
      std::cout << "      \"" << rounded[i] << "\"\n f32: \"" << exact[i] << "\"" << std::endl;
    }
  }
  std::cout << "      " << differing << " of " << words << " words differ from f32; " << words_misheard(rounded)
            << " are misheard, " << words_misheard(exact) << " in f32" << std::endl;
  return utterances;
}

}  // namespace

// Not the words that differ, here and below: an utterance that float32 half understands turns into others by any rounding,
// and then several words at once. That of bfloat16 is of a voice that the model was not trained on.
TEST(bfloat16_changes_hardly_an_utterance) {
  const auto exact = texts("f32"), rounded = texts("bf16");
  CHECK_AT_MOST(differing_utterances(exact, rounded), 1u);
  CHECK_AT_MOST(words_misheard(rounded), words_misheard(exact) + 1);
}

TEST(int8_mishears_hardly_more_words) {
  const auto exact = texts("f32"), rounded = texts("int8");
  differing_utterances(exact, rounded);
  CHECK_AT_MOST(words_misheard(rounded), words_misheard(exact) + 4);
}
