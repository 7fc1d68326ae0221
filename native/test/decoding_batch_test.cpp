/*
 * Windows decoded together: the same bits as alone whatever joins and leaves beside them, a bounded pool, windows that
 * fail, calls that end early, beams, draws and second tries.
 */
#include "decode/decoding_batch.h"

#include <map>

#include "api.h"
#include "check.h"
#include "common/error.h"
#include "cpu/instruction_sets.h"
#include "support.h"
#include "tiny_model.h"

namespace {

using namespace amanuensis;

constexpr unsigned kSeed = 20261121;
constexpr int64_t kPositions = 500;  // of the demo model
constexpr CacheNumbers kFloats = {Number::kFloat32, Number::kFloat32};

/** The demo model with its own caches for a precision, and the states of a few windows of speech. */
struct Demo {
  Precision precision;
  Whisper whisper;
  DecodingRules rules;
  CacheNumbers caches;

  explicit Demo(Precision of)
      : precision(of),
        whisper(read_whisper(support::demo_model(), kernels_named("auto"), of)),
        rules(*whisper.text),
        caches(of == Precision::kFloat32 ? kFloats
                                         : CacheNumbers{of == Precision::kInt8 ? Number::kInt8 : Number::kBfloat16,
                                                        Number::kBfloat16}) {}

  DecodingBatch batch(int64_t sequences) const { return {whisper, rules, caches, sequences, {.letters = true, .trace = true}}; }
};

const std::vector<std::vector<float>> &spoken() {
  static const std::vector<std::vector<float>> states = [] {
    std::vector<std::vector<float>> all;
    const auto model = api::open_model(support::demo_model(), {{"precision", "f32"}});
    const auto session = api::open_session(model);
    const auto rows = support::greedy_references();
    for (const size_t row : {0u, 5u, 1u, 7u, 3u, 9u}) {
      const std::string path = support::demo_folder() + "/testset/" + support::text_of(rows[row], "file");
      all.push_back(api::encode(model, session, api::log_mel(model, session, support::read_16k(path, 160000))));
    }
    return all;
  }();
  return states;
}

/** They cost a pass over the states. */
TEST(letters_are_scored_for_whoever_aligns_by_them) {
  const Demo demo(Precision::kFloat32);
  const float *states = spoken()[0].data();  // before this thread holds a core: a session waits for one
  Team team(nullptr);
  DecodingBatch with = demo.batch(1);
  CHECK_EQUAL(with.letters(with.add(team, states, kPositions, {})).positions, kPositions);
  DecodingBatch without(demo.whisper, demo.rules, demo.caches, 1);
  CHECK_EQUAL(without.letters(without.add(team, states, kPositions, {})).positions, 0);
}

DecodeOptions plain() {
  DecodeOptions options;
  options.max_tokens = 60;
  return options;
}

bool same(const DecodedWindow &a, const DecodedWindow &b) {
  return a.tokens == b.tokens && a.text == b.text && a.average_log_probability == b.average_log_probability &&
         a.no_speech_probability == b.no_speech_probability && a.end_reached == b.end_reached;
}

int64_t next_ended(Team &team, DecodingBatch &batch) {
  int64_t ticket = 0;
  CHECK_EQUAL(batch.advance(team, {&ticket, 1}), 1);
  return ticket;
}

/** What is kept for word times: attention in every row and head, and probabilities. */
std::vector<double> traced(const Demo &demo, DecodingBatch &batch, int64_t ticket) {
  const AlignmentTrace *trace = batch.trace(ticket, batch.result(ticket).tokens);
  if (!trace) {
    return {};
  }
  std::vector<double> all(trace->probabilities().begin(), trace->probabilities().end());
  std::vector<float> weights(kPositions);
  for (int64_t row = 0; row < trace->rows(); ++row) {
    for (int64_t head = 0; head < trace->heads(); ++head) {
      trace->weights(demo.whisper.kernels, row, head, kPositions, weights.data());
      all.insert(all.end(), weights.begin(), weights.end());
    }
  }
  return all;
}

DecodedWindow alone(const Demo &demo, const std::vector<float> &states, const DecodeOptions &options) {
  Cores one(1);
  Team team(nullptr, 1, one);
  DecodingBatch batch = demo.batch(options.beam_size);
  batch.add(team, states.data(), kPositions, options);
  return batch.take(next_ended(team, batch));
}

am_status status_of(const std::function<void()> &body) {
  try {
    body();
    return AM_OK;
  } catch (const Error &error) {
    return error.status();
  }
}

}  // namespace

