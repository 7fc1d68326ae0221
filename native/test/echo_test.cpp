/* The echo back end: text follows from the states alone, and the call's deadline and cancellation reach an encode. */
#include <chrono>
#include <cstring>
#include <random>
#include <thread>

#include "api.h"
#include "check.h"

namespace {

constexpr unsigned kSeed = 20261121;

std::vector<int16_t> noise(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<int16_t> samples(count);
  for (int16_t &sample : samples) {
    sample = static_cast<int16_t>(static_cast<int>(random() % 20001) - 10000);
  }
  return samples;
}

api::Model echo(const char *hold_ms = "0") {
  return api::open_model(nullptr, {{"back-end", "echo"}, {"echo-hold-ms", hold_ms}});
}

std::vector<float> states_of(const api::Model &model, const api::Session &session,
                             const std::vector<int16_t> &samples) {
  return api::encode(model, session, api::log_mel(model, session, samples));
}

int64_t milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST(text_follows_from_the_states) {
  const auto model = echo();
  const auto session = api::open_session(model);
  const auto first = states_of(model, session, noise(48000, kSeed));
  const auto second = states_of(model, session, noise(48000, kSeed + 1));
  const std::string first_text = api::text(api::decode(session, first, 1));
  CHECK(!first_text.empty());
  CHECK_EQUAL(api::text(api::decode(session, first, 1)), first_text);
  CHECK(api::text(api::decode(session, second, 1)) != first_text);
  const std::vector<float> zeros(first.size());
  CHECK_EQUAL(api::text(api::decode(session, zeros, 1)), "");
}

TEST(silence_is_no_speech) {
  const auto model = echo();
  const auto session = api::open_session(model);
  const auto decoding = api::decode(session, states_of(model, session, std::vector<int16_t>(16000)), 1);
  CHECK_EQUAL(api::text(decoding), "");
  CHECK_EQUAL(api::measure(decoding, "no-speech-probability"), 1.0);
  const auto speech = api::decode(session, states_of(model, session, noise(16000, kSeed)), 1);
  CHECK_EQUAL(api::measure(speech, "no-speech-probability"), 0.0);
}

TEST(states_survive_bfloat16) {
  const auto model = echo();
  const auto session = api::open_session(model);
  const auto mel = api::log_mel(model, session, noise(32000, kSeed));
  const auto wide = api::encode(model, session, mel);
  std::vector<uint16_t> narrow(wide.size());
  CHECK_OK(am_encode(session.get(), nullptr, mel.data(), 1, nullptr, AM_BFLOAT16, narrow.data(),
                     static_cast<int64_t>(narrow.size())));
  for (size_t i = 0; i < wide.size(); ++i) {
    uint32_t bits;
    std::memcpy(&bits, &wide[i], sizeof bits);
    if (bits != static_cast<uint32_t>(narrow[i]) << 16) {
      check::failed(__FILE__, __LINE__, "state ", i, " lost bits in bfloat16");
      break;
    }
  }
  am_decoding *handle = nullptr;
  CHECK_OK(am_decode(session.get(), nullptr, narrow.data(), AM_BFLOAT16, 1, nullptr, &handle));
  CHECK_EQUAL(api::text(api::Decoding(handle)), api::text(api::decode(session, wide, 1)));
}

TEST(words_are_spread_over_the_sound) {
  const auto model = echo();
  const auto session = api::open_session(model);
  const auto states = states_of(model, session, noise(16000, kSeed));
  int64_t count = 0;
  std::vector<int32_t> tokens(8);
  CHECK_OK(am_model_tokens_of(model.get(), "café order zürich", tokens.data(), 8, &count));
  tokens.resize(static_cast<size_t>(count));
  const auto words = api::align(session, states, tokens, 48000);
  CHECK_EQUAL(words.size(), 3u);
  CHECK_EQUAL(words.at(0).text, "café");
  CHECK_EQUAL(words.at(0).start_ms, 0);
  CHECK_EQUAL(words.at(1).start_ms, 1000);
  CHECK_EQUAL(words.at(2).end_ms, 3000);
}

TEST(timestamps_and_max_tokens) {
  const auto model = echo();
  const auto session = api::open_session(model);
  const auto states = states_of(model, session, noise(16000, kSeed));
  const auto begin = static_cast<int32_t>(api::number(model, "token-timestamp-begin"));
  const auto with = api::tokens(api::decode(session, states, 1));
  CHECK(with.size() >= 3 && with.front() >= begin && with.back() >= begin);
  const auto without = api::tokens(api::decode(session, states, 1, {{"timestamps", "off"}}));
  CHECK_EQUAL(without.size() + 2, with.size());
  const auto short_one = api::decode(session, states, 1, {{"max-tokens", "1"}});
  CHECK_EQUAL(api::tokens(short_one).size(), 1u);
  CHECK_EQUAL(api::measure(short_one, "end-reached"), 0.0);
}

TEST(a_held_encode_ends_at_the_deadline) {
  const auto model = echo("60000");
  const auto session = api::open_session(model);
  const auto mel = api::log_mel(model, session, noise(16000, kSeed));
  std::vector<float> states(4000);
  const auto call = api::open_call();
  CHECK_OK(am_call_start(call.get(), 50));
  const auto start = std::chrono::steady_clock::now();
  CHECK_STATUS(am_encode(session.get(), call.get(), mel.data(), 1, nullptr, AM_FLOAT32, states.data(), 4000), AM_ERROR_DEADLINE,
               "am_call_start");
  CHECK_AT_MOST(milliseconds_since(start), 30000);
}

TEST(a_held_encode_ends_when_cancelled_from_another_thread) {
  const auto model = echo("60000");
  const auto session = api::open_session(model);
  const auto mel = api::log_mel(model, session, noise(16000, kSeed));
  std::vector<float> states(4000);
  const auto call = api::open_call();
  CHECK_OK(am_call_start(call.get(), 600000));
  const auto start = std::chrono::steady_clock::now();
  std::thread canceller([&] { am_call_cancel(call.get()); });
  CHECK_STATUS(am_encode(session.get(), call.get(), mel.data(), 1, nullptr, AM_FLOAT32, states.data(), 4000), AM_ERROR_CANCELLED,
               "am_call_cancel");
  canceller.join();
  CHECK_AT_MOST(milliseconds_since(start), 30000);
}

TEST(a_call_started_afterwards_is_not_affected) {
  const auto model = echo();
  const auto session = api::open_session(model);
  const auto mel = api::log_mel(model, session, noise(16000, kSeed));
  std::vector<float> states(4000);
  const auto call = api::open_call();
  CHECK_OK(am_call_cancel(call.get()));
  CHECK_OK(am_call_start(call.get(), 60000));
  CHECK_OK(am_encode(session.get(), call.get(), mel.data(), 1, nullptr, AM_FLOAT32, states.data(), 4000));
}
