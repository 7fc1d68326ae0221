#pragma once

#include <string>

namespace npu_emulator {

/** The emulator's folder, from AMANUENSIS_NPU_EMULATOR, without a slash at its end; nothing: the emulator keeps out of
 * the way. */
const std::string &folder();

/**
 * The path that stands for one of /dev/accel or of /sys in the emulator's folder; of /sys only what the folder has. The
 * path itself, if none does.
 */
class Redirected {
 public:
  explicit Redirected(const char *path);
  const char *path() const { return path_; }
  operator const char *() const { return path_; }

 private:
  std::string mine_;
  const char *path_;
};

/** Takes the emulator's folder off the front of a resolved path, in place. */
void strip_folder(char *path);

/** The node, as its users name it. */
constexpr char kNode[] = "/dev/accel/accel0";

}  // namespace npu_emulator
