#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "faults.h"
#include "memory.h"
#include "packet.h"

namespace npu_emulator {

/**
 * The contexts of one opened device and the thread that executes their commands, one after the other. Functions return
 * an errno, 0 for success, and may be called by any thread. lock guards the memory too.
 */
class CommandQueue {
 public:
  CommandQueue(const Memory &memory, const Faults &faults, std::mutex &lock);
  /** Drops what has not been executed. */
  ~CommandQueue();

  int create_context(uint32_t *out_context);
  int destroy_context(uint32_t context);
  int configure(uint32_t context, Images images);
  int submit(uint32_t context, uint32_t command, uint64_t *out_sequence);
  /** deadline_ns: of the monotonic clock. ETIME when it has passed. */
  int wait(uint32_t context, uint64_t sequence, int64_t deadline_ns);
  bool lost() const;

 private:
  struct Context {
    Images images;
    uint64_t submitted = 0;
    uint64_t ended = 0;
    bool hung = false;
  };
  struct Command {
    std::shared_ptr<Context> context;
    uint64_t sequence = 0;
    Buffer buffer;
    int64_t number = 0;
  };

  std::shared_ptr<Context> find(uint32_t context) const;
  void execute_commands();

  const Memory &memory_;
  const Faults &faults_;
  std::mutex &lock_;
  std::condition_variable changed_;
  std::map<uint32_t, std::shared_ptr<Context>> contexts_;
  std::deque<Command> waiting_;
  uint32_t next_context_ = 1;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace npu_emulator
