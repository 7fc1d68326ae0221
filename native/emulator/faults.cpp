#include "faults.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace npu_emulator {

namespace {

/** A test that misspells a fault would otherwise pass without one. */
[[noreturn]] void reject(const std::string &word) {
  std::fprintf(stderr, "npu_emulator: not a fault: %s\n", word.c_str());
  std::_Exit(70);
}

int64_t parse_number(std::string_view digits, const std::string &word) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    reject(word);
  }
  return value;
}

std::string read_all(const std::string &path) {
  std::string text;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return text;
  }
  char part[512];
  for (ssize_t got = 0; (got = ::read(file, part, sizeof part)) > 0;) {
    text.append(part, static_cast<size_t>(got));
  }
  ::close(file);
  return text;
}

}  // namespace

std::vector<std::string> Faults::words() const {
  static constexpr std::string_view kBetween = ", \n";
  const std::string text = read_all(path_);
  std::vector<std::string> all;
  for (size_t begin = text.find_first_not_of(kBetween); begin != std::string::npos;) {
    const size_t end = text.find_first_of(kBetween, begin);
    all.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(kBetween, end);
  }
  static constexpr std::string_view kNames[] = {"error",    "abort",      "timeout",    "hang",    "stale",
                                                "wrong",    "lost",       "permission", "memlock", "memory",
                                                "contexts", "latency-us", "no-syncobj"};
  for (const std::string &word : all) {
    bool known = false;
    for (const std::string_view name : kNames) {
      known = known || word.substr(0, word.find_first_of("@=")) == name;
    }
    if (!known) {
      reject(word);
    }
  }
  return all;
}

bool Faults::covers(std::string_view name, int64_t command) const {
  for (const std::string &word : words()) {
    const size_t at = word.find('@');
    if (std::string_view(word).substr(0, at) != name) {
      continue;
    }
    if (at == std::string::npos) {
      return true;
    }
    const std::string_view range = std::string_view(word).substr(at + 1);
    const size_t dash = range.find('-');
    const int64_t first = parse_number(range.substr(0, dash), word);
    const bool open_ended = dash != std::string_view::npos && dash + 1 == range.size();
    const int64_t last = dash == std::string_view::npos ? first
                         : open_ended                   ? INT64_MAX
                                                        : parse_number(range.substr(dash + 1), word);
    if (command >= first && command <= last) {
      return true;
    }
  }
  return false;
}

Ending Faults::ending(int64_t command) const {
  static constexpr std::pair<std::string_view, Ending> kEndings[] = {
      {"error", Ending::kError}, {"abort", Ending::kAbort}, {"timeout", Ending::kTimeout},
      {"hang", Ending::kHang},   {"stale", Ending::kStale}, {"wrong", Ending::kWrong}};
  for (const auto &[name, ending] : kEndings) {
    if (covers(name, command)) {
      return ending;
    }
  }
  return Ending::kCompleted;
}

bool Faults::lost(int64_t next_command) const {
  return covers("lost", next_command);
}

int64_t Faults::number(std::string_view key, int64_t otherwise) const {
  for (const std::string &word : words()) {
    const size_t equals = word.find('=');
    if (equals != std::string::npos && std::string_view(word).substr(0, equals) == key) {
      return parse_number(std::string_view(word).substr(equals + 1), word);
    }
  }
  return otherwise;
}

}  // namespace npu_emulator