TEST(windows_that_join_and_leave_at_any_step_get_the_same_bits) {
  for (const Precision precision : {Precision::kFloat32, Precision::kBfloat16, Precision::kInt8}) {
    const Demo demo(precision);
    std::vector<DecodedWindow> expected;
    std::vector<std::vector<double>> expected_traces;
    for (const auto &states : spoken()) {
      Cores one(1);
      Team team(nullptr, 1, one);
      DecodingBatch batch = demo.batch(1);
      const int64_t ticket = batch.add(team, states.data(), kPositions, plain());
      CHECK_EQUAL(next_ended(team, batch), ticket);
      expected_traces.push_back(traced(demo, batch, ticket));
      CHECK(!expected_traces.back().empty());
      expected.push_back(batch.take(ticket));
    }
    for (const int threads : {1, 2, 3}) {
      Cores cores(threads);
      Team team(nullptr, Cores::kMost, cores);
      DecodingBatch batch = demo.batch(3);
      std::vector<size_t> order = {4, 1, 5, 0, 3, 2};
      std::rotate(order.begin(), order.begin() + threads, order.end());
      std::map<int64_t, size_t> window_of;
      size_t next = 0, seen = 0;
      while (seen < order.size()) {
        while (next < order.size() && batch.room() > 0) {  // joins whatever the others have come to
          window_of[batch.add(team, spoken()[order[next]].data(), kPositions, plain())] = order[next];
          ++next;
        }
        const int64_t ticket = next_ended(team, batch);
        CHECK(traced(demo, batch, ticket) == expected_traces[window_of.at(ticket)]);
        CHECK(same(batch.take(ticket), expected[window_of.at(ticket)]));
        ++seen;
      }
    }
  }
}

TEST(a_full_batch_says_so_and_room_is_used_again) {
  const Demo demo(Precision::kFloat32);
  Team team(nullptr);
  DecodingBatch batch = demo.batch(2);
  const float *states = spoken().front().data();
  DecodeOptions beam = plain();
  beam.beam_size = 3;
  CHECK_EQUAL(status_of([&] { batch.add(team, states, kPositions, beam); }), AM_ERROR_OPTION);
  beam.beam_size = 2;
  const int64_t first = batch.add(team, states, kPositions, plain()), second = batch.add(team, states, kPositions, plain());
  CHECK_EQUAL(status_of([&] { batch.add(team, states, kPositions, plain()); }), AM_ERROR_CAPACITY);
  CHECK_EQUAL(status_of([&] { batch.take(first); }), AM_ERROR_ARGUMENT);
  batch.remove(first);
  CHECK_EQUAL(status_of([&] { batch.add(team, states, kPositions, beam); }), AM_ERROR_CAPACITY);
  CHECK_EQUAL(status_of([&] { batch.remove(first); }), AM_ERROR_ARGUMENT);
  CHECK_EQUAL(next_ended(team, batch), second);
  CHECK_EQUAL(status_of([&] { batch.retry(second, beam); }), AM_OK);
  CHECK_EQUAL(batch.room(), 0);
  batch.remove(second);
  int64_t bytes = 0;
  for (int round = 0; round < 3; ++round) {
    batch.add(team, states, kPositions, plain());
    batch.add(team, states, kPositions, plain());
    batch.take(next_ended(team, batch));
    batch.take(next_ended(team, batch));
    bytes = round == 0 ? batch.bytes() : bytes;
    CHECK_EQUAL(batch.bytes(), bytes);
  }
  int64_t ticket = 0;
  CHECK_EQUAL(batch.advance(team, {&ticket, 1}), 0);
}

