#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace amanuensis {

/** A JSON value. Objects keep the order of the file; of equal keys the first counts. */
class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;

  Json() = default;
  template <typename T>
  explicit Json(T value) : value_(std::move(value)) {}

  /** Null if this is not of the type. */
  const bool *boolean() const { return std::get_if<bool>(&value_); }
  const double *number() const { return std::get_if<double>(&value_); }
  const std::string *text() const { return std::get_if<std::string>(&value_); }
  const Array *array() const { return std::get_if<Array>(&value_); }
  const Object *object() const { return std::get_if<Object>(&value_); }
  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }

  /** The member of an object; null if it is absent, is JSON's null, or this is not an object. */
  const Json *find(std::string_view key) const;

  /** The number if it is an integer of this range, else null; `out` receives it. */
  bool integer_in(int64_t least, int64_t most, int64_t &out) const;

 private:
  std::variant<std::monostate, bool, double, std::string, Array, Object> value_;
};

/** Parses a whole text. file: for messages. Throws AM_ERROR_MODEL with the place of a fault. */
Json parse_json(std::string_view text, const std::string &file);

}  // namespace amanuensis
