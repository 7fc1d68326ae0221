#include "back_end/echo_text.h"

#include <algorithm>
#include <array>

#include "common/error.h"

namespace amanuensis::echo {
namespace {

/** Some words are not ASCII, so that whatever carries the text is seen to carry UTF-8. */
constexpr std::array<std::string_view, kWordCount> kWords = {
    "account",  "agent", "bill",   "café",  "call",   "cancel", "change",  "charge", "contract", "customer", "day",
    "delivery", "email", "für",    "good",  "help",   "hold",   "invoice", "line",   "meter",    "month",    "name",
    "number",   "order", "please", "price", "refund", "street", "thanks",  "today",  "wait",     "zürich"};

}  // namespace

std::string_view word(int32_t token) {
  return kWords[static_cast<size_t>(token)];
}

std::vector<int32_t> tokens_of(std::string_view text) {
  std::vector<int32_t> tokens;
  for (size_t at = text.find_first_not_of(' '); at != std::string_view::npos; at = text.find_first_not_of(' ', at)) {
    const size_t end = std::min(text.find(' ', at), text.size());
    const auto found = std::find(kWords.begin(), kWords.end(), text.substr(at, end - at));
    if (found == kWords.end()) {
      fail(AM_ERROR_ARGUMENT, "the echo back end has no token for \"", text.substr(at, end - at), "\"; its ",
           kWords.size(), " words are in echo_text.cpp");
    }
    tokens.push_back(static_cast<int32_t>(found - kWords.begin()));
    at = end;
  }
  return tokens;
}

std::string text_of(std::span<const int32_t> tokens) {
  std::string text;
  for (const int32_t token : tokens) {
    if (token < kWordCount) {
      text += text.empty() ? "" : " ";
      text += word(token);
    }
  }
  return text;
}

void Hash::add(const void *bytes, size_t count) {
  for (const auto *at = static_cast<const unsigned char *>(bytes); count > 0; ++at, --count) {
    value_ = (value_ ^ *at) * 0x100000001b3;
  }
}

}  // namespace amanuensis::echo