TEST(a_poisoned_window_fails_and_its_neighbours_do_not_notice) {
  for (const Precision precision : {Precision::kFloat32, Precision::kBfloat16, Precision::kInt8}) {
    const Demo demo(precision);
    Team team(nullptr);
    DecodingBatch batch = demo.batch(4);
    std::vector<float> poison = spoken()[1];
    for (size_t i = 0; i < poison.size(); i += 7) {
      poison[i] = 3e38f;  // finite, but no product of it is
    }
    std::map<int64_t, size_t> window_of;
    window_of[batch.add(team, spoken()[0].data(), kPositions, plain())] = 0;
    const int64_t sick = batch.add(team, poison.data(), kPositions, plain());
    window_of[batch.add(team, spoken()[2].data(), kPositions, plain())] = 2;
    for (int i = 0; i < 3; ++i) {
      const int64_t ticket = next_ended(team, batch);
      if (ticket == sick) {
        CHECK(batch.trace(sick, {}) == nullptr);
        CHECK_EQUAL(status_of([&] { batch.result(sick); }), AM_ERROR_NUMERIC);
        CHECK_EQUAL(status_of([&] { batch.take(sick); }), AM_ERROR_NUMERIC);
        CHECK_EQUAL(status_of([&] { batch.remove(sick); }), AM_ERROR_ARGUMENT);
      } else {
        const size_t window = window_of.at(ticket);
        CHECK(same(batch.take(ticket), alone(demo, spoken()[window], plain())));
      }
    }
    // The caches that it leaves behind do no harm.
    batch.add(team, spoken()[3].data(), kPositions, plain());
    CHECK(same(batch.take(next_ended(team, batch)), alone(demo, spoken()[3], plain())));
  }
}

TEST(after_a_deadline_or_a_cancellation_the_batch_goes_on) {
  const Demo demo(Precision::kFloat32);
  DecodingBatch batch = demo.batch(3);
  {
    Team team(nullptr);
    for (size_t i = 0; i < 3; ++i) {
      batch.add(team, spoken()[i].data(), kPositions, plain());
    }
  }
  Call call;
  std::map<int64_t, DecodedWindow> results;
  int64_t stopped = 0;
  for (int round = 0; results.size() < 3; ++round) {
    call.start(std::chrono::milliseconds(1 + round / 50));  // passes within a step, at first
    try {
      Team team(&call);
      const int64_t ticket = next_ended(team, batch);
      results[ticket] = batch.take(ticket);
    } catch (const Error &error) {
      CHECK_EQUAL(error.status(), AM_ERROR_DEADLINE);
      ++stopped;
    }
  }
  CHECK(stopped > 0);
  for (const auto &[ticket, result] : results) {
    CHECK(same(result, alone(demo, spoken()[static_cast<size_t>(ticket - 1)], plain())));
  }
  call.start(std::chrono::minutes(10));
  Team team(&call);
  batch.add(team, spoken()[0].data(), kPositions, plain());
  call.cancel();
  CHECK_EQUAL(status_of([&] { next_ended(team, batch); }), AM_ERROR_CANCELLED);
  CHECK_EQUAL(status_of([&] { batch.add(team, spoken()[1].data(), kPositions, plain()); }), AM_ERROR_CANCELLED);
  CHECK_EQUAL(batch.room(), 2);  // the window that could not be added took nothing
}

namespace {

/** The tiny model with the states of some windows. */
struct Tiny {
  support::TemporaryFolder folder;
  Whisper whisper;
  DecodingRules rules;
  std::mt19937 random{kSeed};

  Tiny() : whisper(opened(folder)), rules(*whisper.text) {}

  static Whisper opened(const support::TemporaryFolder &folder) {
    TinyModel().write(folder);
    return read_whisper(folder.path(), kernels_named("auto"), Precision::kFloat32);
  }

