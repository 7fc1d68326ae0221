#include "common/utf8.h"

#include "common/unicode.h"

namespace amanuensis {
namespace {

struct Lead {
  int length;               // bytes of the sequence; 0 if no sequence begins so
  unsigned char low, high;  // legal range of the second byte (Unicode standard, table 3-7)
};

Lead lead_of(unsigned char byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xc2 || byte > 0xf4) return {0, 0, 0};
  if (byte < 0xe0) return {2, 0x80, 0xbf};
  if (byte == 0xe0) return {3, 0xa0, 0xbf};
  if (byte == 0xed) return {3, 0x80, 0x9f};
  if (byte < 0xf0) return {3, 0x80, 0xbf};
  if (byte == 0xf0) return {4, 0x90, 0xbf};
  if (byte < 0xf4) return {4, 0x80, 0xbf};
  return {4, 0x80, 0x8f};
}

}  // namespace

void append_utf8(std::string &text, char32_t c) {
  const auto add = [&](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < 0x80) {
    add(c);
  } else if (c < 0x800) {
    add(0xc0 | c >> 6);
    add(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    add(0xe0 | c >> 12);
    add(0x80 | (c >> 6 & 0x3f));
    add(0x80 | (c & 0x3f));
  } else {
    add(0xf0 | c >> 18);
    add(0x80 | (c >> 12 & 0x3f));
    add(0x80 | (c >> 6 & 0x3f));
    add(0x80 | (c & 0x3f));
  }
}

Utf8 first_of_utf8(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const Lead lead = lead_of(byte(0));
  if (lead.length == 0) {
    return {kReplacement, 1, false, false};
  }
  if (lead.length == 1) {
    return {byte(0), 1, true, false};
  }
  const auto length = static_cast<size_t>(lead.length);
  char32_t code_point = byte(0) & (0x7f >> lead.length);
  for (size_t i = 1; i < length; ++i) {
    if (i == text.size()) {
      return {kReplacement, i, false, true};
    }
    const unsigned char low = i == 1 ? lead.low : 0x80, high = i == 1 ? lead.high : 0xbf;
    if (byte(i) < low || byte(i) > high) {
      return {kReplacement, i, false, false};
    }
    code_point = code_point << 6 | (byte(i) & 0x3f);
  }
  return {code_point, length, true, false};
}

std::string valid_utf8(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const Utf8 first = first_of_utf8(bytes);
    append_utf8(text, first.code_point);
    bytes.remove_prefix(first.bytes);
  }
  return text;
}

bool is_valid_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const Utf8 first = first_of_utf8(bytes);
    if (!first.valid) {
      return false;
    }
    bytes.remove_prefix(first.bytes);
  }
  return true;
}

std::string_view stripped(std::string_view text) {
  size_t begin = text.size(), end = 0;
  for (size_t at = 0; at < text.size();) {
    const Utf8 first = first_of_utf8(text.substr(at));
    if (!is_white_space(first.code_point)) {
      begin = begin < at ? begin : at;
      end = at + first.bytes;
    }
    at += first.bytes;
  }
  return begin < end ? text.substr(begin, end - begin) : std::string_view();
}

}  // namespace amanuensis
