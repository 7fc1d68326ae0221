#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace amanuensis {

/** The tokenizer files of a folder, before any meaning is given to them. */
struct Vocabulary {
  std::string source;                                       // for messages
  std::vector<std::string> contents;                        // by token; "" where no file names the token
  std::vector<bool> added;                                  // by token: special or timestamp, not text
  std::unordered_map<std::string, int32_t> tokens;          // by content
  std::vector<std::pair<std::string, std::string>> merges;  // best first
};

bool has_tokenizer(const std::string &folder);

/**
 * Reads vocab.json, merges.txt and added_tokens.json, or, where there is no vocab.json, tokenizer.json. Throws
 * AM_ERROR_IO or AM_ERROR_MODEL.
 */
Vocabulary read_vocabulary(const std::string &folder, int64_t vocab_size);

}  // namespace amanuensis
