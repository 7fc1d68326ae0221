/* The C interface's own promises: arguments are checked, failures write no output, messages name the legal values. */
#include <thread>

#include "api.h"
#include "check.h"
#include "support.h"

namespace {

api::Model echo() {
  return api::open_model(nullptr, {{"back-end", "echo"}});
}

am_status open_with(const char *folder, api::Pairs pairs) {
  am_model *model = nullptr;
  const am_status status = am_model_open(folder, api::options(pairs).get(), &model);
  CHECK(status == AM_OK || model == nullptr);
  am_model_close(&model);
  return status;
}

}  // namespace

TEST(null_pointers_are_argument_errors) {
  const auto model = echo();
  const auto session = api::open_session(model);
  const auto options = api::options({});
  const auto call = api::open_call();
  std::vector<float> mel(80000), states(4000);
  const auto decoding = api::decode(session, states, 1);
  const int16_t sample = 1;
  int64_t number = 0;
  int32_t word = 0;
  double measure = 0;
  const char *text = nullptr;
  const int32_t *tokens = nullptr;
  char buffer[8];
  int32_t token = 0;
  am_session *no_session = nullptr;
  am_decoder *no_decoder = nullptr;
  const auto decoder = api::open_decoder(model);
  am_decoding *no_decoding = nullptr;
  am_alignment *no_alignment = nullptr;
  const am_status statuses[] = {
      am_options_open(nullptr),
      am_options_set(nullptr, "a", "b"),
      am_options_set(options.get(), nullptr, "b"),
      am_options_set(options.get(), "a", nullptr),
      am_model_open("x", nullptr, nullptr),
      am_model_number(nullptr, "mel-bins", &number),
      am_model_number(model.get(), nullptr, &number),
      am_model_number(model.get(), "mel-bins", nullptr),
      am_model_positions(nullptr, 1, &number),
      am_model_positions(model.get(), 1, nullptr),
      am_model_text(nullptr, "isa", &text),
      am_model_text(model.get(), nullptr, &text),
      am_model_text(model.get(), "isa", nullptr),
      am_model_tokens_of(nullptr, "day", &token, 1, &number),
      am_model_tokens_of(model.get(), nullptr, &token, 1, &number),
      am_model_tokens_of(model.get(), "day", nullptr, 1, &number),
      am_model_tokens_of(model.get(), "day", &token, 1, nullptr),
      am_model_text_of(nullptr, &token, 1, buffer, 8, &number),
      am_model_text_of(model.get(), nullptr, 1, buffer, 8, &number),
      am_model_text_of(model.get(), &token, 1, nullptr, 8, &number),
      am_model_text_of(model.get(), &token, 1, buffer, 8, nullptr),
      am_call_open(nullptr),
      am_call_start(nullptr, 1),
      am_call_cancel(nullptr),
      am_session_open(nullptr, nullptr, &no_session),
      am_session_open(model.get(), nullptr, nullptr),
      am_session_bytes(nullptr, &number),
      am_session_bytes(session.get(), nullptr),
      am_log_mel(nullptr, &sample, 1, mel.data(), 80000),
      am_log_mel(session.get(), nullptr, 1, mel.data(), 80000),
      am_log_mel(session.get(), &sample, 1, nullptr, 80000),
      am_encode(nullptr, nullptr, mel.data(), 1, nullptr, AM_FLOAT32, states.data(), 4000),
      am_encode(session.get(), nullptr, nullptr, 1, nullptr, AM_FLOAT32, states.data(), 4000),
      am_encode(session.get(), nullptr, mel.data(), 1, nullptr, AM_FLOAT32, nullptr, 4000),
      am_decode(nullptr, nullptr, states.data(), AM_FLOAT32, 1, nullptr, &no_decoding),
      am_decode(session.get(), nullptr, nullptr, AM_FLOAT32, 1, nullptr, &no_decoding),
      am_decode(session.get(), nullptr, states.data(), AM_FLOAT32, 1, nullptr, nullptr),
      am_decoding_tokens(nullptr, 0, &tokens, &number),
      am_decoding_tokens(decoding.get(), 0, nullptr, &number),
      am_decoding_tokens(decoding.get(), 0, &tokens, nullptr),
      am_decoding_text(nullptr, 0, &text),
      am_decoding_text(decoding.get(), 0, nullptr),
      am_decoding_language(nullptr, 0, &text),
      am_decoding_language(decoding.get(), 0, nullptr),
      am_decoding_measure(nullptr, 0, "end-reached", &measure),
      am_decoding_measure(decoding.get(), 0, nullptr, &measure),
      am_decoding_measure(decoding.get(), 0, "end-reached", nullptr),
      am_align(nullptr, nullptr, states.data(), AM_FLOAT32, &token, 1, 1, nullptr, &no_alignment),
      am_align(session.get(), nullptr, nullptr, AM_FLOAT32, &token, 1, 1, nullptr, &no_alignment),
      am_align(session.get(), nullptr, states.data(), AM_FLOAT32, nullptr, 1, 1, nullptr, &no_alignment),
      am_align(session.get(), nullptr, states.data(), AM_FLOAT32, &token, 1, 1, nullptr, nullptr),
      am_decoder_open(nullptr, nullptr, &no_decoder),
      am_decoder_open(model.get(), nullptr, nullptr),
      am_decoder_bytes(nullptr, &number),
      am_decoder_bytes(decoder.get(), nullptr),
      am_decoder_add(nullptr, nullptr, states.data(), AM_FLOAT32, 500, nullptr, &number),
      am_decoder_add(decoder.get(), nullptr, nullptr, AM_FLOAT32, 500, nullptr, &number),
      am_decoder_add(decoder.get(), nullptr, states.data(), AM_FLOAT32, 500, nullptr, nullptr),
      am_decoder_advance(nullptr, nullptr, &number, 1, &number),
      am_decoder_advance(decoder.get(), nullptr, nullptr, 1, &number),
      am_decoder_advance(decoder.get(), nullptr, &number, 1, nullptr),
      am_decoder_result(nullptr, 1, &no_decoding),
      am_decoder_result(decoder.get(), 1, nullptr),
      am_decoder_take(nullptr, 1, &no_decoding),
      am_decoder_take(decoder.get(), 1, nullptr),
      am_decoder_retry(nullptr, 1, nullptr),
      am_decoder_remove(nullptr, 1),
      am_decoder_align(nullptr, nullptr, 1, &token, 1, 1, nullptr, &no_alignment),
      am_decoder_align(decoder.get(), nullptr, 1, nullptr, 1, 1, nullptr, &no_alignment),
      am_decoder_align(decoder.get(), nullptr, 1, &token, 1, 1, nullptr, nullptr),
      am_alignment_count(nullptr, &word),
      am_alignment_word(nullptr, 0, &text, &word, &word, &measure)};
  size_t at = 0;
  for (const am_status status : statuses) {
    if (status != AM_ERROR_ARGUMENT) {
      check::failed(__FILE__, __LINE__, "call ", at, " of the list gave ", status);
    }
    ++at;
  }
  CHECK(!no_session && !no_decoder && !no_decoding && !no_alignment);
}

