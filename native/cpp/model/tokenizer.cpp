#include "model/tokenizer.h"

#include <functional>
#include <queue>
#include <tuple>

#include "common/error.h"
#include "common/utf8.h"
#include "model/pre_tokens.h"

namespace amanuensis {
namespace {

/** GPT-2 writes every byte as a printable character: itself where it is one, else the next from U+0100 on. */
std::array<char32_t, 256> byte_alphabet() {
  std::array<char32_t, 256> characters;
  char32_t next = 0x100;
  for (char32_t byte = 0; byte < 256; ++byte) {
    const bool printable = (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    characters[byte] = printable ? byte : next++;
  }
  return characters;
}

/** The bytes that a token's content stands for. False if a character is not of the alphabet. */
bool bytes_of_content(const std::unordered_map<char32_t, char> &bytes, std::string_view content, std::string &out) {
  while (!content.empty()) {
    const Utf8 first = first_of_utf8(content);
    const auto found = bytes.find(first.code_point);
    if (!first.valid || found == bytes.end()) {
      return false;
    }
    out += found->second;
    content.remove_prefix(first.bytes);
  }
  return true;
}

/** A pair of neighbours that can be merged. The best is the lowest rank, then the leftmost. */
struct Candidate {
  int32_t rank;
  size_t left;  // index of the left symbol
  int32_t left_token, right_token;

  bool operator>(const Candidate &other) const { return std::tie(rank, left) > std::tie(other.rank, other.left); }
};

}  // namespace

Tokenizer::Tokenizer(const Vocabulary &vocabulary) : bytes_(vocabulary.contents.size()) {
  const auto alphabet = byte_alphabet();
  std::unordered_map<char32_t, char> bytes;
  for (size_t byte = 0; byte < alphabet.size(); ++byte) {
    bytes[alphabet[byte]] = static_cast<char>(static_cast<unsigned char>(byte));
    std::string character;
    append_utf8(character, alphabet[byte]);
    const auto token = vocabulary.tokens.find(character);
    if (token == vocabulary.tokens.end()) {
      fail(AM_ERROR_MODEL, vocabulary.source, ": no token for byte ", byte, " (\"", character,
           "\"): not a byte-level tokenizer");
    }
    token_of_byte_[byte] = token->second;
  }
  for (size_t token = 0; token < bytes_.size(); ++token) {
    if (!vocabulary.added[token] && !bytes_of_content(bytes, vocabulary.contents[token], bytes_[token])) {
      fail(AM_ERROR_MODEL, vocabulary.source, ": token ", token, " \"", vocabulary.contents[token],
           "\" is not written in the byte alphabet");
    }
  }
  read_merges(vocabulary);
}

void Tokenizer::read_merges(const Vocabulary &vocabulary) {
  for (size_t rank = 0; rank < vocabulary.merges.size(); ++rank) {
    const auto &[left, right] = vocabulary.merges[rank];
    const auto left_token = vocabulary.tokens.find(left), right_token = vocabulary.tokens.find(right);
    const auto merged = vocabulary.tokens.find(left + right);
    if (left_token == vocabulary.tokens.end() || right_token == vocabulary.tokens.end() ||
        merged == vocabulary.tokens.end()) {
      fail(AM_ERROR_MODEL, vocabulary.source, ": merge ", rank + 1, " (\"", left, " ", right,
           "\") names a token that is not in the vocabulary");
    }
    merges_.emplace(pair_of(left_token->second, right_token->second),
                    Merge{static_cast<int32_t>(rank), merged->second});
  }
}

std::vector<int32_t> Tokenizer::encode(std::string_view text) const {
  const std::string valid = valid_utf8(text);
  std::vector<int32_t> tokens;
  for (const std::string_view piece : pre_tokens(valid)) {
    append_piece(piece, tokens);
  }
  return tokens;
}

/** Merges neighbours, best first. A symbol that was merged into its left neighbour has token -1. */
void Tokenizer::append_piece(std::string_view piece, std::vector<int32_t> &tokens) const {
  struct Symbol {
    int32_t token;
    size_t before, after;
  };
  std::vector<Symbol> symbols;
  for (size_t i = 0; i < piece.size(); ++i) {
    symbols.push_back({token_of_byte_[static_cast<unsigned char>(piece[i])], i - 1, i + 1});
  }
  std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> candidates;
  const auto consider = [&](size_t left) {
    if (left >= symbols.size() || symbols[left].after >= symbols.size()) {
      return;  // no left symbol (the index before 0 is the greatest), or no right one
    }
    const int32_t left_token = symbols[left].token, right_token = symbols[symbols[left].after].token;
    if (const auto merge = merges_.find(pair_of(left_token, right_token)); merge != merges_.end()) {
      candidates.push({merge->second.rank, left, left_token, right_token});
    }
  };
  for (size_t i = 0; i + 1 < symbols.size(); ++i) {
    consider(i);
  }
  while (!candidates.empty()) {
    const Candidate best = candidates.top();
    candidates.pop();
    Symbol &left = symbols[best.left];
    if (left.token != best.left_token || left.after >= symbols.size() ||
        symbols[left.after].token != best.right_token) {
      continue;  // one of the two has been merged since
    }
    Symbol &right = symbols[left.after];
    left.token = merges_.at(pair_of(best.left_token, best.right_token)).token;
    right.token = -1;
    left.after = right.after;
    if (left.after < symbols.size()) {
      symbols[left.after].before = best.left;
    }
    consider(left.before);
    consider(best.left);
  }
  for (const Symbol &symbol : symbols) {
    if (symbol.token >= 0) {
      tokens.push_back(symbol.token);
    }
  }
}

std::string Tokenizer::decode(std::span<const int32_t> tokens) const {
  std::string bytes;
  for (const int32_t token : tokens) {
    bytes += bytes_of(token);
  }
  return valid_utf8(bytes);
}

}  // namespace amanuensis
