#include "device/device_faults.h"

#include <charconv>
#include <fstream>
#include <iterator>
#include <limits>
#include <utility>

#include "common/error.h"

namespace amanuensis {
namespace {

constexpr std::pair<std::string_view, FaultKind> kKinds[] = {
    {"none", FaultKind::kNone},       {"permission", FaultKind::kPermission},
    {"memlock", FaultKind::kMemlock}, {"contexts", FaultKind::kContexts},
    {"overlay", FaultKind::kOverlay}, {"memory", FaultKind::kMemory},
    {"error", FaultKind::kError},     {"abort", FaultKind::kAbort},
    {"timeout", FaultKind::kTimeout}, {"hang", FaultKind::kHang},
    {"lost", FaultKind::kLost},       {"stale", FaultKind::kStale},
    {"silent", FaultKind::kSilent},   {"drift", FaultKind::kDrift},
    {"slow", FaultKind::kSlow}};

constexpr int64_t kAlways = std::numeric_limits<int64_t>::max();

bool is_of_run(FaultKind kind) {
  return kind >= FaultKind::kError;
}

[[noreturn]] void refuse(std::string_view item, const std::string &source) {
  std::string kinds;
  for (const auto &[name, kind] : kKinds) {
    kinds += (kinds.empty() ? "" : ", ") + std::string(name);
  }
  fail(AM_ERROR_OPTION, source, ": \"", item,
       "\" is no fault; legal: kind, kind@run, kind@first-last, kind@first-; kinds: ",
       kinds, "; slow takes its milliseconds: slow:200@5");
}

int64_t number_in(std::string_view text, std::string_view item, const std::string &source) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1) {
    refuse(item, source);
  }
  return number;
}

/** Takes what follows a mark off the text; nothing if the mark is not there. */
std::optional<std::string_view> take_after(std::string_view &text, char mark) {
  const size_t at = text.find(mark);
  if (at == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = text.substr(at + 1);
  text = text.substr(0, at);
  return rest;
}

Fault parse_fault(std::string_view item, const std::string &source) {
  std::string_view name = item;
  const auto runs = take_after(name, '@');
  const auto value = take_after(name, ':');
  for (const auto &[legal, kind] : kKinds) {
    if (legal != name) {
      continue;
    }
    if ((kind == FaultKind::kSlow) != value.has_value()) {
      refuse(item, source);
    }
    Fault fault = {kind, value ? number_in(*value, item, source) : 0, 0, kAlways};
    if (runs) {
      std::string_view first = *runs;
      const auto last = take_after(first, '-');
      fault.first = number_in(first, item, source);
      fault.last = !last ? fault.first : last->empty() ? kAlways : number_in(*last, item, source);
    }
    return fault;
  }
  refuse(item, source);
}

std::vector<Fault> parse_script(std::string_view script, const std::string &source) {
  while (!script.empty() && (script.back() == '\n' || script.back() == ' ')) {
    script.remove_suffix(1);
  }
  std::vector<Fault> faults;
  for (std::optional<std::string_view> rest = script; rest && !script.empty();) {
    std::string_view item = *rest;
    rest = take_after(item, ',');
    faults.push_back(parse_fault(item, source));
  }
  return faults;
}

}  // namespace

DeviceFaults::DeviceFaults(const std::string &script, std::string file)
    : script_(parse_script(script, "option \"device-faults\"")), file_(std::move(file)) {}

std::vector<Fault> DeviceFaults::now() const {
  std::vector<Fault> faults;
  if (!file_.empty()) {
    std::ifstream stream(file_);  // absent: no faults but the script's
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    faults = parse_script(text, file_);
  }
  faults.insert(faults.end(), script_.begin(), script_.end());
  return faults;
}

std::optional<Fault> DeviceFaults::of_run(int64_t number) const {
  for (const Fault &fault : now()) {
    if (is_of_run(fault.kind) && number >= fault.first && number <= fault.last) {
      return fault;
    }
  }
  return {};
}

bool DeviceFaults::on(FaultKind kind, int64_t number) const {
  for (const Fault &fault : now()) {
    if (fault.kind == kind && number >= fault.first && number <= fault.last) {
      return true;
    }
  }
  return false;
}

}  // namespace amanuensis
