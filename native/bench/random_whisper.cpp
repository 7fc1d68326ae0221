#include "random_whisper.h"

#include "common/utf8.h"
#include "random_weights.h"

namespace bench {
namespace {

using namespace amanuensis;

DecoderWeights random_decoder(const Dimensions &d, const Arithmetic &arithmetic) {
  RandomWeights random(arithmetic, d.d_model);
  DecoderWeights weights;
  weights.embed_tokens = random.linear(d.d_model, d.vocab_size);
  weights.embed_tokens.bias = Buffer();
  weights.positions = random.numbers(d.max_target_positions * d.d_model, 0.1f);
  for (int64_t i = 0; i < d.decoder_layers; ++i) {
    weights.layers.push_back(
        {.self_attn = {random.norm(), random.linear(d.d_model, 3 * d.d_model), random.linear(d.d_model, d.d_model)},
         .encoder_attn = {random.norm(), random.linear(d.d_model, d.d_model), random.linear(d.d_model, 2 * d.d_model),
                          random.linear(d.d_model, d.d_model)},
         .mlp = {random.norm(), random.linear(d.d_model, d.decoder_ffn_dim),
                 random.linear(d.decoder_ffn_dim, d.d_model)}});
  }
  weights.norm = random.norm();
  return weights;
}

/** 256 bytes, text that is never encoded, special tokens, timestamps. */
Vocabulary vocabulary_of(const Dimensions &d) {
  Vocabulary vocabulary;
  vocabulary.source = "random weights";
  const std::vector<std::string> special = {"<|endoftext|>",  "<|startoftranscript|>", "<|en|>", "<|translate|>",
                                            "<|transcribe|>", "<|nospeech|>",          "<|notimestamps|>"};
  const auto timestamps = static_cast<size_t>(d.max_source_positions) + 1;
  const auto text = static_cast<size_t>(d.vocab_size) - timestamps - special.size();
  char32_t next = 0x100;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    std::string character;
    append_utf8(character, printable ? byte : next++);
    vocabulary.contents.push_back(character);
  }
  while (vocabulary.contents.size() < text) {
    vocabulary.contents.push_back(std::to_string(vocabulary.contents.size()));
  }
  vocabulary.contents.insert(vocabulary.contents.end(), special.begin(), special.end());
  vocabulary.added.resize(text);
  vocabulary.added.resize(static_cast<size_t>(d.vocab_size), true);
  for (size_t token = 0; token < vocabulary.contents.size(); ++token) {
    vocabulary.tokens.emplace(vocabulary.contents[token], static_cast<int32_t>(token));
  }
  vocabulary.contents.resize(static_cast<size_t>(d.vocab_size));
  return vocabulary;
}

}  // namespace

Whisper random_whisper(const Dimensions &dimensions, const Kernels &kernels, Precision precision) {
  const Vocabulary vocabulary = vocabulary_of(dimensions);
  GenerationConfig generation;
  generation.begin_suppress_tokens = std::vector<int32_t>{0};
  for (int64_t layer = dimensions.decoder_layers / 2; layer < dimensions.decoder_layers; ++layer) {
    generation.alignment_heads.insert(generation.alignment_heads.end(), {{layer, 0}, {layer, 1}});
  }
  SpecialTokens special = find_special_tokens(vocabulary, generation);
  return {kernels,
          precision,
          dimensions,
          {},
          std::make_unique<const WhisperText>(WhisperText{random_decoder(dimensions, kernels.arithmetic(precision)),
                                                          Tokenizer(vocabulary), std::move(special),
                                                          std::move(generation), {}})};
}

Dimensions base_dimensions() {
  return {.num_mel_bins = 80,
          .d_model = 512,
          .encoder_layers = 6,
          .encoder_attention_heads = 8,
          .encoder_ffn_dim = 2048,
          .decoder_layers = 6,
          .decoder_attention_heads = 8,
          .decoder_ffn_dim = 2048,
          .max_source_positions = 1500,
          .max_target_positions = 448,
          .vocab_size = 51865,
          .window_samples = 480000};
}

Dimensions small_dimensions() {
  Dimensions d = base_dimensions();
  d.d_model = 32;
  d.decoder_layers = d.decoder_attention_heads = 2;
  d.decoder_ffn_dim = 64;
  d.max_source_positions = 50;
  d.vocab_size = 400;
  d.window_samples = 16000;
  return d;
}

std::vector<float> random_states(const Dimensions &dimensions, uint64_t seed) {
  std::vector<float> states(static_cast<size_t>(dimensions.max_source_positions * dimensions.d_model));
  for (float &value : states) {
    value = static_cast<float>(4 * next_fraction(seed) - 2);
  }
  return states;
}

}  // namespace bench
