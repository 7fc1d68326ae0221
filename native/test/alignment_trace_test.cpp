/* Word times from what a decoding looked at: the same attention as one more pass over the tokens, and as good times. */
#include "model/alignment_trace.h"

#include "align/aligner.h"
#include "api.h"
#include "check.h"
#include "cpu/instruction_sets.h"
#include "decode/decoding_batch.h"
#include "support.h"
#include "tiny_model.h"

namespace {

using namespace amanuensis;

constexpr int64_t kPositions = 500;  // of the demo model
constexpr CacheNumbers kFloats = {Number::kFloat32, Number::kFloat32};

struct Demo {
  Whisper whisper = read_whisper(support::demo_model(), kernels_named("auto"), Precision::kFloat32);
  DecodingRules rules = DecodingRules(*whisper.text);
  DecodingBatch batch = DecodingBatch(whisper, rules, kFloats, 4, {.trace = true});
};

std::vector<float> states_of(const api::Model &model, const api::Session &session, const Json &row) {
  const std::string path = support::demo_folder() + "/testset/" + support::text_of(row, "file");
  return api::encode(model, session, api::log_mel(model, session, support::read_16k(path, 160000)));
}

int64_t decoded(Team &team, DecodingBatch &batch, const std::vector<float> &states, const DecodeOptions &options) {
  const int64_t added = batch.add(team, states.data(), kPositions, options);
  int64_t ended = 0;
  while (batch.advance(team, {&ended, 1}) == 1 && ended != added) {
  }
  return added;
}

std::string letters_of(const std::string &text) {
  std::string letters;
  for (const char c : text) {
    if (std::isalpha(static_cast<unsigned char>(c))) {
      letters += static_cast<char>(std::tolower(c));
    }
  }
  return letters;
}

/** Starts and ends of words that were heard as they were said. */
struct Errors {
  std::vector<double> ms;

  void add(const std::vector<api::Word> &words, const Json::Array &said) {
    for (size_t i = 0; i < words.size(); ++i) {
      ms.push_back(std::abs(words[i].start_ms - 1000 * support::number_of(said[i], "start")));
      ms.push_back(std::abs(words[i].end_ms - 1000 * support::number_of(said[i], "end")));
    }
  }

  double median() {
    std::sort(ms.begin(), ms.end());
    return ms.at(ms.size() / 2);
  }
};

bool heard_as_said(const std::vector<api::Word> &words, const Json::Array &said) {
  bool same = words.size() == said.size();
  for (size_t i = 0; same && i < words.size(); ++i) {
    same = letters_of(words[i].text) == letters_of(support::text_of(said[i], "word"));
  }
  return same;
}

}  // namespace

TEST(a_decoding_looks_where_one_more_pass_looks) {
  const auto model = api::open_model(support::demo_model(), {{"precision", "f32"}});
  const auto session = api::open_session(model);
  std::vector<std::vector<float>> states;
  for (const size_t row : {0u, 5u, 1u}) {
    states.push_back(states_of(model, session, support::greedy_references()[row]));
  }
  Demo demo;
  Team team(nullptr);
  const SpecialTokens &special = demo.whisper.text->special;
  DecodeOptions options;
  options.timestamps = false;
  options.max_tokens = 60;
  for (const auto &of : states) {
    const int64_t ticket = decoded(team, demo.batch, of, options);
    const auto text = demo.batch.result(ticket).tokens;
    const AlignmentTrace *trace = demo.batch.trace(ticket, text);
    std::vector<int32_t> sequence = special.prompt(special.language("en"), false);
    sequence.push_back(special.no_timestamps);
    sequence.insert(sequence.end(), text.begin(), text.end());
    sequence.push_back(special.end_of_text);
    KeyValues past = demo.batch.network().make_past();
    const ForcedPass pass =
        force(team, demo.whisper, demo.batch.network(), demo.batch.source(ticket), past, sequence, 4, kPositions);
    CHECK_EQUAL(trace->rows(), static_cast<int64_t>(text.size()) + 1);
    CHECK_EQUAL(trace->heads(), pass.attention.heads);
    for (size_t i = 0; i < text.size(); ++i) {
      CHECK_EQUAL(trace->probabilities()[i], pass.probabilities[i]);
    }
    std::vector<float> traced, forced;
    for (int64_t head = 0; head < trace->heads(); ++head) {
      for (int64_t row = 0; row < trace->rows(); ++row) {
        traced.resize(traced.size() + kPositions);
        trace->weights(demo.whisper.kernels, row, head, kPositions, traced.data() + traced.size() - kPositions);
        const float *same = pass.attention.values.data() + (head * pass.attention.rows + 3 + row) * kPositions;
        forced.insert(forced.end(), same, same + kPositions);
      }
    }
    CHECK_AT_MOST(support::relative_l2(traced, forced), 0.00390625);  // a unit of the last place of bfloat16's 8 bits
  }
}

