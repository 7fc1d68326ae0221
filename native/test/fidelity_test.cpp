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
  const Whisper whisper = read_whisper(support::demo_model(), kernels_named("auto"), Precision::kFloat32);
  Decoder decoder(whisper.text->decoder, whisper.dimensions, whisper.kernels);
  Worst worst{"relative L2 of logits"};
  for (const Json &row : rows_with_arrays()) {
    const auto states = support::read_npy(array_path(row, "encoder")).values;
    const auto expected = support::read_npy(array_path(row, "logits"));
    const auto tokens = support::tokens_of(*row.find("arrays"), "logits_input_ids");
    decoder.start({}, states.data());
    decoder.advance({}, tokens);
    std::vector<float> all;
    for (size_t i = 0; i < tokens.size(); ++i) {
      const auto logits = decoder.logits(static_cast<int64_t>(i));
      all.insert(all.end(), logits.begin(), logits.end());
    }
    worst.add(support::relative_l2(all, expected.values));
  }
  CHECK_AT_MOST(worst.value, 1e-3);
}

TEST(logits_do_not_depend_on_how_many_tokens_come_together) {
  const Whisper whisper = read_whisper(support::demo_model(), kernels_named("auto"), Precision::kFloat32);
  Decoder decoder(whisper.text->decoder, whisper.dimensions, whisper.kernels);
  const Json row = rows_with_arrays().front();
  const auto states = support::read_npy(array_path(row, "encoder")).values;
  const auto tokens = support::tokens_of(*row.find("arrays"), "logits_input_ids");
  decoder.start({}, states.data());
  decoder.advance({}, tokens);
  const auto last = decoder.logits(static_cast<int64_t>(tokens.size()) - 1);
  const std::vector<float> together(last.begin(), last.end());
  decoder.start({}, states.data());
  for (const int32_t token : tokens) {
    decoder.advance({}, {&token, 1});
  }
  const auto alone = decoder.logits(0);
  CHECK(std::equal(alone.begin(), alone.end(), together.begin()));
}

TEST(attention_and_probabilities_of_a_forced_pass_are_the_references) {
  const Whisper whisper = read_whisper(support::demo_model(), kernels_named("auto"), Precision::kFloat32);
  const SpecialTokens &special = whisper.text->special;
  Decoder decoder(whisper.text->decoder, whisper.dimensions, whisper.kernels);
  Worst worst{"relative L2 of attention"}, worst_probability{"difference of a token's probability"};
  for (const Json &row : rows_with_arrays()) {
    const auto states = support::read_npy(array_path(row, "encoder")).values;
    const auto expected = support::read_npy(array_path(row, "attention"));
    std::vector<int32_t> sequence = special.prompt(special.language("en"), false);
    sequence.push_back(special.no_timestamps);
    const auto text = support::tokens_of(row, "ids_without_timestamps");
    sequence.insert(sequence.end(), text.begin(), text.end());
    sequence.push_back(special.end_of_text);
    const ForcedPass pass = force({}, whisper, decoder, states.data(), sequence, 4, expected.shape[2]);
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
