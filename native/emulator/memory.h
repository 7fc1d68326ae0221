#pragma once

#include <cstdint>
#include <map>

#include "faults.h"

namespace npu_emulator {

/** One buffer object. */
struct Buffer {
  uint32_t type = 0;         // AMDXDNA_BO_...
  uint64_t bytes = 0;        // whole pages
  uint64_t file_offset = 0;  // where mmap finds it; AMDXDNA_INVALID_ADDR if it lies in the heap
  uint64_t device_address = 0;
  unsigned char *data = nullptr;  // the emulator's own view
};

/**
 * The buffers of one opened device, in a file without a name: mmap of the descriptor that XRT holds then does what the
 * kernel would do, locking and its limits included. Functions return an errno, 0 for success. Not for two threads at
 * once.
 */
class Memory {
 public:
  /** Takes the descriptor; does not close it. */
  Memory(int file, const Faults &faults) : file_(file), faults_(faults) {}
  ~Memory();
  Memory(const Memory &) = delete;
  Memory &operator=(const Memory &) = delete;

  int create(uint32_t type, uint64_t bytes, uint32_t *out_handle);
  int close(uint32_t handle);
  /** Null: no such buffer. */
  const Buffer *find(uint32_t handle) const;
  /** The host's view of what the device sees at an address; null if not all of it lies in one buffer. */
  unsigned char *at(uint64_t device_address, uint64_t bytes) const;

 private:
  int create_in_file(Buffer *buffer);
  int create_in_heap(Buffer *buffer);
  uint64_t shared_bytes() const;

  int file_;
  const Faults &faults_;
  std::map<uint32_t, Buffer> buffers_;
  uint32_t next_handle_ = 1;
  uint64_t file_bytes_ = 0;
  uint64_t next_address_ = 0x100000000;
  uint64_t heap_bytes_ = 0;
};

}  // namespace npu_emulator