  std::vector<float> states() {
    return support::normal_numbers(static_cast<size_t>(TinyModel::kPositions * TinyModel::kWidth), random);
  }
};

/** A decoder's log-probabilities after a prompt and tokens, computed from nothing each time. */
struct FromNothing {
  const Tiny &tiny;
  Decoder decoder{tiny.whisper.text->decoder, tiny.whisper.dimensions, tiny.whisper.kernels, kFloats};
  KeyValues source = decoder.make_source(), past = decoder.make_past();
  Cores own{1};  // a thread must not wait for cores that it holds itself
  Team team{nullptr, 1, own};

  std::vector<double> after(const std::vector<int32_t> &prompt, const std::vector<int32_t> &tokens) {
    std::vector<int32_t> all = prompt;
    all.insert(all.end(), tokens.begin(), tokens.end());
    const Continuation run = {&source, &past, 0, all};
    decoder.advance(team, {&run, 1});
    float *logits = decoder.logits(team, 0, 1);
    const auto vocabulary = static_cast<size_t>(decoder.vocabulary());
    tiny.rules.apply(tiny.whisper.kernels, tokens, true, {logits, vocabulary});
    double sum = 0;
    for (size_t i = 0; i < vocabulary; ++i) {
      sum += std::exp(static_cast<double>(logits[i]));
    }
    std::vector<double> log_probabilities;
    for (size_t i = 0; i < vocabulary; ++i) {
      log_probabilities.push_back(logits[i] - std::log(sum));
    }
    return log_probabilities;
  }
};

using Scores = std::map<std::vector<int32_t>, double>;

std::vector<std::pair<double, std::vector<int32_t>>> ranked(const Scores &scores) {
  std::vector<std::pair<double, std::vector<int32_t>>> list;
  for (const auto &[sequence, score] : scores) {
    list.emplace_back(score, sequence);
  }
  std::sort(list.rbegin(), list.rend());
  return list;
}

/** The reference's beam search over sequences by their contents, with all candidates of every step. */
std::pair<std::vector<int32_t>, double> searched(FromNothing &network, const std::vector<int32_t> &prompt,
                                                 size_t width, size_t most_tokens) {
  Scores open = {{{}, 0.0}}, finished;
  for (size_t step = 0; step < most_tokens && finished.size() < width; ++step) {
    Scores candidates;
    for (const auto &[sequence, score] : open) {
      const auto next = network.after(prompt, sequence);
      for (size_t token = 0; token < next.size(); ++token) {
        std::vector<int32_t> longer = sequence;
        longer.push_back(static_cast<int32_t>(token));
        if (!std::isinf(next[token])) {
          candidates[longer] = score + next[token];
        }
      }
    }
    open.clear();
    for (const auto &[score, sequence] : ranked(candidates)) {
      if (sequence.back() == TinyModel::kEndOfText) {
        if (finished.size() < width) {
          finished[sequence] = score;
        }
      } else {
        open[sequence] = score;
      }
      if (open.size() == width) {
        break;
      }
    }
  }
  for (const auto &[score, sequence] : ranked(open)) {
    if (finished.size() < width) {
      finished[sequence] = score;
    }
  }
  std::pair<std::vector<int32_t>, double> best = {{}, -std::numeric_limits<double>::infinity()};
  double best_mean = best.second;
  for (const auto &[ended, score] : finished) {
    std::vector<int32_t> sequence = ended;
    if (!sequence.empty() && sequence.back() == TinyModel::kEndOfText) {
      sequence.pop_back();
    }
    const double mean = score / static_cast<double>(std::max<size_t>(sequence.size(), 1));
    if (mean > best_mean) {
      best_mean = mean;
      best = {sequence, score / static_cast<double>(sequence.size() + 1)};
    }
  }
  return best;
}

}  // namespace

