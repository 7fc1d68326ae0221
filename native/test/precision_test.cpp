/* What bfloat16 and int8 change in the text of the demo model's test set: words that differ from float32, listed. */
#include <iterator>
#include <sstream>

#include "api.h"
#include "check.h"
#include "support.h"

namespace {

std::vector<std::string> words_of(const std::string &text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

/** Words to insert, delete or replace. */
size_t distance(const std::vector<std::string> &a, const std::vector<std::string> &b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j < row.size(); ++j) {
    row[j] = j;
  }
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
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

size_t differing_words(const std::vector<std::string> &exact, const char *precision) {
  const auto rounded = texts(precision);
  size_t words = 0, differing = 0;
  for (size_t i = 0; i < exact.size(); ++i) {
    const size_t here = distance(words_of(exact[i]), words_of(rounded[i]));
    words += words_of(exact[i]).size();
    differing += here;
    if (here > 0) {
      std::cout << "      " << precision << ": \"" << rounded[i] << "\"\n        f32: \"" << exact[i] << "\"" << std::endl;
    }
  }
  std::cout << "      " << precision << ": " << differing << " of " << words << " words differ from f32" << std::endl;
  return differing;
}

}  // namespace

TEST(rounding_changes_hardly_a_word) {
  const auto exact = texts("f32");
  CHECK_AT_MOST(differing_words(exact, "bf16"), 1u);
  CHECK_AT_MOST(differing_words(exact, "int8"), 4u);
}