TEST(closing_null_is_harmless) {
  am_options_close(nullptr);
  am_model_close(nullptr);
  am_call_close(nullptr);
  am_session_close(nullptr);
  am_decoder_close(nullptr);
  am_decoding_close(nullptr);
  am_alignment_close(nullptr);
  am_session *session = nullptr;
  am_session_close(&session);
}

TEST(ranges_are_checked) {
  const auto model = echo();
  const auto session = api::open_session(model);
  const auto call = api::open_call();
  const std::vector<int16_t> samples(160001);
  std::vector<float> mel(80000, -7), states(4000, -7);
  CHECK_STATUS(am_log_mel(session.get(), samples.data(), 0, mel.data(), 80000), AM_ERROR_ARGUMENT, "1 to 160000");
  CHECK_STATUS(am_log_mel(session.get(), samples.data(), 160001, mel.data(), 80000), AM_ERROR_ARGUMENT, "1 to 160000");
  CHECK_STATUS(am_log_mel(session.get(), samples.data(), 1, mel.data(), 79999), AM_ERROR_CAPACITY, "80000 are needed");
  CHECK_EQUAL(mel.front(), -7.0f);
  CHECK_STATUS(am_encode(session.get(), nullptr, mel.data(), 0, nullptr, AM_FLOAT32, states.data(), 4000), AM_ERROR_ARGUMENT,
               "1 to 64");
  CHECK_STATUS(am_encode(session.get(), nullptr, mel.data(), 65, nullptr, AM_FLOAT32, states.data(), 4000), AM_ERROR_ARGUMENT,
               "1 to 64");
  CHECK_STATUS(am_encode(session.get(), nullptr, mel.data(), 2, nullptr, AM_FLOAT32, states.data(), 7999), AM_ERROR_CAPACITY,
               "8000 are needed");
  CHECK_STATUS(am_encode(session.get(), nullptr, mel.data(), 1, nullptr, 2, states.data(), 4000), AM_ERROR_ARGUMENT,
               "AM_BFLOAT16 (1)");
  CHECK_EQUAL(states.front(), -7.0f);
  CHECK_STATUS(am_call_start(call.get(), 0), AM_ERROR_ARGUMENT, "1 to 86400000");
  CHECK_STATUS(am_call_start(call.get(), 86400001), AM_ERROR_ARGUMENT, "1 to 86400000");
  const auto decoding = api::decode(session, states, 1);
  const char *text = "kept";
  CHECK_STATUS(am_decoding_text(decoding.get(), 1, &text), AM_ERROR_ARGUMENT, "0 to 0");
  CHECK_STATUS(am_decoding_text(decoding.get(), -1, &text), AM_ERROR_ARGUMENT, "0 to 0");
  CHECK_EQUAL(std::string(text), "kept");
  am_alignment *alignment = nullptr;
  const int32_t token = 100000;
  CHECK_STATUS(am_align(session.get(), nullptr, states.data(), AM_FLOAT32, &token, 1, 1, "en", &alignment),
               AM_ERROR_ARGUMENT, "token 0 is 100000");
  CHECK_STATUS(am_align(session.get(), nullptr, states.data(), AM_FLOAT32, &token, 1, 160001, "en", &alignment),
               AM_ERROR_ARGUMENT, "");
}

