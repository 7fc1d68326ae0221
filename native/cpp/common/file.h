#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace amanuensis {

/** A file mapped for reading. */
class MappedFile {
 public:
  /** Throws AM_ERROR_IO if the file is missing, unreadable or not a regular file. */
  explicit MappedFile(const std::string &path);
  MappedFile(MappedFile &&other) noexcept : data_(other.data_), size_(other.size_) { other.data_ = nullptr; }
  MappedFile(const MappedFile &) = delete;
  MappedFile &operator=(const MappedFile &) = delete;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return {static_cast<const std::byte *>(data_), size_}; }

 private:
  void *data_ = nullptr;
  size_t size_ = 0;
};

bool file_exists(const std::string &path);

/** The whole file. Throws AM_ERROR_IO, or AM_ERROR_MODEL above 256 MiB, which no settings or tokenizer file has. */
std::string read_text_file(const std::string &path);

}  // namespace amanuensis
