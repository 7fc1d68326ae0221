#include "align/aligner.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <numeric>
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

/** rows: of each text token, the row in which it was predicted. entered: of each row, and one more, the column. */
std::vector<AlignedWord> timed_words(const std::vector<TokenWord> &words, const std::vector<int64_t> &rows,
                                     const std::vector<int64_t> &entered, std::span<const double> probabilities) {
  std::vector<AlignedWord> times;
  size_t token = 0;
  for (const TokenWord &word : words) {
    const auto first = static_cast<size_t>(rows[token]), count = static_cast<size_t>(word.tokens);
    const auto last = static_cast<size_t>(rows[token + count - 1]);
    double sum = 0;
    for (size_t i = token; i < token + count; ++i) {
      sum += probabilities[static_cast<size_t>(rows[i])];
    }
    times.push_back({std::string(stripped(word.text)), static_cast<int32_t>(entered[first] * kMsPerPosition),
                     static_cast<int32_t>(entered[last + 1] * kMsPerPosition), sum / static_cast<double>(count)});
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
      const TextLogits of_text(whisper.kernels, {of_row, static_cast<size_t>(whisper.text->special.end_of_text)});
      probabilities[at] = of_text.probability(of_row[text[at]]);
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

/** The columns at which the cheapest path enters `rows` rows of the attention from `first` on; all of them count as neighbours. */
std::vector<int64_t> path_of(Team &team, const Kernels &kernels, AttentionWeights attention, int64_t first, int64_t rows) {
  const int64_t columns = attention.columns;
  std::vector<float> cost = attention_matrix(team, kernels, std::move(attention));
  cost.erase(cost.begin(), cost.begin() + first * columns);
  std::transform(cost.begin(), cost.end(), cost.begin(), std::negate<>());
  return columns_entered(cost, rows, columns);
}

std::vector<AlignedWord> words_by_pass(Team &team, const Whisper &whisper, Decoder &decoder, const WindowSound &sound,
                                       KeyValues &past, const std::vector<int32_t> &text,
                                       const std::vector<TokenWord> &words, int32_t spoken) {
  const WhisperText &model = *whisper.text;
  std::vector<int32_t> sequence = model.special.prompt(spoken, false);
  const auto prompt_size = static_cast<int64_t>(sequence.size()), most = decoder.capacity() - prompt_size - 2;
  if (static_cast<int64_t>(text.size()) > most) {
    fail(AM_ERROR_ARGUMENT, text.size(), " text tokens; at most ", most, " can be aligned");
  }
  sequence.push_back(model.special.no_timestamps);
  sequence.insert(sequence.end(), text.begin(), text.end());
  sequence.push_back(model.special.end_of_text);
  const int64_t columns = positions_of(sound);
  ForcedPass pass = force(team, whisper, decoder, sound.source, past, sequence, prompt_size + 1, columns);

  // The row of a token is where it was predicted from: that of <|notimestamps|> belongs to the first text token.
  const std::vector<int64_t> entered = path_of(team, whisper.kernels, std::move(pass.attention), prompt_size,
                                               static_cast<int64_t>(text.size()) + 1);
  std::vector<int64_t> rows(text.size());
  std::iota(rows.begin(), rows.end(), 0);
  return timed_words(words, rows, entered, pass.probabilities);
}

/** Timestamps have rows of their own, so that a pause between segments belongs to no word. */
std::vector<AlignedWord> words_by_trace(Team &team, const Whisper &whisper, const AlignmentTrace &trace,
                                        const WindowSound &sound, std::span<const int32_t> tokens,
                                        const std::vector<TokenWord> &words) {
  AttentionWeights attention = {trace.heads(), trace.rows(), positions_of(sound), {}};
  attention.values.resize(static_cast<size_t>(attention.heads * attention.rows * attention.columns));
  team.each(attention.heads, [&](int64_t head, int) {
    for (int64_t row = 0; row < attention.rows; ++row) {
      trace.weights(whisper.kernels, row, head, attention.columns,
                    attention.values.data() + (head * attention.rows + row) * attention.columns);
    }
  });
  require_finite(attention.values.data(), static_cast<int64_t>(attention.values.size()), "attention computed");
  const int64_t last_column = attention.columns - 1, all_rows = attention.rows;
  std::vector<int64_t> entered = path_of(team, whisper.kernels, std::move(attention), 0, all_rows), rows;
  entered.push_back(last_column);  // a decoding that was cut off has no row behind its last token
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (whisper.text->tokenizer.is_text(tokens[i])) {
      rows.push_back(static_cast<int64_t>(i));
    }
  }
  return timed_words(words, rows, entered, trace.probabilities());
}

}  // namespace

ForcedPass force(Team &team, const Whisper &whisper, Decoder &decoder, const KeyValues &source, KeyValues &past,
                 std::span<const int32_t> sequence, int64_t text_begin, int64_t columns) {
  const auto &heads = whisper.text->generation.alignment_heads;
  const auto rows = static_cast<int64_t>(sequence.size());
  ForcedPass pass = {{static_cast<int64_t>(heads.size()), rows, columns, {}}, {}};
  std::vector<float> &values = pass.attention.values;
  values.resize(heads.size() * static_cast<size_t>(rows * columns));
  const float scale = cross_scale(whisper.dimensions);
  const auto keep = [&](int64_t head, int64_t row, const float *scores) {
    float *to = values.data() + (head * rows + row) * columns;
    std::copy_n(scores, columns, to);
    whisper.kernels.softmax(to, columns, scale);
  };
  const CrossTap tap = alignment_tap(whisper, keep);
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
                                     KeyValues &past, const WindowTokens &said) {
  const WhisperText &model = *whisper.text;
  std::vector<int32_t> text;
  std::copy_if(said.tokens.begin(), said.tokens.end(), std::back_inserter(text),
               [&](int32_t t) { return model.tokenizer.is_text(t); });
  if (text.empty()) {
    language_token(model.special, said.language);  // a language that the model lacks is an error with or without words
    return {};
  }
  team.checkpoint();
  const int32_t spoken = language_of_window(team, model.special, decoder, sound.source, past, said.language);
  const auto words = words_of(model.tokenizer, text, language_code(model.special, spoken));
  if (sound.letters) {
    return words_by_letters(*model.alignment_head, sound, words);
  }
  if (said.trace) {
    return words_by_trace(team, whisper, *said.trace, sound, said.tokens, words);
  }
  return words_by_pass(team, whisper, decoder, sound, past, text, words, spoken);
}

}  // namespace amanuensis
