/*
 * Windows encoded as far as there is sound: states against a reference of their own, decoding and word times from them,
 * and what the interface says of it.
 */
#include "api.h"
#include "check.h"
#include "cpu/instruction_sets.h"
#include "support.h"

namespace {

using amanuensis::Json;

constexpr int64_t kWindow = 160000, kPositions = 500, kWidth = 256;
constexpr float kUntouched = -7;

struct Actual {
  api::Model model;
  api::Session session = api::open_session(model);

  explicit Actual(const char *isa = "auto", const char *precision = "f32")
      : model(api::open_model(support::demo_model(),
                              {{"audio-context", "actual"}, {"isa", isa}, {"precision", precision}})) {}

  int64_t positions(int64_t samples) const {
    int64_t positions = 0;
    api::require_ok(am_model_positions(model.get(), samples, &positions));
    return positions;
  }

  /** Of all windows in one call, each [its positions][kWidth]. */
  std::vector<std::vector<float>> encode(const std::vector<std::vector<int16_t>> &windows) const {
    std::vector<float> mels;
    std::vector<int64_t> counts;
    for (const auto &samples : windows) {
      const auto mel = api::log_mel(model, session, samples);
      mels.insert(mels.end(), mel.begin(), mel.end());
      counts.push_back(static_cast<int64_t>(samples.size()));
    }
    std::vector<float> states(windows.size() * kPositions * kWidth, kUntouched);
    api::require_ok(am_encode(session.get(), nullptr, mels.data(), static_cast<int32_t>(windows.size()), counts.data(),
                              AM_FLOAT32, states.data(), static_cast<int64_t>(states.size())));
    std::vector<std::vector<float>> parts;
    for (size_t i = 0; i < windows.size(); ++i) {
      const auto from = states.begin() + static_cast<std::ptrdiff_t>(i) * kPositions * kWidth;
      const auto end = from + positions(counts[i]) * kWidth;
      CHECK(std::all_of(end, from + kPositions * kWidth, [](float value) { return value == kUntouched; }));
      parts.emplace_back(from, end);
    }
    return parts;
  }
};

std::vector<int16_t> sound_of(const std::string &file) {
  return support::read_16k(support::demo_folder() + "/testset/" + file, kWindow);
}

}  // namespace

TEST(states_of_the_sound_alone_are_the_references) {
  const auto samples = sound_of("utterance-00-espeak_seen-clean.wav");
  const auto golden =
      support::read_npy(std::string(AMANUENSIS_SOURCE_DIR) + "/test/data/actual-context.encoder.npy").values;
  for (const amanuensis::Kernels *kernels : amanuensis::available_instruction_sets()) {
    const Actual actual(kernels->name);
    // Between others, so that what a longer window left behind would be seen.
    const auto states = actual.encode({support::noise(kWindow, 1), samples, support::noise(kWindow / 2, 2)})[1];
    std::vector<float> kept;
    for (size_t position = 0; position * kWidth < states.size(); position += 16) {
      const auto from = states.begin() + static_cast<std::ptrdiff_t>(position * kWidth);
      kept.insert(kept.end(), from, from + kWidth);
    }
    CHECK_EQUAL(kept.size(), golden.size());
    CHECK_AT_MOST(support::relative_l2(kept, golden), 1e-4);
  }
}

TEST(states_do_not_depend_on_neighbours) {
  for (const char *precision : {"f32", "bf16", "int8"}) {
    const Actual actual("auto", precision);
    const std::vector<std::vector<int16_t>> windows = {support::noise(kWindow, 3), support::noise(1, 4),
                                                       support::noise(90001, 5), support::noise(319, 6)};
    const auto together = actual.encode(windows);
    for (size_t i = 0; i < windows.size(); ++i) {
      CHECK(actual.encode({windows[i]})[0] == together[i]);
    }
  }
}

TEST(a_full_window_has_the_states_of_full_context) {
  const auto samples = support::noise(kWindow, 8);
  const auto full = api::open_model(support::demo_model(), {{"precision", "f32"}});
  const auto session = api::open_session(full);
  CHECK(Actual().encode({samples})[0] == api::encode(full, session, api::log_mel(full, session, samples)));
}

TEST(words_come_from_the_states_that_are_there) {
  const Actual actual;
  const auto used = api::open_decoder(actual.model, {{"windows", "1"}});
  std::mt19937 random(20261121);
  size_t like_full = 0, files = 0;
  for (const Json &row : support::greedy_references()) {
    const auto samples = sound_of(support::text_of(row, "file"));
    const auto count = static_cast<int64_t>(samples.size());
    const auto states = actual.encode({samples})[0];
    // What a longer window left in the cache must not be heard.
    const int64_t longer = api::add(used, support::normal_numbers(kPositions * kWidth, random), kPositions);
    api::require_ok(am_decoder_remove(used.get(), longer));
    const auto fresh = api::open_decoder(actual.model, {{"windows", "1"}});
    std::vector<std::vector<int32_t>> tokens;
    std::vector<std::vector<api::Word>> words;
    for (const auto *decoder : {&used, &fresh}) {
      const int64_t ticket = api::add(*decoder, states, actual.positions(count), {{"timestamps", "off"}});
      CHECK_EQUAL(api::advance(*decoder), ticket);
      tokens.push_back(api::tokens(api::result(*decoder, ticket)));
      words.push_back(api::align(*decoder, ticket, tokens.back(), count));
      api::require_ok(am_decoder_remove(decoder->get(), ticket));
    }
    CHECK(tokens[0] == tokens[1] && words[0] == words[1]);
    for (const auto &word : words[0]) {
      CHECK_AT_MOST(word.end_ms, count / 16 + 20);
    }
    like_full += tokens[0] == support::tokens_of(row, "ids_without_timestamps");
    ++files;
  }
  std::cout << "      " << like_full << " of " << files << " texts are those of the full window" << std::endl;
}

TEST(positions_are_those_that_begin_within_the_sound) {
  const Actual actual;
  CHECK_EQUAL(actual.positions(1), 1);
  CHECK_EQUAL(actual.positions(320), 1);
  CHECK_EQUAL(actual.positions(321), 2);
  CHECK_EQUAL(actual.positions(kWindow), kPositions);
  const auto full = api::open_model(support::demo_model(), {});
  int64_t positions = 0;
  api::require_ok(am_model_positions(full.get(), 1, &positions));
  CHECK_EQUAL(positions, kPositions);
  for (const int64_t samples : {int64_t{0}, kWindow + 1}) {
    CHECK_STATUS(am_model_positions(full.get(), samples, &positions), AM_ERROR_ARGUMENT, "1 to 160000");
  }
}

TEST(what_is_wrong_is_said) {
  const Actual actual;
  std::vector<float> mel(80000), states(kPositions * kWidth);
  const int64_t none = 0;
  CHECK_STATUS(am_encode(actual.session.get(), nullptr, mel.data(), 1, &none, AM_FLOAT32, states.data(), 128000),
               AM_ERROR_ARGUMENT, "sample_counts");
  const auto decoder = api::open_decoder(actual.model);
  int64_t ticket = 0;
  for (const int64_t positions : {int64_t{0}, kPositions + 1}) {
    CHECK_STATUS(am_decoder_add(decoder.get(), nullptr, states.data(), AM_FLOAT32, positions, nullptr, &ticket),
                 AM_ERROR_ARGUMENT, "1 to 500");
  }
  am_model *model = nullptr;
  const auto options = api::options({{"audio-context", "some"}});
  CHECK_STATUS(am_model_open(support::demo_model().c_str(), options.get(), &model), AM_ERROR_OPTION, "full, actual");
}
