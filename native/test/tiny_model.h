#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "support.h"

/** A Whisper folder with small random weights and shapes unlike any real one, to be changed and written. */
struct TinyModel {
  struct StoredTensor {
    std::string dtype = "F32";
    std::vector<int64_t> shape;
    std::vector<float> values;  // stored as F32, F16 or BF16 after dtype; for F16 they must be exact
  };

  explicit TinyModel(unsigned seed = 1);

  /** Files by name, such as config.json; tensors go to model.safetensors, or to two shards with an index. */
  void write(const support::TemporaryFolder &folder, bool sharded = false) const;

  /** The bytes of a safetensors file. */
  static std::string safetensors(const std::map<std::string, StoredTensor> &tensors);

  /** Replaces text in a file of the folder; the text must be there. */
  void replace(const std::string &file, const std::string &from, const std::string &to);

  /** Stores every tensor as this dtype, after rounding the values to bfloat16, which all three types hold exactly. */
  void store_as(const std::string &dtype);

  std::map<std::string, StoredTensor> tensors;
  std::map<std::string, std::string> files;

  static constexpr int64_t kBins = 128, kWidth = 20, kFfn = 24, kPositions = 100, kTargetPositions = 24, kSeconds = 2;
  static constexpr int32_t kEndOfText = 258, kStart = 259, kGerman = 260, kJapanese = 261, kNoSpeech = 265,
                           kNoTimestamps = 266, kTimestampBegin = 267;
  static constexpr int64_t kVocabulary = kTimestampBegin + kPositions + 1;
};
