/* Every file of the demo model's test set against the reference decoding: tokens, probabilities and word times. */
#include "api.h"
#include "check.h"
#include "support.h"

namespace {

using amanuensis::Json;

std::string shown(const std::vector<int32_t> &tokens) {
  std::string text;
  for (const int32_t token : tokens) {
    text += std::to_string(token) + " ";
  }
  return text;
}

struct Transcriber {
  api::Model model = api::open_model(support::demo_model(), {{"alignment", "dtw"}, {"precision", "f32"}});
  api::Session session = api::open_session(model);

  std::vector<int16_t> samples(const Json &row) const {
    return support::read_16k(support::demo_folder() + "/testset/" + support::text_of(row, "file"), 160000);
  }

  std::vector<float> states(const std::vector<int16_t> &samples) const {
    return api::encode(model, session, api::log_mel(model, session, samples));
  }
};

void check_word_times(const Json &row, const std::vector<api::Word> &words, double &worst_ms) {
  const Json::Array &expected = *row.find("word_times")->array();
  CHECK_EQUAL(words.size(), expected.size());
  for (size_t i = 0; i < std::min(words.size(), expected.size()); ++i) {
    CHECK_EQUAL(words[i].text, support::text_of(expected[i], "word"));
    worst_ms = std::max({worst_ms, std::abs(words[i].start_ms - 1000 * support::number_of(expected[i], "start")),
                         std::abs(words[i].end_ms - 1000 * support::number_of(expected[i], "end"))});
    CHECK(words[i].start_ms <= words[i].end_ms && (i == 0 || words[i - 1].end_ms <= words[i].start_ms));
    CHECK(words[i].probability > 0 && words[i].probability <= 1);
  }
}

}  // namespace

TEST(greedy_decoding_is_the_references_on_every_file) {
  const Transcriber transcriber;
  double worst_log_probability = 0, worst_no_speech = 0, worst_ms = 0;
  size_t files = 0, words_seen = 0;
  for (const Json &row : support::greedy_references()) {
    const std::string file = support::text_of(row, "file");
    const auto samples = transcriber.samples(row);
    const auto states = transcriber.states(samples);
    const auto plain = api::decode(transcriber.session, states, 1, {{"timestamps", "off"}});
    const auto timed = api::decode(transcriber.session, states, 1);
    const auto plain_tokens = api::tokens(plain), expected = support::tokens_of(row, "ids_without_timestamps");
    if (plain_tokens != expected) {
      check::failed(__FILE__, __LINE__, file, ": tokens ", shown(plain_tokens), "expected ", shown(expected));
    }
    if (api::tokens(timed) != support::tokens_of(row, "ids_with_timestamps")) {
      check::failed(__FILE__, __LINE__, file, ": tokens with timestamps ", shown(api::tokens(timed)), "expected ",
                    shown(support::tokens_of(row, "ids_with_timestamps")));
    }
    CHECK_EQUAL(api::text(plain), support::text_of(row, "heard"));
    CHECK_EQUAL(api::measure(plain, "end-reached"), 1.0);
    worst_log_probability =
        std::max({worst_log_probability,
                  std::abs(api::measure(plain, "average-log-probability") - support::number_of(row, "mean_logprob")),
                  std::abs(api::measure(timed, "average-log-probability") -
                           support::number_of(row, "mean_logprob_with_timestamps"))});
    worst_no_speech = std::max(worst_no_speech, std::abs(api::measure(plain, "no-speech-probability") -
                                                         support::number_of(row, "no_speech_probability")));
    if (!support::text_of(row, "said").empty()) {
      const auto words =
          api::align(transcriber.session, states, plain_tokens, static_cast<int64_t>(samples.size()), "en");
      check_word_times(row, words, worst_ms);
      words_seen += words.size();
    }
    ++files;
  }
  std::cout << "      " << files << " files, " << words_seen << " words; worst log-probability "
            << worst_log_probability << ", no-speech probability " << worst_no_speech << ", word time " << worst_ms
            << " ms" << std::endl;
  CHECK_EQUAL(files, 74u);
  CHECK_AT_MOST(worst_log_probability, 1e-3);
  CHECK_AT_MOST(worst_no_speech, 1e-4);
  CHECK_AT_MOST(worst_ms, 20.001);
}

TEST(text_follows_from_the_encoder_states) {
  const Transcriber transcriber;
  const auto rows = support::greedy_references();
  const auto first = transcriber.states(transcriber.samples(rows[0])),
             second = transcriber.states(transcriber.samples(rows[1]));
  std::vector<float> both = second;  // swapped
  both.insert(both.end(), first.begin(), first.end());
  const auto swapped = api::decode(transcriber.session, both, 2, {{"timestamps", "off"}});
  CHECK_EQUAL(api::text(swapped, 0), support::text_of(rows[1], "heard"));
  CHECK_EQUAL(api::text(swapped, 1), support::text_of(rows[0], "heard"));
  const auto zeroed = api::decode(transcriber.session, std::vector<float>(first.size()), 1, {{"timestamps", "off"}});
  CHECK(api::text(zeroed) != support::text_of(rows[0], "heard"));
}

TEST(states_in_bfloat16_give_the_same_text) {
  const Transcriber transcriber;
  const Json row = support::greedy_references().front();
  const auto mel = api::log_mel(transcriber.model, transcriber.session, transcriber.samples(row));
  std::vector<uint16_t> states(500 * 256);
  CHECK_OK(am_encode(transcriber.session.get(), nullptr, mel.data(), 1, nullptr, AM_BFLOAT16, states.data(),
                     static_cast<int64_t>(states.size())));
  am_decoding *handle = nullptr;
  CHECK_OK(am_decode(transcriber.session.get(), nullptr, states.data(), AM_BFLOAT16, 1, nullptr, &handle));
  CHECK_EQUAL(api::text(api::Decoding(handle)), support::text_of(row, "heard"));
}

TEST(the_only_language_is_detected) {
  const Transcriber transcriber;
  const Json row = support::greedy_references().front();
  const auto decoding =
      api::decode(transcriber.session, transcriber.states(transcriber.samples(row)), 1, {{"language", "auto"}});
  const char *language = nullptr;
  CHECK_OK(am_decoding_language(decoding.get(), 0, &language));
  CHECK_EQUAL(std::string(language), "en");
  CHECK_EQUAL(api::text(decoding), support::text_of(row, "heard"));
}

TEST(max_tokens_ends_a_decoding) {
  const Transcriber transcriber;
  const Json row = support::greedy_references().front();
  const auto states = transcriber.states(transcriber.samples(row));
  const auto cut = api::decode(transcriber.session, states, 1, {{"timestamps", "off"}, {"max-tokens", "4"}});
  auto expected = support::tokens_of(row, "ids_without_timestamps");
  expected.resize(4);
  CHECK(api::tokens(cut) == expected);
  CHECK_EQUAL(api::measure(cut, "end-reached"), 0.0);
}
