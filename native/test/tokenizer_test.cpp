/* Byte-level BPE against Hugging Face's tokenizers and the regex package (data/make_tokenizer_goldens.py). */
#include "model/tokenizer.h"

#include "api.h"
#include "check.h"
#include "common/error.h"
#include "common/utf8.h"
#include "decode/symbols.h"
#include "model/pre_tokens.h"
#include "model/vocabulary.h"
#include "support.h"
#include "tiny_model.h"

namespace {

using amanuensis::Json;
using amanuensis::Tokenizer;

constexpr int64_t kVocabSize = 1278;

Json goldens() {
  const std::string path = std::string(AMANUENSIS_SOURCE_DIR) + "/test/data/tokenizer-goldens.json";
  return amanuensis::parse_json(support::read_file(path), path);
}

Tokenizer demo_tokenizer() {
  return Tokenizer(amanuensis::read_vocabulary(support::demo_model(), kVocabSize));
}

/** The demo model's tokenizer.json alone, without the three files it was made from. */
Tokenizer tokenizer_of_one_file() {
  const support::TemporaryFolder folder;
  folder.link("tokenizer.json", support::demo_model() + "/tokenizer.json");
  return Tokenizer(amanuensis::read_vocabulary(folder.path(), kVocabSize));
}

}  // namespace

TEST(texts_become_the_same_tokens) {
  const Tokenizer separate = demo_tokenizer(), whole = tokenizer_of_one_file();
  size_t count = 0;
  const Json all = goldens();
  for (const Json &row : *all.find("encoded")->array()) {
    const std::string text = support::text_of(row, "text");
    const auto expected = support::tokens_of(row, "tokens");
    if (separate.encode(text) != expected || whole.encode(text) != expected) {
      check::failed(__FILE__, __LINE__, "other tokens for \"", text, "\"");
    }
    CHECK_EQUAL(separate.decode(expected), text);
    ++count;
  }
  CHECK(count > 100);
}

TEST(texts_are_cut_into_the_same_pieces) {
  size_t count = 0;
  const Json all = goldens();
  for (const Json &row : *all.find("pieces")->array()) {
    const std::string text = support::text_of(row, "text");
    std::vector<std::string> expected;
    for (const Json &piece : *row.find("pieces")->array()) {
      expected.push_back(*piece.text());
    }
    const auto pieces = amanuensis::pre_tokens(text);
    if (!std::equal(pieces.begin(), pieces.end(), expected.begin(), expected.end())) {
      check::failed(__FILE__, __LINE__, "other pieces of \"", text, "\"");
    }
    count += expected.size();
  }
  CHECK(count > 1000);
}

TEST(special_tokens_have_no_text_and_come_from_no_text) {
  const Tokenizer tokenizer = demo_tokenizer();
  CHECK_EQUAL(tokenizer.decode(std::vector<int32_t>{769, 770, 777, 345, 1277, 768}),
              tokenizer.decode(std::vector<int32_t>{345}));
  for (const int32_t token : tokenizer.encode("<|endoftext|><|0.00|>")) {
    CHECK(tokenizer.is_text(token));
  }
}

TEST(timestamps_that_no_file_lists_are_no_text) {
  const support::TemporaryFolder folder;
  TinyModel().write(folder);
  const Tokenizer tokenizer(amanuensis::read_vocabulary(folder.path(), TinyModel::kVocabulary));
  CHECK(tokenizer.is_text(0) && tokenizer.is_text(257));
  for (int32_t token = TinyModel::kEndOfText; token < TinyModel::kVocabulary; ++token) {
    CHECK(!tokenizer.is_text(token));
  }
}

TEST(broken_characters_become_one_replacement_each) {
  // As Python decodes with errors="replace".
  CHECK_EQUAL(amanuensis::valid_utf8("a\xe4\xb8z"), "a\uFFFDz");
  CHECK_EQUAL(amanuensis::valid_utf8("\xe4\xb8"), "\uFFFD");
  CHECK_EQUAL(amanuensis::valid_utf8("\xf0\x9f\x98\x80\xff\xc0\xaf"), "😀\uFFFD\uFFFD\uFFFD");
  CHECK_EQUAL(amanuensis::valid_utf8("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");
}

TEST(a_long_run_takes_no_quadratic_time) {
  const auto tokens = demo_tokenizer().encode(std::string(300000, 'e'));
  CHECK(tokens.size() > 0 && tokens.size() <= 300000);
}

TEST(capacity_is_respected) {
  const auto model = api::open_model(support::demo_model());
  const auto order = api::tokens_of(model, " The order number");
  const auto needed = static_cast<int64_t>(order.size());
  std::vector<int32_t> tokens(static_cast<size_t>(needed - 1), -7);
  int64_t count = -7;
  CHECK_STATUS(am_model_tokens_of(model.get(), " The order number", tokens.data(), needed - 1, &count),
               AM_ERROR_CAPACITY, std::to_string(needed) + " are needed");
  CHECK(tokens == std::vector<int32_t>(tokens.size(), -7) && count == -7);
  char text[16] = "unchanged";
  CHECK_STATUS(am_model_text_of(model.get(), order.data(), needed, text, 16, &count), AM_ERROR_CAPACITY,
               "18 are needed");
  CHECK_EQUAL(std::string(text), "unchanged");
  char enough[18];
  CHECK_OK(am_model_text_of(model.get(), order.data(), needed, enough, 18, &count));
  CHECK_EQUAL(std::string(enough), " The order number");
  CHECK_EQUAL(count, 17);
}

TEST(symbols_are_single_tokens_of_the_vocabulary) {
  const Tokenizer tokenizer = demo_tokenizer();
  const auto symbols = amanuensis::symbol_tokens(tokenizer);
  const auto has = [&](const char *text) {
    return std::find(symbols.begin(), symbols.end(), tokenizer.encode(text).front()) != symbols.end();
  };
  CHECK(has("(") && has("[") && has("♪") && has(" -"));
  CHECK(!has("a") && !has(".") && !has(","));
}

TEST(a_vocabulary_that_is_not_byte_level_is_refused) {
  const support::TemporaryFolder folder;
  folder.write("vocab.json", "{\"a\": 0, \"b\": 1}");
  folder.write("merges.txt", "#version: 0.2\n");
  try {
    Tokenizer(amanuensis::read_vocabulary(folder.path(), 10));
    CHECK(false);
  } catch (const amanuensis::Error &error) {
    CHECK_EQUAL(error.status(), AM_ERROR_MODEL);
    CHECK(std::string(error.what()).find("no token for byte 0") != std::string::npos);
  }
}
