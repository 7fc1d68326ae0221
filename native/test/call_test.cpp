/* Deadlines and cancellation reach into the network: an encode stops between layers, a decode between tokens. */
#include <chrono>
#include <thread>

#include "api.h"
#include "check.h"
#include "common/error.h"
#include "cpu/instruction_sets.h"
#include "model/decoder.h"
#include "model/whisper.h"
#include "support.h"

namespace {

constexpr int32_t kWindows = 64;
constexpr float kUntouched = -12345;

struct Work {
  api::Model model = api::open_model(support::demo_model());
  api::Session session = api::open_session(model);
  api::Call call = api::open_call();
  std::vector<float> mel = api::log_mel(model, session, support::noise(160000, 3));
  int64_t state_size = api::number(model, "state-positions") * api::number(model, "state-width");
};

}  // namespace

TEST(an_encode_stops_between_layers) {
  const Work work;
  std::vector<float> states(static_cast<size_t>(work.state_size), kUntouched);
  const auto encode = [&] {
    return am_encode(work.session.get(), work.call.get(), work.mel.data(), 1, nullptr, AM_FLOAT32, states.data(),
                     work.state_size);
  };
  int64_t fastest_ms = 60000;
  for (int round = 0; round < 3; ++round) {
    CHECK_OK(am_call_start(work.call.get(), 60000));
    const auto start = std::chrono::steady_clock::now();
    CHECK_OK(encode());
    const auto elapsed = std::chrono::steady_clock::now() - start;
    fastest_ms = std::min<int64_t>(fastest_ms, std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count());
  }
  // The deadline passes within the window: only looks between its layers can see it.
  std::fill(states.begin(), states.end(), kUntouched);
  CHECK_OK(am_call_start(work.call.get(), std::max<int64_t>(1, fastest_ms / 4)));
  CHECK_STATUS(encode(), AM_ERROR_DEADLINE, "am_call_start");
  CHECK(std::all_of(states.begin(), states.end(), [](float x) { return x == kUntouched; }));
}

TEST(a_batch_stops_when_cancelled_from_another_thread) {
  const Work work;
  std::vector<float> mel;
  for (int32_t i = 0; i < kWindows; ++i) {
    mel.insert(mel.end(), work.mel.begin(), work.mel.end());
  }
  std::vector<float> states(static_cast<size_t>(kWindows * work.state_size), kUntouched);
  CHECK_OK(am_call_start(work.call.get(), 600000));
  std::thread canceller([&] { am_call_cancel(work.call.get()); });
  am_status status = AM_OK;
  while (status == AM_OK) {  // the other thread may begin late
    std::fill(states.begin(), states.end(), kUntouched);
    status = am_encode(work.session.get(), work.call.get(), mel.data(), kWindows, nullptr, AM_FLOAT32, states.data(),
                       kWindows * work.state_size);
  }
  CHECK_STATUS(status, AM_ERROR_CANCELLED, "am_call_cancel");
  canceller.join();
  CHECK_EQUAL(states.back(), kUntouched);
}

TEST(a_decode_stops_when_cancelled_or_late) {
  const Work work;
  const auto one = api::encode(work.model, work.session, work.mel);
  std::vector<float> states;
  for (int32_t i = 0; i < kWindows; ++i) {
    states.insert(states.end(), one.begin(), one.end());
  }
  am_decoding *decoding = nullptr;
  CHECK_OK(am_call_start(work.call.get(), 1));
  CHECK_STATUS(am_decode(work.session.get(), work.call.get(), states.data(), AM_FLOAT32, kWindows, nullptr, &decoding),
               AM_ERROR_DEADLINE, "am_call_start");
  CHECK_OK(am_call_start(work.call.get(), 600000));
  std::thread canceller([&] { am_call_cancel(work.call.get()); });
  am_status status = AM_OK;
  while (status == AM_OK) {
    am_decoding_close(&decoding);
    status = am_decode(work.session.get(), work.call.get(), states.data(), AM_FLOAT32, kWindows, nullptr, &decoding);
  }
  CHECK_STATUS(status, AM_ERROR_CANCELLED, "am_call_cancel");
  canceller.join();
  CHECK(decoding == nullptr);
}

TEST(every_step_of_the_decoder_looks_at_its_call) {
  using namespace amanuensis;
  const Whisper whisper = read_whisper(support::demo_model(), kernels_named("auto"), Precision::kFloat32);
  Decoder decoder(whisper.text->decoder, whisper.dimensions, whisper.kernels, {Number::kFloat32, Number::kFloat32});
  KeyValues source = decoder.make_source(), past = decoder.make_past();
  Call call;
  Team team(&call);
  const Continuation start = {&source, &past, 0, {&whisper.text->special.start_of_transcript, 1}};
  decoder.advance(team, {&start, 1});
  call.cancel();
  const Continuation next = {&source, &past, 1, {&whisper.text->special.transcribe, 1}};
  try {
    decoder.advance(team, {&next, 1});
    CHECK(false);
  } catch (const Error &error) {
    CHECK_EQUAL(error.status(), AM_ERROR_CANCELLED);
  }
}

TEST(an_alignment_stops_when_late) {
  const Work work;
  const auto states = api::encode(work.model, work.session, work.mel);
  const std::vector<int32_t> tokens(180, 345);
  am_alignment *alignment = nullptr;
  CHECK_OK(am_call_start(work.call.get(), 1));
  const auto late = std::chrono::steady_clock::now() + std::chrono::milliseconds(1);
  while (std::chrono::steady_clock::now() <= late) {
  }
  CHECK_STATUS(am_align(work.session.get(), work.call.get(), states.data(), AM_FLOAT32, tokens.data(), 180, 160000,
                        "en", &alignment),
               AM_ERROR_DEADLINE, "am_call_start");
  CHECK(alignment == nullptr);
}
