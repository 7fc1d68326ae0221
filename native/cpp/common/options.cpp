#include "common/options.h"

#include <algorithm>
#include <charconv>

#include "common/error.h"
#include "common/text.h"

namespace amanuensis {
namespace {

const Options kNone;

bool contains(const std::vector<std::string_view> &list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace

OptionReader::OptionReader(const Options *options, const std::vector<std::string_view> &legal_keys)
    : options_(options ? options : &kNone) {
  for (const auto &[key, value] : *options_) {
    if (!contains(legal_keys, key)) {
      fail(AM_ERROR_OPTION, "unknown option \"", key,
           "\"; legal ones: ", legal_keys.empty() ? "none" : joined(legal_keys, ", "));
    }
  }
}

bool OptionReader::has(std::string_view key) const {
  return options_->find(key) != options_->end();
}

std::string OptionReader::text(std::string_view key, std::string_view fallback) const {
  const auto found = options_->find(key);
  return found == options_->end() ? std::string(fallback) : found->second;
}

std::string OptionReader::choice(std::string_view key, std::string_view fallback,
                                 const std::vector<std::string_view> &legal_values) const {
  std::string value = text(key, fallback);
  if (!contains(legal_values, value)) {
    fail(AM_ERROR_OPTION, "option \"", key, "\" is \"", value, "\"; legal: ", joined(legal_values, ", "));
  }
  return value;
}

int64_t OptionReader::integer(std::string_view key, int64_t fallback, int64_t least, int64_t most) const {
  const auto found = options_->find(key);
  if (found == options_->end()) {
    return fallback;
  }
  const std::string &value = found->second;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || number < least || number > most) {
    fail(AM_ERROR_OPTION, "option \"", key, "\" is \"", value, "\"; legal: an integer from ", least, " to ", most);
  }
  return number;
}

double OptionReader::number(std::string_view key, double fallback, double least, double most) const {
  const auto found = options_->find(key);
  if (found == options_->end()) {
    return fallback;
  }
  const std::string &value = found->second;
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || !(number >= least && number <= most)) {
    fail(AM_ERROR_OPTION, "option \"", key, "\" is \"", value, "\"; legal: a number from ", least, " to ", most);
  }
  return number;
}

}  // namespace amanuensis