TEST(values_that_are_not_finite_are_refused) {
  const auto model = echo();
  const auto session = api::open_session(model);
  std::vector<float> mel(80000), states(4000);
  mel[777] = std::numeric_limits<float>::quiet_NaN();
  CHECK_STATUS(am_encode(session.get(), nullptr, mel.data(), 1, nullptr, AM_FLOAT32, states.data(), 4000), AM_ERROR_NUMERIC,
               "element 777 of 80000");
  states[3999] = -std::numeric_limits<float>::infinity();
  am_decoding *decoding = nullptr;
  CHECK_STATUS(am_decode(session.get(), nullptr, states.data(), AM_FLOAT32, 1, nullptr, &decoding), AM_ERROR_NUMERIC,
               "element 3999 of 4000 is -inf");
}

TEST(options_name_their_legal_values) {
  const std::string demo = support::demo_model();
  CHECK_STATUS(open_with(nullptr, {{"backend", "echo"}}), AM_ERROR_OPTION, "alignment, audio-context, back-end, echo-hold-ms, isa, precision");
  CHECK_STATUS(open_with(nullptr, {{"back-end", "gpu"}}), AM_ERROR_OPTION, "cpu, echo");
  CHECK_STATUS(open_with(nullptr, {{"back-end", "echo"}, {"isa", "sse9"}}), AM_ERROR_OPTION,
               "auto, portable, avx2, avx512");
  CHECK_STATUS(open_with(nullptr, {{"back-end", "echo"}, {"echo-hold-ms", "600001"}}), AM_ERROR_OPTION, "0 to 600000");
  CHECK_STATUS(open_with(nullptr, {{"back-end", "echo"}, {"echo-hold-ms", "1s"}}), AM_ERROR_OPTION, "0 to 600000");
  CHECK_STATUS(open_with(demo.c_str(), {{"echo-hold-ms", "1"}}), AM_ERROR_OPTION, "back-end echo");
  CHECK_STATUS(open_with(nullptr, {}), AM_ERROR_ARGUMENT, "folder is null");
  const auto model = echo();
  const auto session = api::open_session(model);
  const std::vector<float> states(4000);
  const auto decode_status = [&](api::Pairs pairs) {
    am_decoding *decoding = nullptr;
    return am_decode(session.get(), nullptr, states.data(), AM_FLOAT32, 1, api::options(pairs).get(), &decoding);
  };
  CHECK_STATUS(decode_status({{"beam", "5"}}), AM_ERROR_OPTION,
               "language, task, timestamps, max-tokens, min-tokens, beam-size, temperature");
  CHECK_STATUS(decode_status({{"beam-size", "17"}}), AM_ERROR_OPTION, "1 to 16");
  CHECK_STATUS(decode_status({{"min-tokens", "65"}}), AM_ERROR_OPTION, "0 to 64");
  for (const char *wrong : {"2.1", "-0.1", "nan", "warm", "1 "}) {
    CHECK_STATUS(decode_status({{"temperature", wrong}}), AM_ERROR_OPTION, "a number from 0 to 2");
  }
  CHECK_STATUS(decode_status({{"temperature", "0.5"}, {"beam-size", "2"}}), AM_ERROR_OPTION, "temperature 0 only");
  const auto decoder_status = [&](api::Pairs pairs) {
    am_decoder *decoder = nullptr;
    return am_decoder_open(model.get(), api::options(pairs).get(), &decoder);
  };
  CHECK_STATUS(decoder_status({{"cache", "f32"}}), AM_ERROR_OPTION, "kv-cache, windows");
  CHECK_STATUS(decoder_status({{"kv-cache", "f16"}}), AM_ERROR_OPTION, "auto, f32, bf16, int8");
  CHECK_STATUS(decoder_status({{"windows", "257"}}), AM_ERROR_OPTION, "1 to 256");
  CHECK_STATUS(decode_status({{"task", "sing"}}), AM_ERROR_OPTION, "transcribe, translate");
  CHECK_STATUS(decode_status({{"timestamps", "yes"}}), AM_ERROR_OPTION, "on, off");
  CHECK_STATUS(decode_status({{"max-tokens", "0"}}), AM_ERROR_OPTION, "1 to 64");
  CHECK_STATUS(decode_status({{"max-tokens", "65"}}), AM_ERROR_OPTION, "1 to 64");
  CHECK_STATUS(decode_status({{"language", "fr"}}), AM_ERROR_OPTION, "\"fr\"");
  am_session *other = nullptr;
  CHECK_STATUS(am_session_open(model.get(), api::options({{"threads", "2"}}).get(), &other), AM_ERROR_OPTION, "none");
}

