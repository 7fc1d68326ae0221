/*
 * Words placed by letters: against all ways there are, on letters that are clearly heard, with what no letter stands for,
 * and on the test set against when the words were said.
 */
#include "align/letters.h"

#include <functional>

#include "api.h"
#include "check.h"
#include "cpu/instruction_sets.h"
#include "support.h"
#include "tiny_model.h"

namespace {

using namespace amanuensis;
using Topology = AlignmentHead::Topology;

constexpr unsigned kSeed = 20261121;

AlignmentHead head_of(Topology topology) {
  return {topology, {"", "a", "b", "c", "'"}, {}};
}

/** Log-probabilities in which one class is heard clearly at each position. */
LetterScores heard(const std::vector<int64_t> &classes, int64_t count) {
  LetterScores scores = {static_cast<int64_t>(classes.size()), count, {}};
  for (const int64_t loud : classes) {
    for (int64_t i = 0; i < count; ++i) {
      scores.values.push_back(i == loud ? std::log(0.9f) : std::log(0.1f / static_cast<float>(count - 1)));
    }
  }
  return scores;
}

std::string shown(const std::vector<PlacedWord> &words) {
  std::string text;
  for (const PlacedWord &word : words) {
    text += std::to_string(word.first) + "-" + std::to_string(word.end) + " ";
  }
  return text;
}

/** A path as text: of each position the word, or '.', and the letter heard, or '_'. Every path the rules allow is tried. */
double best_of_all(const LetterScores &scores, const std::vector<std::vector<int64_t>> &words, Topology topology) {
  double best = -std::numeric_limits<double>::infinity();
  // After the word `w` and its letter `i` (-1: before its first); heard_last: whether that letter is still being heard.
  const std::function<void(int64_t, size_t, int64_t, bool, double)> go = [&](int64_t position, size_t w, int64_t i,
                                                                             bool heard_last, double total) {
    const bool done = w == words.size() || (w + 1 == words.size() && i + 1 == static_cast<int64_t>(words[w].size()));
    if (position == scores.positions) {
      best = done ? std::max(best, total) : best;
      return;
    }
    const bool inside = w < words.size() && i >= 0 && i + 1 < static_cast<int64_t>(words[w].size());
    if (!inside || topology == Topology::kCtc) {
      go(position + 1, w, i, false, total + scores.at(position, 0));
    }
    if (i >= 0 && heard_last) {
      go(position + 1, w, i, true, total + scores.at(position, words[w][static_cast<size_t>(i)]));
    }
    size_t next_word = w;
    int64_t next_letter = i + 1;
    if (next_letter == static_cast<int64_t>(words[w].size())) {
      ++next_word;
      next_letter = 0;
    }
    if (next_word < words.size()) {
      const int64_t letter = words[next_word][static_cast<size_t>(next_letter)];
      const bool repeats = inside && heard_last && letter == words[w][static_cast<size_t>(i)];
      if (!(repeats && topology == Topology::kCtc)) {
        go(position + 1, next_word, next_letter, true, total + scores.at(position, letter));
      }
    }
  };
  go(0, 0, -1, false, 0);
  return best;
}

}  // namespace

TEST(letters_that_are_clearly_heard_say_when) {
  const std::vector<std::string> words = {"ab", "Ca!", "b"};
  // _ _ a a b _ c c a b b _
  const LetterScores scores = heard({0, 0, 1, 1, 2, 0, 3, 3, 1, 2, 2, 0}, 5);
  CHECK_EQUAL(shown(place_words(head_of(Topology::kFrames), scores, 12, words)), "2-5 6-9 9-11 ");
  // _ a _ b _ _ c a _ _ b _
  const LetterScores peaks = heard({0, 1, 0, 2, 0, 0, 3, 1, 0, 0, 2, 0}, 5);
  CHECK_EQUAL(shown(place_words(head_of(Topology::kCtc), peaks, 12, words)), "1-4 6-8 10-11 ");
  for (const PlacedWord &word : place_words(head_of(Topology::kCtc), peaks, 12, words)) {
    CHECK_AT_MOST(std::abs(word.probability - 0.9), 1e-6);
  }
}

TEST(the_way_is_the_best_of_all) {
  std::mt19937 random(kSeed);
  const std::vector<std::string> words = {"ab", "bb", "c"};
  const std::vector<std::vector<int64_t>> letters = {{1, 2}, {2, 2}, {3}};
  for (const Topology topology : {Topology::kFrames, Topology::kCtc}) {
    for (int round = 0; round < 200; ++round) {
      const int64_t positions = 6 + round % 5;
      LetterScores scores = {positions, 5, support::normal_numbers(static_cast<size_t>(positions * 5), random)};
      const auto placed = place_words(head_of(topology), scores, positions, words);
      // The best of the ways that have these words at these positions must be the best of all.
      LetterScores only = scores;
      for (int64_t position = 0; position < positions; ++position) {
        for (size_t w = 0; w < words.size(); ++w) {
          const bool within = position >= placed[w].first && position < placed[w].end;
          for (int64_t of = 1; of < 5 && within; ++of) {
            const bool own = std::find(letters[w].begin(), letters[w].end(), of) != letters[w].end();
            only.values[static_cast<size_t>(position * 5 + of)] -= own ? 0.0f : 1000.0f;
          }
        }
        const bool between = std::none_of(placed.begin(), placed.end(), [&](const PlacedWord &word) {
          return position >= word.first && position < word.end;
        });
        for (int64_t of = 1; of < 5 && between; ++of) {
          only.values[static_cast<size_t>(position * 5 + of)] -= 1000.0f;
        }
      }
      const double best = best_of_all(scores, letters, topology);
      CHECK(best > -1e6);
      CHECK_AT_MOST(std::abs(best - best_of_all(only, letters, topology)), 1e-4);
    }
  }
}

