#pragma once

#include <string_view>
#include <vector>

namespace amanuensis {

/**
 * Cuts a text into the pieces that byte-pair merges stay within, as GPT-2's expression does:
 * 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 * text: valid UTF-8. The pieces are views of it and cover it.
 */
std::vector<std::string_view> pre_tokens(std::string_view text);

}  // namespace amanuensis