TEST(a_beam_finds_what_the_references_search_finds) {
  Tiny tiny;
  FromNothing network{tiny};
  const std::vector<int32_t> prompt = tiny.whisper.text->special.prompt(TinyModel::kGerman, false);
  size_t unlike_greedy = 0;
  for (int round = 0; round < 12; ++round) {
    const std::vector<float> states = tiny.states();
    DecodeOptions options;
    options.language = "de";
    options.max_tokens = round % 2 == 0 ? 6 : 12;
    DecodingBatch batch(tiny.whisper, tiny.rules, kFloats, 8);
    Team team(nullptr);
    batch.add(team, states.data(), TinyModel::kPositions, options);
    const DecodedWindow greedy = batch.take(next_ended(team, batch));
    options.beam_size = 2 + round % 4;
    batch.add(team, states.data(), TinyModel::kPositions, options);
    batch.add(team, tiny.states().data(), TinyModel::kPositions, {.language = "de", .max_tokens = 9, .beam_size = 3});  // beside it
    int64_t ticket = next_ended(team, batch);
    while (ticket % 3 != 2) {
      ticket = next_ended(team, batch);
    }
    const DecodedWindow found = batch.take(ticket);
    network.decoder.read_source(network.team, states.data(), TinyModel::kPositions, network.source);
    const auto [tokens, mean] = searched(network, prompt, static_cast<size_t>(options.beam_size),
                                         static_cast<size_t>(options.max_tokens));
    CHECK(found.tokens == tokens);
    CHECK_AT_MOST(std::abs(found.average_log_probability - mean), 1e-4);
    unlike_greedy += found.tokens != greedy.tokens;
  }
  CHECK(unlike_greedy > 0);
}

TEST(draws_follow_from_the_window_alone) {
  Tiny tiny;
  const std::vector<float> states = tiny.states(), other = tiny.states();
  DecodeOptions options;
  options.language = "de";
  options.max_tokens = 12;
  options.temperature = 12;  // the random weights leave little doubt at lower ones
  const auto decoded = [&](int neighbours, const DecodeOptions &of) {
    DecodingBatch batch(tiny.whisper, tiny.rules, kFloats, 8);
    Team team(nullptr);
    for (int i = 0; i < neighbours; ++i) {
      batch.add(team, other.data(), TinyModel::kPositions, of);
    }
    const int64_t ticket = batch.add(team, states.data(), TinyModel::kPositions, of);
    int64_t ended = 0;
    while (ended != ticket) {
      ended = next_ended(team, batch);
    }
    return batch.take(ticket);
  };
  const DecodedWindow drawn = decoded(0, options);
  CHECK(same(decoded(0, options), drawn));
  CHECK(same(decoded(3, options), drawn));
  options.temperature = 13;
  CHECK(decoded(0, options).tokens != drawn.tokens);
  options.temperature = 0;
  CHECK(decoded(0, options).tokens != drawn.tokens);
}

TEST(draws_have_the_probabilities_of_their_temperature) {
  const Kernels &kernels = kernels_named("auto");
  const std::vector<float> logits = {0.5f, -std::numeric_limits<float>::infinity(), 2, -1, 1.25f};
  for (const double temperature : {0.3, 1.0, 1.7}) {
    std::vector<double> counts(logits.size()), shares;
    uint64_t random = kSeed;
    constexpr int kDraws = 40000;
    for (int i = 0; i < kDraws; ++i) {
      const Candidate drawn = drawn_candidate(kernels, logits, temperature, random);
      counts[static_cast<size_t>(drawn.token)] += 1.0 / kDraws;
      CHECK_EQUAL(drawn.log_probability, log_probability(kernels, logits, drawn.token));
    }
    double sum = 0;
    for (const float logit : logits) {
      shares.push_back(std::exp(logit / temperature));
      sum += shares.back();
    }
    for (size_t i = 0; i < logits.size(); ++i) {
      CHECK_AT_MOST(std::abs(counts[i] - shares[i] / sum), 4 * std::sqrt(0.25 / kDraws));
    }
    CHECK_EQUAL(counts[1], 0.0);
  }
}

