#include "model/pre_tokens.h"

#include "common/unicode.h"
#include "common/utf8.h"

namespace amanuensis {
namespace {

enum class Class { kLetter, kNumber, kWhiteSpace, kOther };

Class class_of(char32_t c) {
  if (is_letter(c)) return Class::kLetter;
  if (is_number(c)) return Class::kNumber;
  if (is_white_space(c)) return Class::kWhiteSpace;
  return Class::kOther;
}

/** Bytes of the characters of one class that a text begins with. */
size_t run_length(std::string_view text, Class wanted) {
  size_t at = 0;
  while (at < text.size()) {
    const Utf8 first = first_of_utf8(text.substr(at));
    if (class_of(first.code_point) != wanted) {
      break;
    }
    at += first.bytes;
  }
  return at;
}

size_t contraction_length(std::string_view text) {
  for (const std::string_view contraction : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"}) {
    if (text.starts_with(contraction)) {
      return contraction.size();
    }
  }
  return 0;
}

/** Bytes of the last character. text: not empty. */
size_t last_character_length(std::string_view text) {
  size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[text.size() - length]) & 0xc0) == 0x80) {
    ++length;
  }
  return length;
}

size_t piece_length(std::string_view text) {
  if (const size_t contraction = contraction_length(text)) {
    return contraction;
  }
  const size_t blank = text.starts_with(' ') && text.size() > 1 ? 1 : 0;
  const Class first = class_of(first_of_utf8(text.substr(blank)).code_point);
  if (first != Class::kWhiteSpace) {
    return blank + run_length(text.substr(blank), first);
  }
  // White space before something else leaves its last character to the next piece, unless it has only one.
  const size_t spaces = run_length(text, Class::kWhiteSpace);
  const size_t last = last_character_length(text.substr(0, spaces));
  return spaces == text.size() || spaces == last ? spaces : spaces - last;
}

}  // namespace

std::vector<std::string_view> pre_tokens(std::string_view text) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const size_t length = piece_length(text);
    pieces.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return pieces;
}

}  // namespace amanuensis
