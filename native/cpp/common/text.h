#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace amanuensis {

/** The parts with the separator between them. */
std::string joined(const std::vector<std::string_view> &parts, std::string_view separator);
std::string joined(const std::vector<std::string> &parts, std::string_view separator);

}  // namespace amanuensis
