#include "align/aligner.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "align/dtw.h"
#include "align/words.h"
#include "common/error.h"
#include "common/number_format.h"
#include "common/sound.h"
#include "common/utf8.h"
#include "model/language.h"

namespace amanuensis {
namespace {

constexpr int64_t kSamplesPerPosition = 2 * kMelHop;
constexpr int64_t kMsPerPosition = kSamplesPerPosition * 1000 / kSampleRate;

/** The given language, or the one that the decoder hears. */
int32_t language_of_window(const Call &call, const SpecialTokens &special, Decoder &decoder, const float *states,
                           std::string_view code) {
  const int32_t token = language_token(special, code);
  if (token >= 0 || !special.multilingual) {
    return token;
  }
  decoder.start(call, states);
  decoder.advance(call, {&special.start_of_transcript, 1});
  return detected_language(special, decoder.logits(0));
}

/** Softmax over the text tokens alone, as the reference takes it. */
double text_probability(const Kernels &kernels, std::span<const float> logits, int32_t token, int32_t end_of_text) {
  const float most = kernels.largest(logits.data(), end_of_text);
  return std::exp(static_cast<double>(logits[static_cast<size_t>(token)]) - most) /
         kernels.sum_of_exp(logits.data(), end_of_text, most);
}

std::vector<AlignedWord> timed_words(const std::vector<TokenWord> &words, const std::vector<int64_t> &entered,
                                     const std::vector<double> &probabilities) {
  std::vector<AlignedWord> times;
  size_t token = 0;
  for (const TokenWord &word : words) {
    const auto count = static_cast<size_t>(word.tokens);
    double sum = 0;
    for (size_t i = token; i < token + count; ++i) {
      sum += probabilities[i];
    }
    times.push_back({std::string(stripped(word.text)), static_cast<int32_t>(entered[token] * kMsPerPosition),
                     static_cast<int32_t>(entered[token + count] * kMsPerPosition), sum / static_cast<double>(count)});
    token += count;
  }
  return times;
}

}  // namespace

ForcedPass force(const Call &call, const Whisper &whisper, Decoder &decoder, const float *states,
                 std::span<const int32_t> sequence, int64_t text_begin, int64_t columns) {
  const Kernels &kernels = whisper.kernels;
  const auto &heads = whisper.text->generation.alignment_heads;
  const auto rows = static_cast<int64_t>(sequence.size());
  ForcedPass pass = {{static_cast<int64_t>(heads.size()), rows, columns, {}}, {}};
  std::vector<float> &values = pass.attention.values;
  values.resize(heads.size() * static_cast<size_t>(rows * columns));
  const CrossTap tap = [&](int64_t layer, int64_t head, int64_t first, int64_t count, const float *scores,
                           int64_t stride) {
    const auto found = std::find(heads.begin(), heads.end(), std::pair(layer, head));
    if (found != heads.end()) {
      float *to = values.data() + ((found - heads.begin()) * rows + first) * columns;
      for (int64_t row = 0; row < count; ++row) {
        std::copy_n(scores + row * stride, columns, to + row * columns);
      }
    }
  };
  decoder.start(call, states);
  decoder.advance(call, sequence, &tap);

  const int64_t head_width = whisper.dimensions.d_model / whisper.dimensions.decoder_attention_heads;
  const float scale = 1.0f / std::sqrt(static_cast<float>(head_width));
  for (size_t row = 0; row < heads.size() * sequence.size(); ++row) {
    kernels.softmax(values.data() + static_cast<int64_t>(row) * columns, columns, scale);
  }
  require_finite(values.data(), static_cast<int64_t>(values.size()), "attention computed");
  for (int64_t at = text_begin; at < rows - 1; ++at) {
    pass.probabilities.push_back(text_probability(kernels, decoder.logits(at - 1), sequence[static_cast<size_t>(at)],
                                                  whisper.text->special.end_of_text));
  }
  return pass;
}

std::vector<AlignedWord> align_words(const Call &call, const Whisper &whisper, Decoder &decoder, const float *states,
                                     std::span<const int32_t> tokens, int64_t sample_count, std::string_view language) {
  const WhisperText &model = *whisper.text;
  std::vector<int32_t> text;
  std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(text),
               [&](int32_t t) { return model.tokenizer.is_text(t); });
  if (text.empty()) {
    language_token(model.special, language);  // a language that the model lacks is an error with or without words
    return {};
  }
  const int32_t spoken = language_of_window(call, model.special, decoder, states, language);
  std::vector<int32_t> sequence = model.special.prompt(spoken, false);
  const auto prompt_size = static_cast<int64_t>(sequence.size());
  sequence.push_back(model.special.no_timestamps);
  sequence.insert(sequence.end(), text.begin(), text.end());
  sequence.push_back(model.special.end_of_text);
  if (static_cast<int64_t>(sequence.size()) > decoder.capacity()) {
    fail(AM_ERROR_ARGUMENT, text.size(), " text tokens; at most ", decoder.capacity() - prompt_size - 2,
         " can be aligned");
  }
  // A window shorter than one position still has a first one.
  const int64_t columns = std::max<int64_t>(1, sample_count / kSamplesPerPosition);
  const ForcedPass pass = force(call, whisper, decoder, states, sequence, prompt_size + 1, columns);

  // The row of a token is where it was predicted from: that of <|notimestamps|> belongs to the first text token.
  std::vector<float> cost = attention_matrix(pass.attention);
  cost.erase(cost.begin(), cost.begin() + prompt_size * columns);
  std::transform(cost.begin(), cost.end(), cost.begin(), std::negate<>());
  const std::vector<int64_t> entered = columns_entered(cost, static_cast<int64_t>(text.size()) + 1, columns);
  return timed_words(words_of(model.tokenizer, text, language_code(model.special, spoken)), entered,
                     pass.probabilities);
}

}  // namespace amanuensis
