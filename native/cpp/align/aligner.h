#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "align/aligned_word.h"
#include "align/attention_matrix.h"
#include "align/letters.h"
#include "model/decoder.h"
#include "model/whisper.h"

namespace amanuensis {

/**
 * The cross-attention of the alignment heads over the first `columns` positions while the decoder is given the tokens,
 * and the probability, among text tokens, that the decoder gave each of them.
 */
struct ForcedPass {
  AttentionWeights attention;         // a row for each of sequence
  std::vector<double> probabilities;  // of text
};

/**
 * sequence: prompt, text, end of text. The row of the token before the first of text is text_begin - 1. source: of the
 * window; past: overwritten.
 */
ForcedPass force(Team &team, const Whisper &whisper, Decoder &decoder, const KeyValues &source, KeyValues &past,
                 std::span<const int32_t> sequence, int64_t text_begin, int64_t columns);

/** What is known of a window's sound: its keys and values, and the letters in it if the model has a head for them. */
struct WindowSound {
  const KeyValues &source;
  const LetterScores *letters;  // or null
  int64_t sample_count;
};

/**
 * Word times of a window, by its letters where they are known, else by cross-attention. tokens: of any kind; only text is
 * aligned. past: overwritten.
 * Source of the latter: find_alignment of openai/whisper timing.py.
 */
std::vector<AlignedWord> align_words(Team &team, const Whisper &whisper, Decoder &decoder, const WindowSound &sound,
                                     KeyValues &past, std::span<const int32_t> tokens, std::string_view language);

}  // namespace amanuensis
