#pragma once

#include <string>
#include <string_view>

namespace amanuensis {

constexpr char32_t kReplacement = 0xfffd;

void append_utf8(std::string &text, char32_t code_point);

/** What stands at the beginning of a text. */
struct Utf8 {
  char32_t code_point;  // kReplacement if invalid
  size_t bytes;         // consumed; of an invalid sequence its longest valid beginning, at least 1
  bool valid;
  bool cut_off;  // invalid only because the text ends
};

/** text: not empty. */
Utf8 first_of_utf8(std::string_view text);

/** Every invalid sequence becomes one U+FFFD, as Python's errors="replace" does it. */
std::string valid_utf8(std::string_view bytes);

bool is_valid_utf8(std::string_view bytes);

/** Without white space (Unicode's) at both ends. text: valid UTF-8. */
std::string_view stripped(std::string_view text);

}  // namespace amanuensis