TEST(a_retry_begins_anew_and_a_beam_leaves_no_trace) {
  const auto model = api::open_model(support::demo_model(), {{"precision", "f32"}});
  const auto session = api::open_session(model);
  const auto states = states_of(model, session, support::greedy_references()[0]);
  Demo demo;
  Team team(nullptr);
  DecodeOptions options;
  options.max_tokens = 60;
  const int64_t ticket = decoded(team, demo.batch, states, options);
  const auto tokens = demo.batch.result(ticket).tokens;
  const std::vector<double> first(demo.batch.trace(ticket, tokens)->probabilities().begin(),
                                  demo.batch.trace(ticket, tokens)->probabilities().end());
  CHECK(demo.batch.trace(ticket, std::span(tokens).first(tokens.size() - 1)) == nullptr);
  DecodeOptions beam = options;
  beam.beam_size = 3;
  int64_t ended = 0;
  demo.batch.retry(ticket, beam);
  CHECK(demo.batch.trace(ticket, tokens) == nullptr);
  CHECK_EQUAL(demo.batch.advance(team, {&ended, 1}), 1);
  CHECK(demo.batch.trace(ticket, demo.batch.result(ticket).tokens) == nullptr);
  demo.batch.retry(ticket, options);
  CHECK(demo.batch.trace(ticket, tokens) == nullptr);
  CHECK_EQUAL(demo.batch.advance(team, {&ended, 1}), 1);
  const auto again = demo.batch.trace(ticket, tokens)->probabilities();
  CHECK(std::equal(first.begin(), first.end(), again.begin(), again.end()));
  DecodingBatch without(demo.whisper, demo.rules, kFloats, 1);
  CHECK(without.trace(decoded(team, without, states, options), tokens) == nullptr);
}

TEST(a_decoding_that_was_cut_off_has_times_too) {
  const auto model = api::open_model(support::demo_model(), {{"alignment", "dtw"}, {"precision", "f32"}});
  const auto session = api::open_session(model);
  const auto decoder = api::open_decoder(model);
  const Json row = support::said_references().front();
  const auto states = states_of(model, session, row);
  const auto all = api::tokens(api::decode(session, states, 1));
  for (const char *most : {"2", "5", "9"}) {
    const int64_t ticket = api::add(decoder, states, kPositions, {{"max-tokens", most}});
    CHECK_EQUAL(api::advance(decoder), ticket);
    const auto tokens = api::tokens(api::result(decoder, ticket));
    CHECK_EQUAL(tokens.size(), std::stoul(most));
    CHECK(std::equal(tokens.begin(), tokens.end(), all.begin()));
    const auto words = api::align(decoder, ticket, tokens, 160000, "en");
    CHECK(!words.empty());
    CHECK_EQUAL(words.back().end_ms, (kPositions - 1) * 20);  // nothing follows the last token: the last position is its end
    api::take(decoder, ticket);
  }
}

TEST(a_decoder_without_word_times_does_not_align) {
  for (const char *alignment : {"dtw", "ctc"}) {
    const auto model = api::open_model(support::demo_model(), {{"alignment", alignment}, {"precision", "f32"}});
    const auto session = api::open_session(model);
    const auto states = states_of(model, session, support::greedy_references()[0]);
    const auto decoder = api::open_decoder(model, {{"word-times", "off"}});
    const int64_t ticket = api::add(decoder, states, kPositions);
    CHECK_EQUAL(api::advance(decoder), ticket);
    const auto tokens = api::tokens(api::result(decoder, ticket));
    am_alignment *handle = nullptr;
    CHECK_STATUS(am_decoder_align(decoder.get(), nullptr, ticket, tokens.data(), static_cast<int64_t>(tokens.size()),
                                  160000, "en", &handle),
                 AM_ERROR_OPTION, "\"word-times\"");
  }
}

TEST(times_by_the_decodings_attention_are_as_good_as_by_a_pass) {
  const auto model = api::open_model(support::demo_model(), {{"alignment", "dtw"}, {"precision", "f32"}});
  const auto session = api::open_session(model);
  const auto decoder = api::open_decoder(model);
  const int64_t end_of_text = api::number(model, "token-end-of-text");
  Errors traced, passed, apart;
  size_t others = 0;
  for (const Json &row : support::said_references()) {
    const auto samples = support::read_16k(support::demo_folder() + "/testset/" + support::text_of(row, "file"), 160000);
    const auto states = api::encode(model, session, api::log_mel(model, session, samples));
    const int64_t ticket = api::add(decoder, states, kPositions);
    CHECK_EQUAL(api::advance(decoder), ticket);
    const auto tokens = api::tokens(api::result(decoder, ticket));
    const auto count = static_cast<int64_t>(samples.size());
    const auto by_trace = api::align(decoder, ticket, tokens, count, "en");
    const auto by_pass = api::align(session, states, tokens, count, "en");
    const Json::Array &said = *row.find("words")->array();
    CHECK_EQUAL(by_trace.size(), by_pass.size());
    std::vector<int32_t> text;
    std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(text), [&](int32_t token) { return token < end_of_text; });
    CHECK(api::align(decoder, ticket, text, count, "en") == by_pass);  // not the tokens that were chosen
    others += by_trace != by_pass ? 1 : 0;
    for (size_t i = 0; i < by_trace.size(); ++i) {
      CHECK(by_trace[i].start_ms <= by_trace[i].end_ms && by_trace[i].end_ms <= count / 16);
      CHECK(i == 0 || by_trace[i - 1].end_ms <= by_trace[i].start_ms);
      apart.ms.push_back(std::abs(by_trace[i].end_ms - by_pass[i].end_ms));
    }
    if (heard_as_said(by_trace, said)) {
      traced.add(by_trace, said);
      passed.add(by_pass, said);
    }
    api::take(decoder, ticket);
  }
  std::cout << "      " << traced.ms.size() << " starts and ends, median error " << traced.median()
            << " ms by the decoding's attention, " << passed.median() << " ms by a pass; ends are " << apart.median()
            << " ms apart" << std::endl;
  CHECK(traced.ms.size() >= 200u);
  CHECK_AT_MOST(traced.median(), passed.median() + 20);  // a position
  CHECK_AT_MOST(apart.median(), 20);
  CHECK(others > 0u);  // or nobody used the trace
}
