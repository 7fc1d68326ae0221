#include "align/words.h"

#include <algorithm>

#include "common/utf8.h"

namespace amanuensis {
namespace {

constexpr std::string_view kWithoutBlanks[] = {"zh", "ja", "th", "lo", "my", "yue"};

// The marks that openai/whisper joins to the word after or before them, and the brackets of Chinese and Japanese.
constexpr std::string_view kBefore[] = {"\"", "'", "“", "¿", "(", "[", "{", "-", "「", "『", "（", "《", "【"};
constexpr std::string_view kAfter[] = {"\"", "'", ".", "。", ",",  "，", "!",  "！", "?",  "？", ":",  "：",
                                       "”",  ")", "]", "}",  "、", "」", "』", "）", "》", "】", "；", "…"};

template <size_t kCount>
bool contains(const std::string_view (&list)[kCount], std::string_view item) {
  return std::find(std::begin(list), std::end(list), item) != std::end(list);
}

/** Whether bytes end within a character, so that the next token may complete it. */
bool ends_within_character(std::string_view bytes) {
  while (!bytes.empty()) {
    const Utf8 first = first_of_utf8(bytes);
    if (first.cut_off) {
      return true;
    }
    bytes.remove_prefix(first.bytes);
  }
  return false;
}

/** The smallest runs of tokens that spell whole characters. */
std::vector<TokenWord> character_runs(const Tokenizer &tokenizer, std::span<const int32_t> tokens) {
  std::vector<TokenWord> runs;
  bool open = false;
  for (const int32_t token : tokens) {
    if (!open) {
      runs.push_back({"", 0});
    }
    runs.back().text += tokenizer.bytes_of(token);
    ++runs.back().tokens;
    open = ends_within_character(runs.back().text);
  }
  for (TokenWord &run : runs) {
    run.text = valid_utf8(run.text);
  }
  return runs;
}

void join(TokenWord &to, const TokenWord &from) {
  to.text += from.text;
  to.tokens += from.tokens;
}

std::vector<TokenWord> joined_at_blanks(const std::vector<TokenWord> &runs) {
  std::vector<TokenWord> words;
  for (const TokenWord &run : runs) {
    if (words.empty() || run.text.starts_with(' ')) {
      words.push_back(run);
    } else {
      join(words.back(), run);
    }
  }
  return words;
}

std::vector<TokenWord> joined_punctuation(const std::vector<TokenWord> &runs) {
  std::vector<TokenWord> words;
  bool opening = false;  // the last word so far is nothing but marks that belong to the next
  for (const TokenWord &run : runs) {
    const std::string_view mark = stripped(run.text);
    const bool closing = contains(kAfter, mark) || mark.empty();
    if (!words.empty() && (opening || closing)) {
      join(words.back(), run);
    } else {
      words.push_back(run);
    }
    opening = (words.size() == 1 || opening || !closing) && contains(kBefore, mark);
  }
  return words;
}

}  // namespace

std::vector<TokenWord> words_of(const Tokenizer &tokenizer, std::span<const int32_t> tokens,
                                std::string_view language) {
  const std::vector<TokenWord> runs = character_runs(tokenizer, tokens);
  return contains(kWithoutBlanks, language) ? joined_punctuation(runs) : joined_at_blanks(runs);
}

}  // namespace amanuensis
