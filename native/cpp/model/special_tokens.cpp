#include "model/special_tokens.h"

#include <algorithm>

#include "common/error.h"

namespace amanuensis {
namespace {

int32_t found(const Vocabulary &vocabulary, const char *content) {
  const auto token = vocabulary.tokens.find(content);
  return token == vocabulary.tokens.end() ? -1 : token->second;
}

int32_t needed(const Vocabulary &vocabulary, const char *content) {
  const int32_t token = found(vocabulary, content);
  if (token < 0) {
    fail(AM_ERROR_MODEL, vocabulary.source, ": no token \"", content, "\" here or in the added tokens");
  }
  return token;
}

/** "<|en|>" to "en"; "" for a token that names no language. The codes have two or three letters: en, yue. */
std::string language_code(const std::string &content) {
  if (content.size() < 6 || content.size() > 7 || !content.starts_with("<|") || !content.ends_with("|>")) {
    return "";
  }
  const std::string code = content.substr(2, content.size() - 4);
  const bool letters = std::all_of(code.begin(), code.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return letters ? code : "";
}

bool is_multilingual(const SpecialTokens &special, const GenerationConfig &generation) {
  if (generation.is_multilingual) {
    return *generation.is_multilingual;
  }
  if (generation.forced_decoder_ids.empty()) {
    return !special.languages.empty();
  }
  return std::any_of(special.languages.begin(), special.languages.end(), [&](const auto &language) {
    const auto &forced = generation.forced_decoder_ids;
    return std::find(forced.begin(), forced.end(), language.second) != forced.end();
  });
}

}  // namespace

int32_t SpecialTokens::language(std::string_view code) const {
  const auto at =
      std::find_if(languages.begin(), languages.end(), [&](const auto &entry) { return entry.first == code; });
  return at == languages.end() ? -1 : at->second;
}

std::vector<int32_t> SpecialTokens::prompt(int32_t language_token, bool translate_task) const {
  if (!multilingual) {
    return {start_of_transcript};
  }
  return {start_of_transcript, language_token, translate_task ? translate : transcribe};
}

SpecialTokens find_special_tokens(const Vocabulary &vocabulary, const GenerationConfig &generation) {
  SpecialTokens special = {};
  special.end_of_text = needed(vocabulary, "<|endoftext|>");
  special.start_of_transcript = needed(vocabulary, "<|startoftranscript|>");
  special.no_timestamps = needed(vocabulary, "<|notimestamps|>");
  special.translate = found(vocabulary, "<|translate|>");
  special.transcribe = found(vocabulary, "<|transcribe|>");
  special.start_of_lm = found(vocabulary, "<|startoflm|>");
  special.start_of_prev = found(vocabulary, "<|startofprev|>");
  special.no_speech = std::max(found(vocabulary, "<|nospeech|>"), found(vocabulary, "<|nocaptions|>"));
  // Folders of early exports do not list the timestamps; they follow <|notimestamps|>.
  const int32_t first_timestamp = found(vocabulary, "<|0.00|>");
  special.timestamp_begin = first_timestamp >= 0 ? first_timestamp : special.no_timestamps + 1;
  for (size_t token = 0; token < vocabulary.contents.size(); ++token) {
    const std::string code = language_code(vocabulary.contents[token]);
    if (!code.empty()) {
      special.languages.emplace_back(code, static_cast<int32_t>(token));
    }
  }
  special.multilingual = is_multilingual(special, generation);
  if (special.multilingual && (special.languages.empty() || special.transcribe < 0 || special.translate < 0)) {
    fail(AM_ERROR_MODEL, vocabulary.source,
         ": a multilingual model needs language, <|transcribe|> and <|translate|> tokens");
  }
  if (!special.multilingual) {
    special.languages = {};
  }
  return special;
}

}  // namespace amanuensis
