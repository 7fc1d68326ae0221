#include "decode/symbols.h"

#include <set>
#include <string>

namespace amanuensis {

std::vector<int32_t> symbol_tokens(const Tokenizer &tokenizer) {
  const char *const single[] = {"\"",  "#",  "(",  ")",   "*",   "+",   "/",   ":",  ";",   "<",  "=",  ">",
                                "@",   "[",  "\\", "]",   "^",   "_",   "`",   "{",  "|",   "}",  "~",  "「",
                                "」",  "『", "』", "<<",  ">>",  "<<<", ">>>", "--", "---", "-(", "-[", "('",
                                "(\"", "((", "))", "(((", ")))", "[[",  "]]",  "{{", "}}",  "♪♪", "♪♪♪"};
  // Notes share their first bytes, so that their first token alone is enough.
  const char *const notes[] = {"♩", "♪", "♫", "♬", "♭", "♮", "♯"};
  std::set<int32_t> tokens = {tokenizer.encode(" -").front(), tokenizer.encode(" '").front()};
  const auto add = [&](const std::string &text, bool first_is_enough) {
    const std::vector<int32_t> encoded = tokenizer.encode(text);
    if (encoded.size() == 1 || first_is_enough) {
      tokens.insert(encoded.front());
    }
  };
  for (const char *symbol : single) {
    add(symbol, false);
    add(std::string(" ") + symbol, false);
  }
  for (const char *note : notes) {
    add(note, true);
    add(std::string(" ") + note, true);
  }
  return {tokens.begin(), tokens.end()};
}

}  // namespace amanuensis
