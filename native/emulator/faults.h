#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace npu_emulator {

/** How a command ends. */
enum class Ending { kCompleted, kError, kAbort, kTimeout, kHang, kStale, kWrong };

/**
 * What goes wrong, as the file `faults` in the emulator's folder says at the moment. Words, with commas, blanks or line
 * ends between them; none, or no file, and all is well. It may be changed at any time.
 *
 *   error@5        the fifth command of this process ends in state ERROR; @5-7 the fifth to the seventh, @5- the fifth
 * and all after it; without @ every command that starts while the word stands abort timeout  the same with states ABORT
 * and TIMEOUT hang           the command never ends, and no later one of its context stale          state COMPLETED,
 * and nothing has been written wrong          state COMPLETED, and one element of the result is wrong lost every system
 * call fails with ENODEV; lost@5- from the fifth command on permission     the node cannot be opened: EACCES memlock no
 * buffer can be locked in memory: EAGAIN memory=BYTES   buffers take no more than that together: ENOMEM contexts=N no
 * more than N contexts: ENODEV, which is what the driver's partition solver says latency-us=N   how long a command
 * takes besides no-syncobj     contexts without a synchronisation object, as with older drivers: completion is waited
 * for by WAIT_CMD
 */
class Faults {
 public:
  explicit Faults(std::string path) : path_(std::move(path)) {}

  /** Of the command with this number, from 1. */
  Ending ending(int64_t command) const;
  /** next_command: the number that the next one will have. */
  bool lost(int64_t next_command) const;
  bool permission_denied() const { return covers("permission", 0); }
  bool locking_refused() const { return covers("memlock", 0); }
  bool without_syncobj() const { return covers("no-syncobj", 0); }
  /** The value of `key=`, or the other where it is not given. */
  int64_t number(std::string_view key, int64_t otherwise) const;

 private:
  std::vector<std::string> words() const;
  bool covers(std::string_view name, int64_t command) const;

  std::string path_;
};

}  // namespace npu_emulator
