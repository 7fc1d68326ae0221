#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "align/aligned_word.h"
#include "common/call.h"
#include "common/number_format.h"
#include "decode/decoding.h"

namespace amanuensis {

class DeviceEngine;

/** What am_model_number and am_model_text answer from. Units and meanings are those of the C header. */
struct ModelFacts {
  std::string back_end;
  std::string device;  // its name, or nothing
  std::string isa;
  std::string precision;
  std::vector<std::string> languages;
  int64_t sample_rate = 0;
  int64_t window_samples = 0;
  int64_t mel_bins = 0;
  int64_t mel_frames = 0;
  int64_t state_positions = 0;
  int64_t state_width = 0;
  int64_t decoder_positions = 0;
  int64_t vocabulary_size = 0;
  int64_t token_end_of_text = -1;
  int64_t token_start_of_transcript = -1;
  int64_t token_no_timestamps = -1;
  int64_t token_timestamp_begin = -1;
  int64_t token_no_speech = -1;
  int64_t timestamp_ms = 0;
  int64_t multilingual = 0;
  int64_t alignment_heads = 0;
  int64_t weight_bytes = 0;
  bool actual_context = false;
  std::string alignment;  // dtw, ctc, or nothing

  int64_t state_size() const { return state_positions * state_width; }
  int64_t mel_size() const { return mel_bins * mel_frames; }
  /** Of the states of a window with as many samples of sound. */
  int64_t positions_of(int64_t sample_count) const {
    return actual_context ? (sample_count * state_positions + window_samples - 1) / window_samples : state_positions;
  }
  bool can_decode() const { return decoder_positions > 0; }
};

/** What one thread works with. Arguments have been checked against the facts by the C interface. */
class Session {
 public:
  virtual ~Session() = default;

  /** Bytes held now. */
  virtual int64_t bytes() const = 0;

  virtual void log_mel(std::span<const int16_t> samples, float *out_mel) = 0;

  /** mel: [windows][bins][frames]. sample_counts: of each window; of none, all are full. */
  virtual void encode(const Call &call, const float *mel, int32_t windows, std::span<const int64_t> sample_counts,
                      const StatesOut &out_states) = 0;

  virtual std::vector<DecodedWindow> decode(const Call &call, const StatesIn &states, int32_t windows,
                                            const DecodeOptions &options) = 0;

  /** states: of one window. language: as in DecodeOptions. */
  virtual std::vector<AlignedWord> align(const Call &call, const StatesIn &states, std::span<const int32_t> tokens,
                                         int64_t sample_count, std::string_view language) = 0;
};

/** How many windows are decoded together, and how their keys and values are kept. */
struct BatchOptions {
  int64_t windows = 16;
  std::string cache = "auto";  // auto, f32, bf16, int8
  bool word_times = true;      // whether what align needs is kept; else it is not called
};

/** Windows that one thread decodes together. Arguments have been checked by the C interface, whose functions these are. */
class Batch {
 public:
  virtual ~Batch() = default;

  virtual int64_t bytes() const = 0;
  virtual int64_t add(const Call &call, const StatesIn &states, int64_t positions, const DecodeOptions &options) = 0;
  virtual int64_t advance(const Call &call, std::span<int64_t> out_tickets) = 0;
  virtual DecodedWindow result(int64_t ticket) = 0;
  virtual DecodedWindow take(int64_t ticket) = 0;
  virtual void retry(int64_t ticket, const DecodeOptions &options) = 0;
  virtual void remove(int64_t ticket) = 0;
  virtual std::vector<AlignedWord> align(const Call &call, int64_t ticket, std::span<const int32_t> tokens,
                                         int64_t sample_count, std::string_view language) = 0;
};

/** An opened model folder on a back end. Immutable, used by any number of threads, and outlives its sessions. */
class Model {
 public:
  virtual ~Model() = default;

  virtual const ModelFacts &facts() const = 0;
  virtual std::unique_ptr<Session> open_session() const = 0;
  virtual std::unique_ptr<Batch> open_batch(const BatchOptions &options) const = 0;
  virtual std::vector<int32_t> tokens_of(std::string_view text) const = 0;
  virtual std::string text_of(std::span<const int32_t> tokens) const = 0;
  /** What the encoder's layers are computed on; null: this processor. */
  virtual DeviceEngine *device() const { return nullptr; }
};

}  // namespace amanuensis
