#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/vocabulary.h"

namespace amanuensis {

/** GPT-2's byte-level byte-pair encoding. Special tokens are never produced from text, whatever it spells. */
class Tokenizer {
 public:
  /** Throws AM_ERROR_MODEL if a byte has no token, or a merge names one that is not there. */
  explicit Tokenizer(const Vocabulary &vocabulary);

  std::vector<int32_t> encode(std::string_view text) const;

  /** The bytes of text tokens; others have none. They need not be whole characters. */
  const std::string &bytes_of(int32_t token) const { return bytes_[static_cast<size_t>(token)]; }

  /** False for special tokens and timestamps, whether or not the folder lists them. */
  bool is_text(int32_t token) const { return !bytes_of(token).empty(); }

  /** The text of tokens, special ones left out, broken characters as U+FFFD. */
  std::string decode(std::span<const int32_t> tokens) const;

 private:
  struct Merge {
    int32_t rank;
    int32_t token;  // that the pair becomes
  };

  static uint64_t pair_of(int32_t left, int32_t right) {
    return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
  }

  void read_merges(const Vocabulary &vocabulary);
  void append_piece(std::string_view piece, std::vector<int32_t> &tokens) const;

  std::array<int32_t, 256> token_of_byte_;
  std::vector<std::string> bytes_;
  std::unordered_map<uint64_t, Merge> merges_;
};

}  // namespace amanuensis
