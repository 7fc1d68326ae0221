#include "align/letters.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/number_format.h"
#include "common/utf8.h"

namespace amanuensis {
namespace {

constexpr int64_t kNone = 0;   // the class that is no letter
constexpr int64_t kAny = -1;   // the likeliest letter
constexpr int64_t kNoWord = -1;

/** What is heard at a position on the way through the words. */
struct State {
  int64_t heard;  // a class, or kAny
  int64_t word;   // or kNoWord
  bool passable;  // need not be visited
};

std::string lower_case(std::string_view character) {
  std::string text(character);
  if (text.size() == 1 && text[0] >= 'A' && text[0] <= 'Z') {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return text;
}

std::vector<int64_t> spelled(const AlignmentHead &head, std::string_view word) {
  std::vector<int64_t> letters;
  while (!word.empty()) {
    const size_t bytes = first_of_utf8(word).bytes;
    const std::string_view character = word.substr(0, bytes);
    for (const std::string &form : {std::string(character), lower_case(character)}) {
      const auto found = std::find(head.classes.begin() + 1, head.classes.end(), form);
      if (found != head.classes.end()) {
        letters.push_back(found - head.classes.begin());
        break;
      }
    }
    word.remove_prefix(bytes);
  }
  if (letters.empty()) {
    letters.push_back(kAny);
  }
  return letters;
}

/** At most `most` letters in all words together, at least one of each. */
void thin_out(std::vector<std::vector<int64_t>> &words, int64_t most) {
  int64_t count = 0;
  for (const auto &letters : words) {
    count += static_cast<int64_t>(letters.size());
  }
  if (count <= most) {
    return;
  }
  // Beyond its first letter every word keeps the same share of the others.
  const auto first_letters = static_cast<int64_t>(words.size());
  const int64_t others = count - first_letters, room = most - first_letters;
  for (auto &letters : words) {
    std::vector<int64_t> kept = {letters.front()};
    const auto rest = static_cast<int64_t>(letters.size()) - 1, keep = rest * room / others;
    for (int64_t i = 0; i < keep; ++i) {
      kept.push_back(letters[static_cast<size_t>(1 + i * rest / keep)]);
    }
    letters = std::move(kept);
  }
}

/** In a CTC, letters may be parted by none, and equal ones must be. */
std::vector<State> way_through(const std::vector<std::vector<int64_t>> &words, AlignmentHead::Topology topology) {
  std::vector<State> states = {{kNone, kNoWord, true}};
  for (size_t w = 0; w < words.size(); ++w) {
    const auto word = static_cast<int64_t>(w);
    for (size_t i = 0; i < words[w].size(); ++i) {
      if (i > 0 && topology == AlignmentHead::Topology::kCtc) {
        states.push_back({kNone, word, words[w][i] != words[w][i - 1]});
      }
      states.push_back({words[w][i], word, false});
    }
    states.push_back({kNone, kNoWord, true});
  }
  return states;
}

class Trellis {
 public:
  Trellis(const LetterScores &scores, int64_t positions, const std::vector<State> &states)
      : scores_(scores), positions_(positions), states_(states), steps_(static_cast<size_t>(positions) * states.size()) {}

  /** The state at every position; empty if the states that must be visited are more than the positions. */
  std::vector<size_t> best_path() {
    const size_t count = states_.size();
    std::vector<double> best(count, kImpossible), next(count);
    best[0] = score(0, 0);
    best[1] = score(0, 1);
    for (int64_t position = 1; position < positions_; ++position) {
      for (size_t i = 0; i < count; ++i) {
        const size_t most = i >= 2 && states_[i - 1].passable ? 2 : std::min<size_t>(i, 1);
        size_t from = 0;
        for (size_t step = 1; step <= most; ++step) {
          from = best[i - step] > best[i - from] ? step : from;
        }
        next[i] = best[i - from] + score(position, i);
        step_at(position, i) = static_cast<uint8_t>(from);
      }
      best.swap(next);
    }
    size_t state = best[count - 1] > best[count - 2] ? count - 1 : count - 2;
    if (best[state] == kImpossible) {
      return {};
    }
    std::vector<size_t> path(static_cast<size_t>(positions_));
    for (int64_t position = positions_ - 1; position >= 0; --position) {
      path[static_cast<size_t>(position)] = state;
      state -= step_at(position, state);
    }
    return path;
  }

  double score(int64_t position, size_t state) const {
    const int64_t heard = states_[state].heard;
    if (heard != kAny) {
      return scores_.at(position, heard);
    }
    double most = kImpossible;
    for (int64_t of = kNone + 1; of < scores_.classes; ++of) {
      most = std::max<double>(most, scores_.at(position, of));
    }
    return most;
  }

 private:
  static constexpr double kImpossible = -std::numeric_limits<double>::infinity();

  uint8_t &step_at(int64_t position, size_t state) {
    return steps_[static_cast<size_t>(position) * states_.size() + state];
  }

  const LetterScores &scores_;
  const int64_t positions_;
  const std::vector<State> &states_;
  std::vector<uint8_t> steps_;
};

std::vector<PlacedWord> shared_evenly(int64_t words, int64_t positions) {
  std::vector<PlacedWord> placed;
  for (int64_t i = 0; i < words; ++i) {
    placed.push_back({positions * i / words, positions * (i + 1) / words, 0});
  }
  return placed;
}

}  // namespace

std::vector<PlacedWord> place_words(const AlignmentHead &head, const LetterScores &scores, int64_t positions,
                                    std::span<const std::string> words) {
  const auto count = static_cast<int64_t>(words.size());
  if (words.empty()) {
    return {};
  }
  require_finite(scores.values.data(), positions * scores.classes, "letters computed");
  std::vector<std::vector<int64_t>> letters;
  for (const std::string &word : words) {
    letters.push_back(spelled(head, word));
  }
  if (count <= positions) {
    thin_out(letters, positions);
  }
  const std::vector<State> states = way_through(letters, head.topology);
  Trellis trellis(scores, positions, states);
  const std::vector<size_t> path = count > positions ? std::vector<size_t>() : trellis.best_path();
  if (path.empty()) {
    return shared_evenly(count, positions);
  }
  std::vector<PlacedWord> placed(words.size(), {-1, -1, 0});
  std::vector<int64_t> heard(words.size());
  for (int64_t position = 0; position < positions; ++position) {
    const State &state = states[path[static_cast<size_t>(position)]];
    if (state.word == kNoWord) {
      continue;
    }
    PlacedWord &word = placed[static_cast<size_t>(state.word)];
    word.first = word.first < 0 ? position : word.first;
    word.end = position + 1;
    if (state.heard != kNone) {
      word.probability += std::exp(trellis.score(position, path[static_cast<size_t>(position)]));
      ++heard[static_cast<size_t>(state.word)];
    }
  }
  for (size_t i = 0; i < placed.size(); ++i) {
    placed[i].probability /= static_cast<double>(heard[i]);
  }
  return placed;
}

}  // namespace amanuensis
