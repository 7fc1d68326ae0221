#include "decode/window_decoding.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/error.h"
#include "common/number_format.h"
#include "common/utf8.h"
#include "model/language.h"

namespace amanuensis {

WindowDecoding::WindowDecoding(const Whisper &whisper, const DecodingRules &rules, const DecodeOptions &options,
                               uint64_t seed, AlignmentTrace *trace)
    : whisper_(whisper), rules_(rules), options_(options), random_(seed), trace_(trace) {
  const SpecialTokens &special = whisper.text->special;
  language_ = language_token(special, options.language);
  prompt_ = special.prompt(language_, options.translate);
  if (!options.timestamps) {
    prompt_.push_back(special.no_timestamps);
  }
  sequences_.resize(1);
  sequences_.front().candidates.resize(static_cast<size_t>(options.beam_size == 1 ? 1 : options.beam_size + 1));
  parents_ = {0};
}

std::span<const int32_t> WindowDecoding::next(int64_t sequence) const {
  const std::span<const int32_t> prompt = prompt_;
  switch (stage_) {
    case Stage::kStart: return prompt.first(1);
    case Stage::kPrompt: return prompt.subspan(1);
    default: return std::span(sequences_[static_cast<size_t>(sequence)].tokens).last(1);
  }
}

void WindowDecoding::read(int64_t sequence, std::span<float> logits) noexcept {
  Sequence &own = sequences_[static_cast<size_t>(sequence)];
  if (!whisper_.kernels.all_finite(logits.data(), static_cast<int64_t>(logits.size()))) {
    own.not_finite_at = first_not_finite(logits.data(), static_cast<int64_t>(logits.size()));
    own.not_finite = logits[static_cast<size_t>(own.not_finite_at)];
    return;
  }
  if (stage_ == Stage::kStart) {
    read_start(logits);
  }
  if (is_choosing()) {
    read_text(own, logits);
  }
}

/** What the first position tells, given nothing but the start of the transcript. */
void WindowDecoding::read_start(std::span<const float> logits) {
  const SpecialTokens &special = whisper_.text->special;
  if (special.no_speech >= 0) {
    no_speech_probability_ = std::exp(log_probability(whisper_.kernels, logits, special.no_speech));
  }
  if (special.multilingual && language_ < 0) {
    language_ = detected_language(special, logits);
    prompt_[1] = language_;
  }
}

void WindowDecoding::read_text(Sequence &sequence, std::span<float> logits) {
  const Kernels &kernels = whisper_.kernels;
  const auto end = static_cast<size_t>(whisper_.text->special.end_of_text);
  const float logit_of_end = logits[end];
  const TextLogits text = trace_ ? TextLogits(kernels, logits.first(end)) : TextLogits();
  if (static_cast<int64_t>(sequence.tokens.size()) < options_.min_tokens) {
    logits[end] = -std::numeric_limits<float>::infinity();
  }
  rules_.apply(kernels, sequence.tokens, options_.timestamps, logits);
  if (std::all_of(logits.begin(), logits.end(), [](float logit) { return std::isinf(logit); })) {
    logits[end] = logit_of_end;  // where nothing may follow, the text ends
  }
  if (options_.temperature > 0) {
    sequence.candidates[0] = drawn_candidate(kernels, logits, options_.temperature, random_);
    sequence.candidate_count = 1;
  } else {
    sequence.candidate_count = best_candidates(kernels, logits, sequence.candidates);
  }
  if (trace_) {
    sequence.text_probability = text.probability(logits[static_cast<size_t>(sequence.candidates[0].token)]);
  }
}

bool WindowDecoding::settle() {
  for (const Sequence &sequence : sequences_) {
    if (sequence.not_finite_at >= 0) {
      return true;
    }
  }
  if (stage_ == Stage::kStart && prompt_.size() > 1) {
    stage_ = Stage::kPrompt;
    return false;
  }
  stage_ = Stage::kText;
  return options_.beam_size == 1 ? follow_one() : follow_beam();
}

/** Whether a sequence cannot be given its last token, or need not. */
bool WindowDecoding::is_full(const Sequence &sequence) const {
  const auto count = static_cast<int64_t>(sequence.tokens.size());
  return count >= options_.max_tokens ||
         static_cast<int64_t>(prompt_.size()) + count - 1 >= whisper_.dimensions.max_target_positions;
}

bool WindowDecoding::follow_one() {
  Sequence &sequence = sequences_.front();
  const Candidate chosen = sequence.candidates.front();
  if (trace_) {
    trace_->settle_row(sequence.text_probability);
  }
  sequence.total += chosen.log_probability;
  sequence.ended = chosen.token == whisper_.text->special.end_of_text;
  if (!sequence.ended) {
    sequence.tokens.push_back(chosen.token);
  }
  return sequence.ended || is_full(sequence);
}

bool WindowDecoding::follow_beam() {
  struct Step {
    size_t parent;
    int32_t token;
    double total;
  };
  std::vector<Step> steps;
  for (size_t parent = 0; parent < sequences_.size(); ++parent) {
    const Sequence &sequence = sequences_[parent];
    for (int64_t i = 0; i < sequence.candidate_count; ++i) {
      const Candidate &candidate = sequence.candidates[static_cast<size_t>(i)];
      steps.push_back({parent, candidate.token, sequence.total + candidate.log_probability});
    }
  }
  std::stable_sort(steps.begin(), steps.end(), [](const Step &a, const Step &b) { return a.total > b.total; });

  const auto width = static_cast<size_t>(options_.beam_size);
  std::vector<Sequence> kept;
  std::vector<int64_t> parents;
  for (const Step &step : steps) {
    const Sequence &parent = sequences_[step.parent];
    if (step.token != whisper_.text->special.end_of_text) {
      kept.push_back({.tokens = parent.tokens, .total = step.total, .candidates = parent.candidates});
      kept.back().tokens.push_back(step.token);
      parents.push_back(static_cast<int64_t>(step.parent));
    } else if (finished_.size() < width) {
      finished_.push_back({.tokens = parent.tokens, .total = step.total, .ended = true, .candidates = {}});
    }
    if (kept.size() == width) {
      break;
    }
  }
  sequences_ = std::move(kept);
  parents_ = std::move(parents);
  if (finished_.size() < width && !sequences_.empty() && !is_full(sequences_.front())) {
    return false;
  }
  finish_beam();
  return true;
}

/** Where too few sequences have ended by themselves, the best of the others end here. */
void WindowDecoding::finish_beam() {
  for (const Sequence &sequence : sequences_) {  // in the order of their totals
    if (finished_.size() >= static_cast<size_t>(options_.beam_size)) {
      break;
    }
    finished_.push_back(sequence);
  }
}

/** The reference's ranking: by the mean log-probability of the tokens. */
const WindowDecoding::Sequence &WindowDecoding::best() const {
  if (options_.beam_size == 1) {
    return sequences_.front();
  }
  const auto score = [](const Sequence &sequence) {
    return sequence.total / static_cast<double>(std::max<size_t>(sequence.tokens.size(), 1));
  };
  return *std::max_element(finished_.begin(), finished_.end(),
                           [&](const Sequence &a, const Sequence &b) { return score(a) < score(b); });
}

bool WindowDecoding::chose(std::span<const int32_t> tokens) const {
  const bool well = std::ranges::all_of(sequences_, [](const Sequence &sequence) { return sequence.not_finite_at < 0; });
  return well && std::ranges::equal(best().tokens, tokens);
}

DecodedWindow WindowDecoding::result() const {
  for (const Sequence &sequence : sequences_) {
    if (sequence.not_finite_at >= 0) {
      fail(AM_ERROR_NUMERIC, "logits computed: element ", sequence.not_finite_at, " of ",
           whisper_.dimensions.vocab_size, " is ", sequence.not_finite);
    }
  }
  const Sequence &chosen = best();
  DecodedWindow result;
  result.tokens = chosen.tokens;
  result.text = stripped(whisper_.text->tokenizer.decode(chosen.tokens));
  result.language = language_code(whisper_.text->special, language_);
  result.average_log_probability = chosen.total / (static_cast<double>(chosen.tokens.size()) + 1);
  result.no_speech_probability = no_speech_probability_;
  result.end_reached = chosen.ended;
  return result;
}

}  // namespace amanuensis
