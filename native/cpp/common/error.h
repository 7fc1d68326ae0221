#pragma once

#include <exception>
#include <sstream>
#include <string>
#include <utility>

#include "amanuensis.h"

namespace amanuensis {

/** What every layer throws: a status of the C interface and a message that says what, where and what to do. */
class Error : public std::exception {
 public:
  Error(am_status status, std::string message) : status_(status), message_(std::move(message)) {}

  am_status status() const noexcept { return status_; }
  const char *what() const noexcept override { return message_.c_str(); }

 private:
  am_status status_;
  std::string message_;
};

/** Throws an Error whose message is the parts written one after the other. */
template <typename... Parts>
[[noreturn]] void fail(am_status status, const Parts &...parts) {
  std::ostringstream message;
  (message << ... << parts);
  throw Error(status, message.str());
}

}  // namespace amanuensis
