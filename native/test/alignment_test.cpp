/* Word times: the path, the smoothing and the grouping on small inputs, and windows with hardly any sound. */
#include <functional>

#include "align/attention_matrix.h"
#include "align/dtw.h"
#include "align/words.h"
#include "api.h"
#include "check.h"
#include "cpu/instruction_sets.h"
#include "model/vocabulary.h"
#include "support.h"
#include "tiny_model.h"

namespace {

using namespace amanuensis;

constexpr unsigned kSeed = 20261121;

/** The cost of the cheapest path, by trying all. */
double cheapest(const std::vector<float> &cost, int64_t rows, int64_t columns) {
  const std::function<double(int64_t, int64_t)> to = [&](int64_t r, int64_t c) -> double {
    const double here = cost[static_cast<size_t>(r * columns + c)];
    if (r == 0 && c == 0) {
      return here;
    }
    double best = std::numeric_limits<double>::infinity();
    best = r > 0 ? std::min(best, to(r - 1, c)) : best;
    best = c > 0 ? std::min(best, to(r, c - 1)) : best;
    best = r > 0 && c > 0 ? std::min(best, to(r - 1, c - 1)) : best;
    return here + best;
  };
  return to(rows - 1, columns - 1);
}

/** The least cost of a path that enters the rows at these columns: a row runs to where the next begins, or one less. */
double cost_of(const std::vector<float> &cost, int64_t rows, int64_t columns, const std::vector<int64_t> &entered) {
  double total = 0;
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t begin = entered[static_cast<size_t>(r)],
                  next = r + 1 < rows ? entered[static_cast<size_t>(r) + 1] : columns - 1;
    for (int64_t c = begin; c <= next; ++c) {
      const bool shared = r + 1 < rows && c == next && c > begin;  // may be stepped over by a diagonal
      const double here = cost[static_cast<size_t>(r * columns + c)];
      total += shared ? std::min(here, 0.0) : here;
    }
  }
  return total;
}

std::vector<float> matrix_of(AttentionWeights weights) {
  Team team(nullptr);
  return attention_matrix(team, kernels_named("auto"), std::move(weights));
}

Tokenizer tiny_tokenizer() {
  const support::TemporaryFolder folder;
  TinyModel().write(folder);
  return Tokenizer(read_vocabulary(folder.path(), TinyModel::kVocabulary));
}

std::string grouped(const std::string &text, const char *language) {
  const Tokenizer tokenizer = tiny_tokenizer();
  const auto tokens = tokenizer.encode(text);
  std::string shown;
  int64_t count = 0;
  for (const TokenWord &word : words_of(tokenizer, tokens, language)) {
    shown += "[" + word.text + "]";
    count += word.tokens;
  }
  CHECK_EQUAL(count, static_cast<int64_t>(tokens.size()));
  return shown;
}

}  // namespace

TEST(the_path_is_the_cheapest) {
  std::mt19937 random(kSeed);
  for (int round = 0; round < 200; ++round) {
    const auto rows = static_cast<int64_t>(1 + random() % 5), columns = static_cast<int64_t>(1 + random() % 7);
    const auto cost = support::normal_numbers(static_cast<size_t>(rows * columns), random);
    const auto entered = columns_entered(cost, rows, columns);
    CHECK_EQUAL(entered.front(), 0);
    CHECK(std::is_sorted(entered.begin(), entered.end()));
    CHECK_AT_MOST(std::abs(cost_of(cost, rows, columns, entered) - cheapest(cost, rows, columns)), 1e-4);
  }
}

TEST(ties_are_resolved_as_in_the_reference) {
  // Expected: dtw of demo-model/recipe/decode.py.
  const std::vector<int64_t> zeros = columns_entered(std::vector<float>(15, 0), 3, 5);
  const std::vector<int64_t> ones = columns_entered(std::vector<float>(15, 1), 3, 5);
  const std::vector<float> drawn = {1, -1, -1, -1, -1, 1, 1, 0, -1, -1, -1, 0, 0, 0, -1, -1, 1, 1, -1, -1, 0, 0, 1, 0};
  CHECK(zeros == std::vector<int64_t>({0, 0, 0}));
  CHECK(ones == std::vector<int64_t>({0, 1, 2}));
  CHECK(columns_entered(drawn, 4, 6) == std::vector<int64_t>({0, 2, 2, 3}));
}

