#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "decode/candidates.h"
#include "decode/decoding.h"
#include "decode/rules.h"
#include "model/alignment_trace.h"
#include "model/whisper.h"

namespace amanuensis {

/**
 * A window on its way to text, apart from the network: which tokens each of its sequences is given next, and what follows
 * from the logits after them. One sequence first, then as many as the beam is wide. A round is: every sequence is given
 * next(), read() sees its logits, and settle() decides.
 * Source: openai/whisper decoding.py, DecodingTask with GreedyDecoder or BeamSearchDecoder (patience 1).
 */
class WindowDecoding {
 public:
  /**
   * seed: of the draws at a temperature above 0. trace: gets the rows of the tokens; null, or of a window of one sequence. Throws
   * AM_ERROR_OPTION for a language that the model lacks.
   */
  WindowDecoding(const Whisper &whisper, const DecodingRules &rules, const DecodeOptions &options, uint64_t seed,
                 AlignmentTrace *trace);

  int64_t sequences() const { return static_cast<int64_t>(sequences_.size()); }
  /** Valid until settle(). */
  std::span<const int32_t> next(int64_t sequence) const;

  /** Whether a token follows from the logits that read() sees next. */
  bool is_choosing() const { return stage_ != Stage::kStart || prompt_.size() == 1; }
  /** Where the rows of this decoding's tokens are kept, or null. */
  AlignmentTrace *trace() const { return trace_; }

  /** The logits [vocabulary] after the tokens of next(); uses them up. From any thread, allocates nothing. */
  void read(int64_t sequence, std::span<float> logits) noexcept;

  /** After all have been read. Returns whether the window has ended, well or badly. */
  bool settle();

  /** For every sequence now, the one before settle() that it continues. */
  const std::vector<int64_t> &parents() const { return parents_; }

  /** Of a window that has ended: whether it ended well, with these tokens. */
  bool chose(std::span<const int32_t> tokens) const;

  /** Of a window that has ended. Throws AM_ERROR_NUMERIC if a logit was not finite. */
  DecodedWindow result() const;

 private:
  struct Sequence {
    std::vector<int32_t> tokens;  // after the prompt
    double total = 0;             // of their log-probabilities
    bool ended = false;           // by the end of text
    std::vector<Candidate> candidates;
    int64_t candidate_count = 0;
    double text_probability = 0;  // of the first candidate, if there is a trace
    int64_t not_finite_at = -1;  // of the logits read last
    float not_finite = 0;
  };

  /** The tokens are given up to where reading begins: the start, then the rest of the prompt, then the text. */
  enum class Stage { kStart, kPrompt, kText };

  void read_start(std::span<const float> logits);
  void read_text(Sequence &sequence, std::span<float> logits);
  bool follow_one();
  bool follow_beam();
  bool is_full(const Sequence &sequence) const;
  void finish_beam();
  const Sequence &best() const;

  const Whisper &whisper_;
  const DecodingRules &rules_;
  const DecodeOptions options_;
  uint64_t random_;
  AlignmentTrace *const trace_;
  std::vector<int32_t> prompt_;
  int32_t language_;  // -1: to be detected, or none
  Stage stage_ = Stage::kStart;
  double no_speech_probability_ = 0;
  std::vector<Sequence> sequences_;
  std::vector<Sequence> finished_;  // of a beam
  std::vector<int64_t> parents_;
};

}  // namespace amanuensis