TEST(every_word_has_a_time_whatever_it_is_spelled_with) {
  const std::vector<std::string> words = {"a", "42", "b"};
  CHECK_EQUAL(shown(place_words(head_of(Topology::kFrames), heard({0, 1, 0, 3, 3, 0, 2}, 5), 7, words)), "1-2 3-5 6-7 ");
  const std::vector<std::string> long_words = {"abcabcabc", "b", "cab"};
  for (const int64_t positions : {1, 2, 3, 5, 9, 12}) {
    const auto placed =
        place_words(head_of(Topology::kFrames), heard(std::vector<int64_t>(12, 1), 5), positions, long_words);
    CHECK_EQUAL(placed.size(), 3u);
    for (size_t i = 0; i < placed.size(); ++i) {
      CHECK(placed[i].first <= placed[i].end && placed[i].end <= positions);
      CHECK(i == 0 || placed[i - 1].end <= placed[i].first);
      CHECK(positions < 3 || placed[i].first < placed[i].end);
    }
  }
  CHECK(place_words(head_of(Topology::kCtc), heard({0}, 5), 1, {}).empty());
}

TEST(words_of_the_test_set_are_when_they_were_said) {
  for (const char *method : {"dtw", "ctc"}) {
    const auto model = api::open_model(support::demo_model(), {{"alignment", method}, {"precision", "f32"}});
    const char *found = nullptr;
    api::require_ok(am_model_text(model.get(), "alignment", &found));
    CHECK_EQUAL(std::string(found), method);
    const auto session = api::open_session(model);
    std::vector<double> errors;
    for (const Json &row : support::said_references()) {
      const auto samples = support::read_16k(support::demo_folder() + "/testset/" + support::text_of(row, "file"), 160000);
      const double length = static_cast<double>(samples.size()) / 16;
      std::string text;
      std::vector<std::pair<double, double>> said;
      for (const Json &word : *row.find("words")->array()) {
        if (1000 * support::number_of(word, "end") <= length) {
          text.append(" ").append(support::text_of(word, "word"));
          said.emplace_back(1000 * support::number_of(word, "start"), 1000 * support::number_of(word, "end"));
        }
      }
      const auto states = api::encode(model, session, api::log_mel(model, session, samples));
      const auto words = api::align(session, states, api::tokens_of(model, text), static_cast<int64_t>(samples.size()));
      CHECK_EQUAL(words.size(), said.size());
      for (size_t i = 0; i < std::min(words.size(), said.size()); ++i) {
        CHECK(words[i].start_ms <= words[i].end_ms && words[i].end_ms <= length);
        CHECK(i == 0 || words[i - 1].end_ms <= words[i].start_ms);
        errors.push_back(std::abs(words[i].start_ms - said[i].first));
        errors.push_back(std::abs(words[i].end_ms - said[i].second));
      }
    }
    std::sort(errors.begin(), errors.end());
    const double median = errors[errors.size() / 2];
    const auto within = static_cast<double>(std::upper_bound(errors.begin(), errors.end(), 200) - errors.begin());
    const double share = 100 * within / static_cast<double>(errors.size());
    std::cout << "      " << method << ": " << errors.size() << " starts and ends, median error " << median << " ms, "
              << share << " % within 200 ms" << std::endl;
    if (method == std::string("ctc")) {
      CHECK_AT_MOST(median, 50);
      CHECK(share >= 95);
    }
  }
}

TEST(a_head_that_does_not_fit_says_why) {
  const auto opened = [](const std::string &json, bool with_tensors, const std::string &part) {
    const support::TemporaryFolder folder;
    TinyModel().write(folder);
    folder.write("alignment_head.json", json);
    if (with_tensors) {
      folder.write("alignment_head.safetensors", support::read_file(support::demo_model() + "/alignment_head.safetensors"));
    }
    am_model *model = nullptr;
    CHECK_STATUS(am_model_open(folder.path().c_str(), nullptr, &model), AM_ERROR_MODEL, part);
  };
  const std::string classes = "\"classes\": [\"\", \"a\"]";
  opened("{\"topology\": \"ctc\", " + classes + "}", false, "belong together");
  opened("{\"topology\": \"hmm\", " + classes + "}", true, "topology");
  opened("{\"topology\": \"ctc\", \"classes\": [\"a\", \"b\"]}", true, "item 0");
  opened("{\"topology\": \"ctc\", \"classes\": [\"\", \"ab\"]}", true, "item 1");
  opened("{\"topology\": \"ctc\", \"classes\": [\"\", \"a\", \"a\"]}", true, "item 2");
  opened("{\"topology\": \"ctc\", " + classes + "}", true, "tensor weight is [29, 256]; needed is [2, ");
  const support::TemporaryFolder without;
  TinyModel().write(without);
  const auto options = api::options({{"alignment", "ctc"}});
  am_model *model = nullptr;
  CHECK_STATUS(am_model_open(without.path().c_str(), options.get(), &model), AM_ERROR_MODEL, "alignment_head.json");
}
