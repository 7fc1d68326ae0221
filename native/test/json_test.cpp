/* The JSON reader on what files hold and on garbage: a value or a clear error, never a crash. */
#include "common/json.h"

#include "check.h"
#include "common/error.h"
#include "support.h"

namespace {

using amanuensis::Json;

std::string fault_of(const std::string &text) {
  try {
    amanuensis::parse_json(text, "f.json");
    return "";
  } catch (const amanuensis::Error &error) {
    return error.what();
  }
}

}  // namespace

TEST(values_are_read) {
  const Json json =
      amanuensis::parse_json(" {\"a\": [1, -2.5e3, true, false, null, \"x\"], \"b\": {}, \"c\": null}\n", "f");
  const Json::Array &list = *json.find("a")->array();
  CHECK_EQUAL(list.size(), 6u);
  CHECK_EQUAL(*list[1].number(), -2500.0);
  CHECK(*list[2].boolean() && !*list[3].boolean() && list[4].is_null());
  CHECK_EQUAL(*list[5].text(), "x");
  CHECK(json.find("b")->object()->empty());
  CHECK(json.find("c") == nullptr && json.find("d") == nullptr);
}

TEST(escapes_are_read) {
  const auto text_of = [](const char *json) { return *amanuensis::parse_json(json, "f").text(); };
  CHECK_EQUAL(text_of(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  CHECK_EQUAL(text_of(R"("\u0120\u20ac\ud83d\ude00")"), "Ġ€😀");
  CHECK_EQUAL(text_of(R"("\ud83dx\udc00")"), "\uFFFDx\uFFFD");
  CHECK_EQUAL(text_of(R"("\u0000")"), std::string(1, '\0'));
}

TEST(garbage_is_an_error_with_a_place) {
  for (const char *text :
       {"",   " ",    "{",         "}",       "[",     "[1,]", "[1 2]", "{\"a\"}",  "{\"a\":}", "{\"a\":1,}", "{a:1}",
        "\"", "\"\\", "\"\\u12\"", "\"\\x\"", "tru",   "nul",  "nan",   "inf",      "-inf",     "+1",         "01",
        ".5", "1.",   "-",         "1e",      "1e999", "[]]",  "1 1",   "\"a\nb\"", "\x01",     "\xff"}) {
    CHECK(fault_of(text).starts_with("f.json: not JSON at byte "));
  }
  CHECK_EQUAL(fault_of("[1, x]"), "f.json: not JSON at byte 4: a value was expected");
}

TEST(deep_nesting_is_refused) {
  CHECK(fault_of(std::string(100000, '[')).find("too deeply") != std::string::npos);
  CHECK_EQUAL(fault_of(std::string(60, '[') + std::string(60, ']')), "");
}

TEST(mutations_of_a_real_file_never_crash) {
  constexpr unsigned kSeed = 5;
  const std::string original = support::read_file(support::demo_model() + "/generation_config.json");
  std::mt19937 random(kSeed);
  int faults = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = original;
    for (int change = 0; change < 3; ++change) {
      text[random() % text.size()] = static_cast<char>(random());
    }
    text.resize(text.size() - random() % 4);
    faults += fault_of(text).empty() ? 0 : 1;
  }
  CHECK(faults > 2000);
}

TEST(integers_are_whole_and_in_range) {
  int64_t value = 0;
  CHECK(Json(5.0).integer_in(0, 5, value) && value == 5);
  CHECK(!Json(5.5).integer_in(0, 9, value) && !Json(10.0).integer_in(0, 9, value) &&
        !Json(std::string("5")).integer_in(0, 9, value));
  CHECK(!Json(1e300).integer_in(0, INT64_MAX, value));
}
