#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace amanuensis::echo {

/** The token ids of echo: its words first, then the special tokens and the timestamps. */
enum Token : int32_t {
  kWordCount = 32,
  kEndOfText = kWordCount,
  kStartOfTranscript,
  kEnglish,
  kGerman,
  kTranslate,
  kTranscribe,
  kNoSpeech,
  kNoTimestamps,
  kTimestampBegin,
};

std::string_view word(int32_t token);

/** Words of the list to their tokens. Throws AM_ERROR_ARGUMENT for any other word. */
std::vector<int32_t> tokens_of(std::string_view text);

/** Words with blanks between them; special and timestamp tokens are left out. */
std::string text_of(std::span<const int32_t> tokens);

/** FNV-1a, 64 bits. */
class Hash {
 public:
  void add(const void *bytes, size_t count);
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace amanuensis::echo
