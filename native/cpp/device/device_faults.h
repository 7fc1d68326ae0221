#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amanuensis {

enum class FaultKind {
  kNone,        // opening finds no device
  kPermission,  // opening is refused
  kMemlock,     // opening cannot lock its memory
  kContexts,    // loading a program finds no free context
  kOverlay,     // loading a program finds no kernel
  kMemory,      // a buffer is refused
  kError,       // the run ends in an error
  kAbort,       // the run is aborted
  kTimeout,     // the device's watchdog ends the run
  kHang,        // the run never ends
  kLost,        // the device has gone
  kStale,       // the run ends well and gives the output of an earlier one
  kSilent,      // the run ends well and writes nothing
  kDrift,       // the run ends well and its numbers are wrong
  kSlow,        // the run takes `value` ms more
};

struct Fault {
  FaultKind kind;
  int64_t value;        // ms of slow
  int64_t first, last;  // runs, counted from 1; always: from 0
};

/**
 * What shall go wrong with an emulated device: a script by the numbers of runs, and a file that tests write and remove
 * while the device is in use, whose text is a script too and wins.
 *
 * Script: items divided by commas, kind[:value][@first[-[last]]]: "error@5,slow:200@10-20,lost@40-"; without numbers,
 * always. Faults of opening, loading and buffers count no runs.
 */
class DeviceFaults {
 public:
  /** Throws AM_ERROR_OPTION where a script is malformed. file: "" for none. */
  DeviceFaults(const std::string &script, std::string file);

  /** Whether there is a script or a file to look at. */
  bool any() const { return !script_.empty() || !file_.empty(); }

  /** The fault of a run of this number, if it has one. */
  std::optional<Fault> of_run(int64_t number) const;

  /** Whether a fault of this kind is on, whatever the run. Throws as the constructor, naming the file. */
  bool on(FaultKind kind, int64_t number) const;

 private:
  std::vector<Fault> now() const;

  std::vector<Fault> script_;
  std::string file_;
};

}  // namespace amanuensis
