/* The stages of the demo model against PyTorch float32: log-mel, encoder states, logits, attention of the alignment
 * heads. */
#include "align/aligner.h"
#include "api.h"
#include "check.h"
#include "cpu/instruction_sets.h"
#include "model/decoder.h"
#include "support.h"

namespace {

using namespace amanuensis;

constexpr size_t kWindow = 160000;

/** The rows of greedy.jsonl that come with arrays. */
std::vector<Json> rows_with_arrays() {
  std::vector<Json> rows = support::greedy_references();
  std::erase_if(rows, [](const Json &row) { return !row.find("arrays"); });
  if (rows.size() < 8) {
    throw std::runtime_error("the reference arrays are not there");
  }
  return rows;
}

std::string array_path(const Json &row, const char *kind) {
  const std::string file = support::text_of(row, "file");
  return support::demo_folder() + "/reference/" + file.substr(0, file.size() - 4) + "." + kind + ".npy";
}

std::vector<int16_t> samples_of(const Json &row) {
  return support::read_16k(support::demo_folder() + "/testset/" + support::text_of(row, "file"), kWindow);
}

/** [frames][bins] to [bins][frames] */
std::vector<float> transposed(const support::Array &array) {
  const auto rows = static_cast<size_t>(array.shape[0]), columns = static_cast<size_t>(array.shape[1]);
  std::vector<float> turned(array.values.size());
  for (size_t r = 0; r < rows; ++r) {
    for (size_t c = 0; c < columns; ++c) {
      turned[c * rows + r] = array.values[r * columns + c];
    }
  }
  return turned;
}

/** The demo model's decoder in float32, a window's cache and a sequence's. */
struct Network {
  Whisper whisper = read_whisper(support::demo_model(), kernels_named("auto"), Precision::kFloat32);
  Decoder decoder{whisper.text->decoder, whisper.dimensions, whisper.kernels, {Number::kFloat32, Number::kFloat32}};
  KeyValues source = decoder.make_source(), past = decoder.make_past();
  Team team{nullptr};

  void advance(int64_t position, std::span<const int32_t> tokens, int64_t wanted) {
    const Continuation all = {&source, &past, position, tokens, wanted};
    decoder.advance(team, {&all, 1});
  }

  std::vector<float> logits(int64_t first, int64_t count) {
    const float *values = decoder.logits(team, first, count);
    return {values, values + count * decoder.vocabulary()};
  }
};

/** Softmax over the text tokens alone. */
double text_probability(const float *logits, int32_t end_of_text, int32_t token) {
  double sum = 0;
  for (int32_t i = 0; i < end_of_text; ++i) {
    sum += std::exp(static_cast<double>(logits[i]) - logits[token]);
  }
  return 1 / sum;
}

/** The most of a measure over files, printed for the record. */
struct Worst {
  const char *name;
  double value = 0;

  void add(double measured) { value = std::max(value, measured); }
  ~Worst() { std::cout << "      worst " << name << ": " << value << std::endl; }
};

}  // namespace

TEST(log_mel_is_the_references) {
  const auto model = api::open_model(support::demo_model(), {{"precision", "f32"}});
  const auto session = api::open_session(model);
  Worst worst{"log-mel difference"};
  for (const Json &row : rows_with_arrays()) {
    const auto expected = transposed(support::read_npy(array_path(row, "mel")));
    worst.add(support::largest_difference(api::log_mel(model, session, samples_of(row)), expected));
  }
  CHECK_AT_MOST(worst.value, 1e-4);
}

TEST(log_mel_is_the_same_bits_on_every_instruction_set) {
  const auto samples = support::noise(kWindow - 77, 7);
  std::vector<float> first;
  for (const Kernels *kernels : available_instruction_sets()) {
    const auto model = api::open_model(support::demo_model(), {{"isa", kernels->name}, {"precision", "f32"}});
    const auto mel = api::log_mel(model, api::open_session(model), samples);
    first = first.empty() ? mel : first;
    CHECK(mel == first);
  }
}

TEST(encoder_states_are_the_references) {
  for (const Kernels *kernels : available_instruction_sets()) {
    const auto model = api::open_model(support::demo_model(), {{"isa", kernels->name}, {"precision", "f32"}});
    const auto session = api::open_session(model);
    Worst worst{kernels->name};
    for (const Json &row : rows_with_arrays()) {
      const auto states = api::encode(model, session, api::log_mel(model, session, samples_of(row)));
      worst.add(support::relative_l2(states, support::read_npy(array_path(row, "encoder")).values));
    }
    CHECK_AT_MOST(worst.value, 1e-4);
  }
}

TEST(logits_are_the_references) {
  Network network;
  Worst worst{"relative L2 of logits"};
  for (const Json &row : rows_with_arrays()) {
    const auto states = support::read_npy(array_path(row, "encoder")).values;
    const auto expected = support::read_npy(array_path(row, "logits"));
    const auto tokens = support::tokens_of(*row.find("arrays"), "logits_input_ids");
    const auto count = static_cast<int64_t>(tokens.size());
    network.decoder.read_source(network.team, states.data(), network.whisper.dimensions.max_source_positions, network.source);
    network.advance(0, tokens, count);
    worst.add(support::relative_l2(network.logits(0, count), expected.values));
  }
  CHECK_AT_MOST(worst.value, 1e-3);
}

TEST(logits_do_not_depend_on_how_many_tokens_come_together) {
  Network network;
  const Json row = rows_with_arrays().front();
  const auto states = support::read_npy(array_path(row, "encoder")).values;
  const auto tokens = support::tokens_of(*row.find("arrays"), "logits_input_ids");
  network.decoder.read_source(network.team, states.data(), network.whisper.dimensions.max_source_positions, network.source);
  network.advance(0, tokens, 1);
  const auto together = network.logits(0, 1);
  for (size_t i = 0; i < tokens.size(); ++i) {
    network.advance(static_cast<int64_t>(i), {&tokens[i], 1}, 1);
  }
  CHECK(network.logits(0, 1) == together);
}

TEST(attention_and_probabilities_of_a_forced_pass_are_the_references) {
  Network network;
  const SpecialTokens &special = network.whisper.text->special;
  Worst worst{"relative L2 of attention"}, worst_probability{"difference of a token's probability"};
  for (const Json &row : rows_with_arrays()) {
    const auto states = support::read_npy(array_path(row, "encoder")).values;
    const auto expected = support::read_npy(array_path(row, "attention"));
    std::vector<int32_t> sequence = special.prompt(special.language("en"), false);
    sequence.push_back(special.no_timestamps);
    const auto text = support::tokens_of(row, "ids_without_timestamps");
    sequence.insert(sequence.end(), text.begin(), text.end());
    sequence.push_back(special.end_of_text);
    network.decoder.read_source(network.team, states.data(), network.whisper.dimensions.max_source_positions, network.source);
    const ForcedPass pass = force(network.team, network.whisper, network.decoder, network.source, network.past,
                                  sequence, 4, expected.shape[2]);
    worst.add(support::relative_l2(pass.attention.values, expected.values));
    const auto logits = support::read_npy(array_path(row, "logits"));
    for (size_t i = 0; i < 4; ++i) {  // the stored logits begin with the prompt of four
      const float *text_logits = logits.values.data() + static_cast<int64_t>(3 + i) * logits.shape[1];
      worst_probability.add(
          std::abs(pass.probabilities[i] - text_probability(text_logits, special.end_of_text, text[i])));
    }
  }
  CHECK_AT_MOST(worst.value, 1e-3);
  CHECK_AT_MOST(worst_probability.value, 1e-4);
}
