#include "common/json.h"

#include <charconv>
#include <cmath>

#include "common/error.h"
#include "common/utf8.h"

namespace amanuensis {
namespace {

/** Deeper files are refused: the parser recurses. */
constexpr int kMostDepth = 64;

class Parser {
 public:
  Parser(std::string_view text, const std::string &file) : text_(text), file_(file) {}

  Json whole() {
    Json value = parse_value(0);
    skip_blanks();
    if (at_ != text_.size()) {
      fault("nothing more was expected");
    }
    return value;
  }

 private:
  [[noreturn]] void fault(const char *what) const {
    fail(AM_ERROR_MODEL, file_, ": not JSON at byte ", at_, ": ", what);
  }

  void skip_blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
      ++at_;
    }
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool taken(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) {
      return false;
    }
    at_ += word.size();
    return true;
  }

  Json parse_value(int depth) {
    if (depth > kMostDepth) {
      fault("nested too deeply");
    }
    skip_blanks();
    switch (peek()) {
      case '{': return parse_object(depth);
      case '[': return parse_array(depth);
      case '"': return Json(parse_text());
      case 't': return parse_word("true", Json(true));
      case 'f': return parse_word("false", Json(false));
      case 'n': return parse_word("null", Json());
      default: return parse_number();
    }
  }

  Json parse_word(std::string_view word, Json value) {
    if (!taken(word)) {
      fault("a value was expected");
    }
    return value;
  }

  /** JSON's grammar is narrower than from_chars: no inf, no nan, no leading zero or point. */
  Json parse_number() {
    const size_t digits = at_ + (peek() == '-' ? 1 : 0);
    const auto digit = [&](size_t place) { return place < text_.size() && text_[place] >= '0' && text_[place] <= '9'; };
    if (!digit(digits) || (text_[digits] == '0' && digit(digits + 1))) {
      fault("a value was expected");
    }
    double number = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
    if (error != std::errc() || end[-1] == '.') {
      fault("a number that cannot be read");
    }
    at_ = static_cast<size_t>(end - text_.data());
    return Json(number);
  }

  Json parse_array(int depth) {
    Json::Array items;
    ++at_;
    skip_blanks();
    if (taken("]")) {
      return Json(std::move(items));
    }
    do {
      items.push_back(parse_value(depth + 1));
      skip_blanks();
    } while (taken(","));
    if (!taken("]")) {
      fault("\",\" or \"]\" was expected");
    }
    return Json(std::move(items));
  }

  Json parse_object(int depth) {
    Json::Object members;
    ++at_;
    skip_blanks();
    if (taken("}")) {
      return Json(std::move(members));
    }
    do {
      skip_blanks();
      if (peek() != '"') {
        fault("a key was expected");
      }
      std::string key = parse_text();
      skip_blanks();
      if (!taken(":")) {
        fault("\":\" was expected");
      }
      members.emplace_back(std::move(key), parse_value(depth + 1));
      skip_blanks();
    } while (taken(","));
    if (!taken("}")) {
      fault("\",\" or \"}\" was expected");
    }
    return Json(std::move(members));
  }

  std::string parse_text() {
    std::string text;
    for (++at_; peek() != '"';) {
      if (at_ >= text_.size() || static_cast<unsigned char>(text_[at_]) < 0x20) {
        fault("a text without its end");
      }
      if (text_[at_] == '\\') {
        parse_escape(text);
      } else {
        text += text_[at_++];
      }
    }
    ++at_;
    return text;
  }

  void parse_escape(std::string &text) {
    ++at_;
    constexpr std::string_view kNames = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    const size_t found = kNames.find(peek());
    if (peek() != '\0' && found != std::string_view::npos) {
      text += kMeanings[found];
      ++at_;
    } else if (peek() == 'u') {
      append_utf8(text, parse_code_point());
    } else {
      fault("an unknown escape");
    }
  }

  /** \uXXXX, or two of them that are a surrogate pair; a surrogate alone becomes U+FFFD. */
  char32_t parse_code_point() {
    const char32_t first = parse_unit();
    if (first < 0xd800 || first > 0xdfff) {
      return first;
    }
    if (first < 0xdc00 && text_.substr(at_, 2) == "\\u") {
      ++at_;
      const char32_t second = parse_unit();
      if (second >= 0xdc00 && second <= 0xdfff) {
        return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
      }
    }
    return kReplacement;
  }

  char32_t parse_unit() {
    ++at_;
    uint32_t unit = 0;
    const char *first = text_.data() + at_;
    if (text_.size() - at_ < 4 || std::from_chars(first, first + 4, unit, 16).ptr != first + 4) {
      fault("four hexadecimal digits were expected");
    }
    at_ += 4;
    return unit;
  }

  std::string_view text_;
  const std::string &file_;
  size_t at_ = 0;
};

}  // namespace

const Json *Json::find(std::string_view key) const {
  if (const Object *members = object()) {
    for (const auto &[name, value] : *members) {
      if (name == key) {
        return value.is_null() ? nullptr : &value;
      }
    }
  }
  return nullptr;
}

bool Json::integer_in(int64_t least, int64_t most, int64_t &out) const {
  const double *value = number();
  if (!value || *value != std::floor(*value) || *value < static_cast<double>(least) ||
      *value > static_cast<double>(most)) {
    return false;
  }
  out = static_cast<int64_t>(*value);
  return true;
}

Json parse_json(std::string_view text, const std::string &file) {
  return Parser(text, file).whole();
}

}  // namespace amanuensis