TEST(the_budget_of_threads_is_a_number_of_the_process) {
  const int32_t before = am_threads();
  CHECK_STATUS(am_set_threads(0), AM_ERROR_ARGUMENT, "1 to 256");
  CHECK_STATUS(am_set_threads(257), AM_ERROR_ARGUMENT, "1 to 256");
  CHECK_EQUAL(am_threads(), before);
  CHECK_OK(am_set_threads(3));
  CHECK_EQUAL(am_threads(), 3);
  CHECK_OK(am_set_threads(before));
  const auto model = api::open_model(support::demo_model());
  const auto session = api::open_session(model);
  const int64_t busy_ns = am_busy_ns();
  api::encode(model, session, api::log_mel(model, session, support::noise(16000, 2)));
  CHECK(am_busy_ns() > busy_ns);
}

TEST(a_decoder_holds_windows_until_they_are_taken) {
  for (const char *back_end : {"cpu", "echo"}) {
    const auto model = api::open_model(support::demo_model(), {{"back-end", back_end}});
    const auto session = api::open_session(model);
    const auto states = api::encode(model, session, api::log_mel(model, session, support::noise(48000, 5)));
    const auto decoder = api::open_decoder(model, {{"windows", "2"}});
    const int64_t first = api::add(decoder, states, 500), second = api::add(decoder, states, 500, {{"max-tokens", "1"}});
    CHECK(first > 0 && second > first);
    int64_t ticket = 0;
    CHECK_STATUS(am_decoder_add(decoder.get(), nullptr, states.data(), AM_FLOAT32, 500, nullptr, &ticket),
                 AM_ERROR_CAPACITY, "2 sequences");
    CHECK_STATUS(am_decoder_add(decoder.get(), nullptr, states.data(), 2, 500, nullptr, &ticket), AM_ERROR_ARGUMENT,
                 "AM_BFLOAT16 (1)");
    am_decoding *none = nullptr;
    CHECK_STATUS(am_decoder_take(decoder.get(), first, &none), AM_ERROR_ARGUMENT, "still being decoded");
    CHECK_STATUS(am_decoder_take(decoder.get(), 77, &none), AM_ERROR_ARGUMENT, "ticket 77");
    CHECK_EQUAL(api::advance(decoder), second);
    CHECK_EQUAL(api::tokens(api::take(decoder, second)).size(), 1u);
    CHECK_EQUAL(api::advance(decoder), first);
    CHECK_EQUAL(api::advance(decoder), 0);
    CHECK_OK(am_decoder_result(decoder.get(), first, &none));
    const api::Decoding seen(none);
    const auto expected = api::decode(session, states, 1);
    CHECK(api::tokens(seen) == api::tokens(expected));
    const auto tokens = api::tokens(expected);
    const auto expected_words = api::align(session, states, tokens, 48000, "en");
    const auto words = api::align(decoder, first, tokens, 48000, "en");
    CHECK_EQUAL(words.size(), expected_words.size());
    for (size_t i = 0; i < words.size(); ++i) {
      CHECK(words[i] == expected_words[i]);
    }
    CHECK_STATUS(am_decoder_retry(decoder.get(), first, api::options({{"beam-size", "3"}}).get()), AM_ERROR_OPTION,
                 "\"windows\"");
    CHECK_OK(am_decoder_retry(decoder.get(), first, api::options({{"max-tokens", "2"}}).get()));
    CHECK_EQUAL(api::advance(decoder), first);
    CHECK_EQUAL(api::tokens(api::take(decoder, first)).size(), std::min<size_t>(2, tokens.size()));
    CHECK_STATUS(am_decoder_remove(decoder.get(), first), AM_ERROR_ARGUMENT, "has left");
    int64_t bytes = 0;
    CHECK_OK(am_decoder_bytes(decoder.get(), &bytes));
    CHECK(bytes > 0);
  }
}

