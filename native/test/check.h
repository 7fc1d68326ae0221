#pragma once

#include <functional>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

/** The tests' own harness: cases register themselves, checks record failures and go on, main runs all. */
namespace check {

struct Case {
  const char *name;
  void (*body)();
};

inline std::vector<Case> &cases() {
  static std::vector<Case> all;
  return all;
}

struct Registration {
  Registration(const char *name, void (*body)()) { cases().push_back({name, body}); }
};

struct Skip {
  std::string reason;
};

inline int failures = 0;

template <typename... Parts>
void failed(const char *file, int line, const Parts &...parts) {
  ++failures;
  (std::cerr << file << ":" << line << ": " << ... << parts) << std::endl;
}

template <typename A, typename B>
void equal(const char *file, int line, const char *what, const A &actual, const B &expected) {
  if (!(actual == expected)) {
    failed(file, line, what, " is ", actual, ", expected ", expected);
  }
}

template <typename A, typename B>
void at_most(const char *file, int line, const char *what, const A &actual, const B &bound) {
  if (!(actual <= bound)) {  // false for NaN as well
    failed(file, line, what, " is ", actual, ", allowed at most ", bound);
  }
}

constexpr int kSkipped = 77;

inline int run_all() {
  int skipped = 0;
  for (const Case &test : cases()) {
    const int before = failures;
    try {
      test.body();
      std::cout << (failures == before ? "pass  " : "FAIL  ") << test.name << std::endl;
    } catch (const Skip &skip) {
      ++skipped;
      std::cout << "skip  " << test.name << ": " << skip.reason << std::endl;
    } catch (const std::exception &error) {
      failed(test.name, 0, "exception: ", error.what());
    }
  }
  if (failures > 0) {
    return 1;
  }
  return skipped == static_cast<int>(cases().size()) && skipped > 0 ? kSkipped : 0;
}

}  // namespace check

#define TEST(name)                                                   \
  static void name();                                                \
  static const check::Registration registration_##name(#name, name); \
  static void name()

#define CHECK(condition) ((condition) ? void() : check::failed(__FILE__, __LINE__, #condition, " is false"))
#define CHECK_EQUAL(actual, expected) check::equal(__FILE__, __LINE__, #actual, actual, expected)
#define CHECK_AT_MOST(actual, bound) check::at_most(__FILE__, __LINE__, #actual, actual, bound)

/** The call returns the status, and where it is not AM_OK the message holds the words. */
#define CHECK_STATUS(call, status, words)                                                                          \
  do {                                                                                                             \
    const am_status got = (call);                                                                                  \
    if (got != (status) || ((status) != AM_OK && std::string(am_last_error()).find(words) == std::string::npos)) { \
      check::failed(__FILE__, __LINE__, #call, " gave status ", got, " (expected ", #status, "), last error \"",   \
                    am_last_error(), "\", expected to hold \"", words, "\"");                                      \
    }                                                                                                              \
  } while (0)
#define CHECK_OK(call) CHECK_STATUS(call, AM_OK, "")