TEST(best_candidates_are_the_sorted_ones) {
  const Kernels &kernels = kernels_named("auto");
  std::mt19937 random(kSeed);
  auto logits = support::normal_numbers(700, random);
  logits[10] = -std::numeric_limits<float>::infinity();
  logits[40] = logits[30] = 9;  // the lower of two that are equal comes first
  std::vector<size_t> order(logits.size());
  for (size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return logits[a] > logits[b]; });
  for (const size_t count : {1u, 2u, 6u, 700u}) {
    std::vector<Candidate> found(count);
    const int64_t got = best_candidates(kernels, logits, found);
    CHECK_EQUAL(got, static_cast<int64_t>(std::min<size_t>(count, 699)));
    for (int64_t i = 0; i < got; ++i) {
      const Candidate &candidate = found[static_cast<size_t>(i)];
      CHECK_EQUAL(candidate.token, static_cast<int32_t>(order[static_cast<size_t>(i)]));
      CHECK_AT_MOST(std::abs(candidate.log_probability - log_probability(kernels, logits, candidate.token)), 1e-12);
    }
  }
}

TEST(a_second_try_is_a_first_one_with_its_options) {
  const Demo demo(Precision::kFloat32);
  Team team(nullptr);
  DecodingBatch batch = demo.batch(6);
  DecodeOptions drawn = plain(), beam = plain();
  drawn.temperature = 1.0;
  beam.beam_size = 5;
  const int64_t ticket = batch.add(team, spoken()[0].data(), kPositions, plain());
  batch.add(team, spoken()[1].data(), kPositions, plain());
  CHECK_EQUAL(status_of([&] { batch.retry(ticket, drawn); }), AM_ERROR_ARGUMENT);
  const auto after = [&](const DecodeOptions &options) {
    batch.retry(ticket, options);
    while (next_ended(team, batch) != ticket) {
    }
    return batch.result(ticket);
  };
  while (next_ended(team, batch) != ticket) {
  }
  CHECK(same(batch.result(ticket), alone(demo, spoken()[0], plain())));
  CHECK(same(after(drawn), alone(demo, spoken()[0], drawn)));
  CHECK(same(after(beam), alone(demo, spoken()[0], beam)));
  CHECK(same(after(plain()), alone(demo, spoken()[0], plain())));
  DecodeOptions foreign = plain();
  foreign.language = "xx";
  CHECK_EQUAL(status_of([&] { batch.retry(ticket, foreign); }), AM_ERROR_OPTION);
  CHECK(same(batch.take(ticket), alone(demo, spoken()[0], plain())));
}

TEST(the_text_does_not_end_before_its_least_tokens) {
  const Demo demo(Precision::kFloat32);
  DecodeOptions options = plain();
  options.timestamps = false;
  const auto natural = alone(demo, spoken()[0], options);
  options.min_tokens = static_cast<int64_t>(natural.tokens.size()) + 5;
  const auto longer = alone(demo, spoken()[0], options);
  CHECK(longer.tokens.size() >= natural.tokens.size() + 5);
  CHECK(std::equal(natural.tokens.begin(), natural.tokens.end(), longer.tokens.begin()));
  options.max_tokens = options.min_tokens = 100;
  options.timestamps = true;
  CHECK_EQUAL(alone(demo, spoken()[0], options).tokens.size(), 100u);
}

TEST(more_rows_than_logits_are_computed_together_are_the_same_bits) {
  Tiny tiny;
  DecodeOptions options;
  options.language = "de";
  options.max_tokens = 4;
  constexpr int64_t kWindows = Decoder::kMostLogits + 9;
  DecodingBatch batch(tiny.whisper, tiny.rules, kFloats, kWindows), single(tiny.whisper, tiny.rules, kFloats, 1);
  Team team(nullptr);
  std::vector<std::vector<float>> states;
  for (int64_t i = 0; i < kWindows; ++i) {
    states.push_back(tiny.states());
    batch.add(team, states.back().data(), TinyModel::kPositions, options);
  }
  for (int64_t i = 0; i < kWindows; ++i) {
    const int64_t ticket = next_ended(team, batch);
    single.add(team, states[static_cast<size_t>(ticket - 1)].data(), TinyModel::kPositions, options);
    CHECK(same(batch.take(ticket), single.take(next_ended(team, single))));
  }
}
