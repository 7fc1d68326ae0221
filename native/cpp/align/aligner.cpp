#include "align/aligner.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <iterator>
#include <utility>

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
int32_t language_of_window(Team &team, const SpecialTokens &special, Decoder &decoder, const KeyValues &source,
                           KeyValues &past, std::string_view code) {
  const int32_t token = language_token(special, code);
  if (token >= 0 || !special.multilingual) {
    return token;
  }
  const Continuation start = {.source = &source, .past = &past, .position = 0, .tokens = {&special.start_of_transcript, 1}};
  decoder.advance(team, {&start, 1});
  const float *logits = decoder.logits(team, 0, 1);
  require_finite(logits, decoder.vocabulary(), "logits computed");
  return detected_language(special, {logits, static_cast<size_t>(decoder.vocabulary())});
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

/** The probabilities of the text, which begins at text_begin of a sequence that the decoder was given. */
std::vector<double> probabilities_of(Team &team, const Whisper &whisper, Decoder &decoder,
                                     std::span<const int32_t> text) {
  const auto count = static_cast<int64_t>(text.size()), vocabulary = decoder.vocabulary();
  std::vector<double> probabilities(text.size());
  for (int64_t first = 0; first < count; first += Decoder::kMostLogits) {
    const int64_t rows = std::min(Decoder::kMostLogits, count - first);
    const float *logits = decoder.logits(team, first, rows);
    std::atomic<bool> finite = true;  // looked at row by row, while a row is in a processor's own cache
    team.each(rows, [&](int64_t row, int) {
      const auto at = static_cast<size_t>(first + row);
      const float *of_row = logits + row * vocabulary;
      probabilities[at] = text_probability(whisper.kernels, {of_row, static_cast<size_t>(vocabulary)}, text[at],
                                           whisper.text->special.end_of_text);
      if (!whisper.kernels.all_finite(of_row, vocabulary)) {
        finite.store(false, std::memory_order_relaxed);
      }
    });
    if (!finite.load(std::memory_order_relaxed)) {
      require_finite(logits, rows * vocabulary, "logits computed");
    }
  }
  return probabilities;
}

/** As far as there is sound: a window shorter than one position still has a first one. */
int64_t positions_of(const WindowSound &sound) {
  return std::clamp<int64_t>(sound.sample_count / kSamplesPerPosition, 1, sound.source.positions());
}

/** The beginning of a position, or the end of the sound before it. */
int32_t ms_of(int64_t position, const WindowSound &sound) {
  return static_cast<int32_t>(std::min(position * kMsPerPosition, sound.sample_count * 1000 / kSampleRate));
}

std::vector<AlignedWord> words_by_letters(const AlignmentHead &head, const WindowSound &sound,
                                          const std::vector<TokenWord> &words) {
  std::vector<std::string> texts;
  for (const TokenWord &word : words) {
    texts.emplace_back(stripped(word.text));
  }
  const auto placed = place_words(head, *sound.letters, positions_of(sound), texts);
  std::vector<AlignedWord> times;
  for (size_t i = 0; i < placed.size(); ++i) {
    times.push_back({std::move(texts[i]), ms_of(placed[i].first, sound), ms_of(placed[i].end, sound),
                     placed[i].probability});
  }
  return times;
}

std::vector<AlignedWord> words_by_attention(Team &team, const Whisper &whisper, Decoder &decoder,
                                            const WindowSound &sound, KeyValues &past, const std::vector<int32_t> &text,
                                            const std::vector<TokenWord> &words, int32_t spoken) {
  const WhisperText &model = *whisper.text;
  std::vector<int32_t> sequence = model.special.prompt(spoken, false);
  const auto prompt_size = static_cast<int64_t>(sequence.size());
  sequence.push_back(model.special.no_timestamps);
  sequence.insert(sequence.end(), text.begin(), text.end());
  sequence.push_back(model.special.end_of_text);
  const int64_t columns = positions_of(sound);
  ForcedPass pass = force(team, whisper, decoder, sound.source, past, sequence, prompt_size + 1, columns);

  // The row of a token is where it was predicted from: that of <|notimestamps|> belongs to the first text token.
  std::vector<float> cost = attention_matrix(whisper.kernels, std::move(pass.attention));
  cost.erase(cost.begin(), cost.begin() + prompt_size * columns);
  std::transform(cost.begin(), cost.end(), cost.begin(), std::negate<>());
  const std::vector<int64_t> entered = columns_entered(cost, static_cast<int64_t>(text.size()) + 1, columns);
  return timed_words(words, entered, pass.probabilities);
}

}  // namespace

ForcedPass force(Team &team, const Whisper &whisper, Decoder &decoder, const KeyValues &source, KeyValues &past,
                 std::span<const int32_t> sequence, int64_t text_begin, int64_t columns) {
  const auto &heads = whisper.text->generation.alignment_heads;
  const auto rows = static_cast<int64_t>(sequence.size());
  ForcedPass pass = {{static_cast<int64_t>(heads.size()), rows, columns, {}}, {}};
  std::vector<float> &values = pass.attention.values;
  values.resize(heads.size() * static_cast<size_t>(rows * columns));
  const int64_t head_width = whisper.dimensions.d_model / whisper.dimensions.decoder_attention_heads;
  const float scale = 1.0f / std::sqrt(static_cast<float>(head_width));
  const CrossTap tap = [&](int64_t layer, int64_t head, int64_t first, int64_t count, const float *scores,
                           int64_t stride) {
    const auto found = std::find(heads.begin(), heads.end(), std::pair(layer, head));
    if (found == heads.end()) {
      return;
    }
    for (int64_t row = 0; row < count; ++row) {
      float *to = values.data() + ((found - heads.begin()) * rows + first + row) * columns;
      std::copy_n(scores + row * stride, columns, to);
      whisper.kernels.softmax(to, columns, scale);
    }
  };
  // A token is predicted by the row before it.
  const Continuation all = {
      .source = &source, .past = &past, .position = 0, .tokens = sequence, .wanted = rows - (text_begin - 1)};
  decoder.advance(team, {&all, 1}, &tap);
  require_finite(values.data(), static_cast<int64_t>(values.size()), "attention computed");
  const auto text = sequence.subspan(static_cast<size_t>(text_begin), static_cast<size_t>(rows - 1 - text_begin));
  pass.probabilities = probabilities_of(team, whisper, decoder, text);
  return pass;
}

std::vector<AlignedWord> align_words(Team &team, const Whisper &whisper, Decoder &decoder, const WindowSound &sound,
                                     KeyValues &past, std::span<const int32_t> tokens, std::string_view language) {
  const WhisperText &model = *whisper.text;
  std::vector<int32_t> text;
  std::copy_if(tokens.begin(), tokens.end(), std::back_inserter(text),
               [&](int32_t t) { return model.tokenizer.is_text(t); });
  if (text.empty()) {
    language_token(model.special, language);  // a language that the model lacks is an error with or without words
    return {};
  }
  team.checkpoint();
  const int32_t spoken = language_of_window(team, model.special, decoder, sound.source, past, language);
  const auto most = decoder.capacity() - static_cast<int64_t>(model.special.prompt(spoken, false).size()) - 2;
  if (static_cast<int64_t>(text.size()) > most) {
    fail(AM_ERROR_ARGUMENT, text.size(), " text tokens; at most ", most, " can be aligned");
  }
  const auto words = words_of(model.tokenizer, text, language_code(model.special, spoken));
  if (sound.letters) {
    return words_by_letters(*model.alignment_head, sound, words);
  }
  return words_by_attention(team, whisper, decoder, sound, past, text, words, spoken);
}

}  // namespace amanuensis