TEST(the_path_follows_a_diagonal) {
  std::vector<float> cost(4 * 12, 1);
  for (size_t c = 0; c < 12; ++c) {
    cost[c / 3 * 12 + c] = -1;
  }
  CHECK(columns_entered(cost, 4, 12) == std::vector<int64_t>({0, 3, 6, 9}));
}

TEST(weights_are_normalised_and_smoothed) {
  // One head, two tokens: each column becomes -1 and +1; a single column that is the other way round is smoothed away.
  AttentionWeights weights = {1, 2, 9, {}};
  for (int row = 0; row < 2; ++row) {
    for (int column = 0; column < 9; ++column) {
      weights.values.push_back((row == 1) != (column == 4) ? 0.9f : 0.1f);
    }
  }
  const auto matrix = matrix_of(weights);
  for (size_t column = 0; column < 9; ++column) {
    CHECK_AT_MOST(std::abs(matrix[column] + 1), 1e-5);
    CHECK_AT_MOST(std::abs(matrix[9 + column] - 1), 1e-5);
  }
}

TEST(ends_are_reflected) {
  constexpr size_t kRows = 5, kColumns = 6;
  std::mt19937 random(kSeed);
  const auto values = support::normal_numbers(kRows * kColumns, random);
  const auto matrix = matrix_of({1, kRows, kColumns, values});
  const auto normal = [&](size_t row, size_t column) {
    double mean = 0, variance = 0;
    for (size_t r = 0; r < kRows; ++r) {
      mean += values[r * kColumns + column] / static_cast<double>(kRows);
    }
    for (size_t r = 0; r < kRows; ++r) {
      variance += std::pow(values[r * kColumns + column] - mean, 2) / static_cast<double>(kRows);
    }
    return (values[row * kColumns + column] - mean) / std::sqrt(variance);
  };
  const auto median = [&](size_t row, std::vector<size_t> columns) {
    std::sort(columns.begin(), columns.end(), [&](size_t a, size_t b) { return normal(row, a) < normal(row, b); });
    return normal(row, columns[3]);
  };
  for (size_t row = 0; row < kRows; ++row) {
    CHECK_AT_MOST(std::abs(matrix[row * kColumns] - median(row, {3, 2, 1, 0, 1, 2, 3})), 1e-5);
    CHECK_AT_MOST(std::abs(matrix[row * kColumns + 4] - median(row, {1, 2, 3, 4, 5, 4, 3})), 1e-5);
    CHECK_AT_MOST(std::abs(matrix[row * kColumns + 5] - median(row, {2, 3, 4, 5, 4, 3, 2})), 1e-5);
  }
}

TEST(a_constant_column_does_not_divide_by_zero) {
  const auto matrix = matrix_of({1, 3, 1, {1, 1, 1}});
  CHECK(matrix == std::vector<float>({0, 0, 0}));
}

TEST(words_are_grouped_at_blanks) {
  CHECK_EQUAL(grouped(" Hello, the a's \"quote\" end.", "en"), "[ Hello,][ the][ a's][ \"quote\"][ end.]");
  CHECK_EQUAL(grouped("no blank first", "de"), "[no][ blank][ first]");
  CHECK_EQUAL(grouped(" naïve 😀 über", "de"), "[ naïve][ 😀][ über]");
}

TEST(words_without_blanks_are_characters) {
  CHECK_EQUAL(grouped("日本語。はい", "ja"), "[日][本][語。][は][い]");
  CHECK_EQUAL(grouped("「日」(本)", "ja"), "[「日」][(本)]");
  CHECK_EQUAL(grouped("日本語", "en"), "[日本語]");
}

TEST(bytes_that_never_form_a_character_are_kept) {
  const Tokenizer tokenizer = tiny_tokenizer();
  const auto of_bytes = [&](const std::vector<int> &bytes) {
    std::vector<int32_t> tokens;
    for (const int byte : bytes) {
      for (int32_t token = 0; token < 256; ++token) {
        if (tokenizer.bytes_of(token) == std::string(1, static_cast<char>(byte))) {
          tokens.push_back(token);
        }
      }
    }
    return tokens;
  };
  const auto cut_off = of_bytes({'a', 0xe6, 0x97});
  const auto words = words_of(tokenizer, cut_off, "ja");
  CHECK_EQUAL(words.size(), 2u);
  CHECK_EQUAL(words.back().text, "\uFFFD");
  CHECK_EQUAL(words.back().tokens, 2);
  const auto broken = of_bytes({0xff, 'a', 0x80, 'b'});
  CHECK_EQUAL(words_of(tokenizer, broken, "ja").size(), 4u);
}

