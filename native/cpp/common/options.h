#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace amanuensis {

/** Pairs of strings as they came through the C interface, unchecked. */
using Options = std::map<std::string, std::string, std::less<>>;

/** Reads options and names the legal ones when a key or a value is not. A null Options has no pairs. */
class OptionReader {
 public:
  /** Throws AM_ERROR_OPTION if a key is not among legal_keys. */
  OptionReader(const Options *options, const std::vector<std::string_view> &legal_keys);

  bool has(std::string_view key) const;

  /** The value, or the fallback where the key is absent. */
  std::string text(std::string_view key, std::string_view fallback) const;

  /** The same, for a value that must be one of legal_values. */
  std::string choice(std::string_view key, std::string_view fallback,
                     const std::vector<std::string_view> &legal_values) const;

  /** A decimal integer from least to most. */
  int64_t integer(std::string_view key, int64_t fallback, int64_t least, int64_t most) const;

  /** A decimal number from least to most, such as 0.2. */
  double number(std::string_view key, double fallback, double least, double most) const;

 private:
  const Options *options_;
};

}  // namespace amanuensis
