#include "common/text.h"

namespace amanuensis {
namespace {

template <typename Parts>
std::string join(const Parts &parts, std::string_view separator) {
  std::string whole;
  for (const auto &part : parts) {
    if (!whole.empty()) {
      whole += separator;
    }
    whole += part;
  }
  return whole;
}

}  // namespace

std::string joined(const std::vector<std::string_view> &parts, std::string_view separator) {
  return join(parts, separator);
}

std::string joined(const std::vector<std::string> &parts, std::string_view separator) {
  return join(parts, separator);
}

}  // namespace amanuensis