TEST(hardly_any_sound_is_aligned_without_a_fault) {
  const auto model = api::open_model(support::demo_model(), {{"precision", "f32"}});
  const auto session = api::open_session(model);
  const auto tokens = api::tokens_of(model, " The order number.");
  for (const int64_t samples : {1, 319, 320, 640, 961, 1280, 1600, 5000}) {
    const auto sound = support::noise(static_cast<size_t>(samples), kSeed);
    const auto words =
        api::align(session, api::encode(model, session, api::log_mel(model, session, sound)), tokens, samples);
    CHECK_EQUAL(words.size(), 3u);
    for (const auto &word : words) {
      CHECK(0 <= word.start_ms && word.start_ms <= word.end_ms && word.end_ms <= samples / 16);
    }
  }
}

TEST(text_alone_is_aligned) {
  const auto model = api::open_model(support::demo_model(), {{"precision", "f32"}});
  const auto session = api::open_session(model);
  const auto states = api::encode(model, session, api::log_mel(model, session, support::noise(32000, kSeed)));
  CHECK(api::align(session, states, {}, 32000).empty());
  CHECK(api::align(session, states, {777, 900, 768}, 32000).empty());
  const auto text = api::tokens_of(model, " The order");
  auto timed = text;
  timed.insert(timed.begin(), 777);
  timed.push_back(900);
  const auto with = api::align(session, states, timed, 32000), without = api::align(session, states, text, 32000);
  CHECK_EQUAL(with.size(), 2u);
  CHECK_EQUAL(with[1].start_ms, without[1].start_ms);
  CHECK_EQUAL(with[1].probability, without[1].probability);
}

TEST(more_text_than_the_decoder_holds_is_refused) {
  const auto model = api::open_model(support::demo_model(), {{"alignment", "dtw"}, {"precision", "f32"}});
  const auto session = api::open_session(model);
  const std::vector<float> states(500 * 256);
  const std::vector<int32_t> tokens(188, 345);
  am_alignment *alignment = nullptr;
  CHECK_STATUS(
      am_align(session.get(), nullptr, states.data(), AM_FLOAT32, tokens.data(), 188, 160000, "en", &alignment),
      AM_ERROR_ARGUMENT, "at most 187");
  CHECK_OK(am_align(session.get(), nullptr, states.data(), AM_FLOAT32, tokens.data(), 187, 160000, "en", &alignment));
  am_alignment_close(&alignment);
}

TEST(without_alignment_heads_there_are_no_word_times) {
  TinyModel tiny;
  tiny.replace("generation_config.json", "\"alignment_heads\": [[0, 1]], ", "");
  const support::TemporaryFolder folder;
  tiny.write(folder);
  const auto model = api::open_model(folder.path());
  const auto session = api::open_session(model);
  CHECK_EQUAL(api::number(model, "alignment-heads"), 0);
  const std::vector<float> states(TinyModel::kPositions * TinyModel::kWidth);
  am_alignment *alignment = nullptr;
  CHECK_STATUS(am_align(session.get(), nullptr, states.data(), AM_FLOAT32, nullptr, 0, 1000, nullptr, &alignment),
               AM_ERROR_MODEL, "alignment heads");
}

TEST(the_language_is_detected_where_none_is_given) {
  const support::TemporaryFolder folder;
  TinyModel().write(folder);
  const auto model = api::open_model(folder.path());
  const auto session = api::open_session(model);
  const auto states = api::encode(model, session, api::log_mel(model, session, support::noise(20000, kSeed)));
  const auto decoding = api::decode(session, states, 1);
  const char *language = nullptr;
  CHECK_OK(am_decoding_language(decoding.get(), 0, &language));
  const std::vector<int32_t> tokens = {10, 257, 20};
  const auto detected = api::align(session, states, tokens, 20000),
             given = api::align(session, states, tokens, 20000, language);
  CHECK_EQUAL(detected.size(), given.size());
  CHECK_EQUAL(detected.at(0).probability, given.at(0).probability);
}