TEST(a_language_that_the_model_lacks_is_refused) {
  const auto model = api::open_model(support::demo_model());
  const auto session = api::open_session(model);
  const std::vector<float> states(500 * 256);
  am_decoding *decoding = nullptr;
  CHECK_STATUS(am_decode(session.get(), nullptr, states.data(), AM_FLOAT32, 1, api::options({{"language", "de"}}).get(),
                         &decoding),
               AM_ERROR_OPTION, "\"de\"");
  am_alignment *alignment = nullptr;
  CHECK_STATUS(am_align(session.get(), nullptr, states.data(), AM_FLOAT32, nullptr, 0, 160000, "de", &alignment),
               AM_ERROR_OPTION, "\"de\"");
}

TEST(unknown_keys_name_the_legal_ones) {
  const auto model = echo();
  int64_t value = 5;
  const char *text = nullptr;
  CHECK_STATUS(am_model_number(model.get(), "layers", &value), AM_ERROR_ARGUMENT, "sample-rate, window-samples");
  CHECK_EQUAL(value, 5);
  CHECK_STATUS(am_model_text(model.get(), "name", &text), AM_ERROR_ARGUMENT, "back-end, isa, precision, languages");
  const auto session = api::open_session(model);
  const auto decoding = api::decode(session, std::vector<float>(4000), 1);
  double measure = 0;
  CHECK_STATUS(am_decoding_measure(decoding.get(), 0, "score", &measure), AM_ERROR_ARGUMENT, "end-reached");
}

TEST(the_last_error_belongs_to_its_thread) {
  CHECK_STATUS(am_call_start(nullptr, 1), AM_ERROR_ARGUMENT, "am_call_start: a null pointer");
  std::string other = "unset", other_after;
  std::thread thread([&] {
    other = am_last_error();
    am_session_bytes(nullptr, nullptr);
    other_after = am_last_error();
  });
  thread.join();
  CHECK_EQUAL(other, "");
  CHECK(other_after.starts_with("am_session_bytes: "));
  CHECK(std::string(am_last_error()).starts_with("am_call_start: "));
}

TEST(echo_takes_its_shapes_from_a_folder) {
  const auto model = api::open_model(support::demo_model(), {{"back-end", "echo"}});
  CHECK_EQUAL(api::number(model, "state-width"), 256);
  const auto session = api::open_session(model);
  const auto states = api::encode(model, session, api::log_mel(model, session, support::noise(16000, 2)));
  CHECK_EQUAL(states.size(), 500u * 256);
  CHECK(!api::text(api::decode(session, states, 1)).empty());
}
