#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "driver_interface.h"

namespace npu_emulator {

namespace {

constexpr uint64_t kPage = 4096;
/** Where the driver puts the heap in the device's address space, and how large it may grow. */
constexpr uint64_t kHeapAddress = 0x4000000;
constexpr uint64_t kMaxHeapBytes = uint64_t{512} << 20;

}  // namespace

Memory::~Memory() {
  for (const auto &[handle, buffer] : buffers_) {
    if (buffer.type != AMDXDNA_BO_DEV) {
      ::munmap(buffer.data, buffer.bytes);
    }
  }
}

int Memory::create(uint32_t type, uint64_t bytes, uint32_t *out_handle) {
  Buffer buffer;
  buffer.type = type;
  buffer.bytes = (bytes + kPage - 1) / kPage * kPage;
  if (buffer.bytes == 0) {
    return EINVAL;
  }
  int problem = EINVAL;
  switch (type) {
    case AMDXDNA_BO_SHARE:
      if (static_cast<int64_t>(shared_bytes() + buffer.bytes) > faults_.number("memory", INT64_MAX)) {
        return ENOMEM;
      }
      [[fallthrough]];
    case AMDXDNA_BO_CMD: problem = create_in_file(&buffer); break;
    case AMDXDNA_BO_DEV_HEAP:
      problem = heap_bytes_ + buffer.bytes > kMaxHeapBytes ? ENOSPC : create_in_file(&buffer);
      if (problem == 0) {
        buffer.device_address = kHeapAddress + heap_bytes_;
        heap_bytes_ += buffer.bytes;
      }
      break;
    case AMDXDNA_BO_DEV: problem = create_in_heap(&buffer); break;
  }
  if (problem == 0) {
    *out_handle = next_handle_++;
    buffers_.emplace(*out_handle, buffer);
  }
  return problem;
}

int Memory::create_in_file(Buffer *buffer) {
  if (::ftruncate(file_, static_cast<off_t>(file_bytes_ + buffer->bytes)) != 0) {
    return errno;
  }
  void *data =
      ::mmap(nullptr, buffer->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_, static_cast<off_t>(file_bytes_));
  if (data == MAP_FAILED) {
    return errno;
  }
  buffer->data = static_cast<unsigned char *>(data);
  buffer->file_offset = file_bytes_;
  buffer->device_address = next_address_;
  file_bytes_ += buffer->bytes;
  next_address_ += buffer->bytes + kPage;  // a gap, so that an address beyond a buffer belongs to none
  return 0;
}

/** The first gap of the heap that is long enough; EAGAIN asks for more heap. */
int Memory::create_in_heap(Buffer *buffer) {
  std::map<uint64_t, uint64_t> taken;
  for (const auto &[handle, other] : buffers_) {
    if (other.type == AMDXDNA_BO_DEV) {
      taken.emplace(other.device_address, other.bytes);
    }
  }
  for (const auto &[handle, heap] : buffers_) {
    if (heap.type != AMDXDNA_BO_DEV_HEAP) {
      continue;
    }
    uint64_t address = heap.device_address;
    for (const auto &[begin, bytes] : taken) {
      if (begin >= address + buffer->bytes) {
        break;
      }
      address = begin + bytes > address ? begin + bytes : address;
    }
    if (address + buffer->bytes <= heap.device_address + heap.bytes) {
      buffer->file_offset = AMDXDNA_INVALID_ADDR;
      buffer->device_address = address;
      buffer->data = heap.data + (address - heap.device_address);
      return 0;
    }
  }
  return EAGAIN;
}

int Memory::close(uint32_t handle) {
  const auto found = buffers_.find(handle);
  if (found == buffers_.end()) {
    return EINVAL;
  }
  const Buffer &buffer = found->second;
  if (buffer.type != AMDXDNA_BO_DEV) {
    ::munmap(buffer.data, buffer.bytes);
    ::fallocate(file_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(buffer.file_offset),
                static_cast<off_t>(buffer.bytes));
  }
  buffers_.erase(found);
  return 0;
}

const Buffer *Memory::find(uint32_t handle) const {
  const auto found = buffers_.find(handle);
  return found == buffers_.end() ? nullptr : &found->second;
}

unsigned char *Memory::at(uint64_t device_address, uint64_t bytes) const {
  for (const auto &[handle, buffer] : buffers_) {
    if (buffer.type != AMDXDNA_BO_DEV_HEAP && device_address >= buffer.device_address && bytes <= buffer.bytes &&
        device_address - buffer.device_address <= buffer.bytes - bytes) {
      return buffer.data + (device_address - buffer.device_address);
    }
  }
  return nullptr;
}

uint64_t Memory::shared_bytes() const {
  uint64_t sum = 0;
  for (const auto &[handle, buffer] : buffers_) {
    sum += buffer.type == AMDXDNA_BO_SHARE ? buffer.bytes : 0;
  }
  return sum;
}

}  // namespace npu_emulator
