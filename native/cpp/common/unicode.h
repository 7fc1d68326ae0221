#pragma once

namespace amanuensis {

/** Properties of code points as GPT-2's pre-tokenisation uses them: \p{L}, \p{N} and \s of Unicode 17.0. */
bool is_letter(char32_t code_point);
bool is_number(char32_t code_point);
bool is_white_space(char32_t code_point);

}  // namespace amanuensis
