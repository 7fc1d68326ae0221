#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "align/aligned_word.h"
#include "align/attention_matrix.h"
#include "align/letters.h"
#include "model/alignment_trace.h"
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

/** Tokens of any kind, of which text alone is aligned, and the trace of their decoding, or null if there is none. */
struct WindowTokens {
  std::span<const int32_t> tokens;
  const AlignmentTrace *trace;
  std::string_view language;
};

/**
 * Word times of a window, by its letters where they are known, else by cross-attention: that of the tokens' own decoding, or, if
 * nobody kept it, of one more pass over them. past: overwritten.
 * Source of the pass and of the way from attention to times: find_alignment of openai/whisper timing.py. Source of using the
 * decoding's own attention: _extract_token_timestamps of Hugging Face's Whisper.
 */
std::vector<AlignedWord> align_words(Team &team, const Whisper &whisper, Decoder &decoder, const WindowSound &sound,
                                     KeyValues &past, const WindowTokens &said);

}  // namespace amanuensis
