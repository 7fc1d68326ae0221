#include "common/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "common/error.h"

namespace amanuensis {
namespace {

constexpr size_t kMostTextBytes = size_t{256} << 20;

[[noreturn]] void fail_with_errno(const std::string &path, const char *what) {
  const int number = errno;
  fail(AM_ERROR_IO, path, ": ", what, ": ", std::strerror(number));
}

class Descriptor {
 public:
  explicit Descriptor(const std::string &path) : number_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (number_ < 0) {
      fail_with_errno(path, "cannot be opened");
    }
  }
  Descriptor(const Descriptor &) = delete;
  Descriptor &operator=(const Descriptor &) = delete;
  ~Descriptor() { close(number_); }

  int number() const { return number_; }

 private:
  int number_;
};

}  // namespace

MappedFile::MappedFile(const std::string &path) {
  const Descriptor file(path);
  struct stat status = {};
  if (fstat(file.number(), &status) != 0) {
    fail_with_errno(path, "cannot be examined");
  }
  if (!S_ISREG(status.st_mode)) {
    fail(AM_ERROR_IO, path, ": not a regular file");
  }
  size_ = static_cast<size_t>(status.st_size);
  if (size_ == 0) {
    return;  // nothing to map
  }
  data_ = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (data_ == MAP_FAILED) {
    data_ = nullptr;
    fail_with_errno(path, "cannot be mapped");
  }
}

MappedFile::~MappedFile() {
  if (data_) {
    munmap(data_, size_);
  }
}

bool file_exists(const std::string &path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0;
}

std::string read_text_file(const std::string &path) {
  const MappedFile file(path);
  const auto bytes = file.bytes();
  if (bytes.size() > kMostTextBytes) {
    fail(AM_ERROR_MODEL, path, ": ", bytes.size(), " bytes are too many for a settings or tokenizer file");
  }
  return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

}  // namespace amanuensis
