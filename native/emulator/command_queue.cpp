#include "command_queue.h"

#include <errno.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace npu_emulator {

namespace {

/** Of this process, whatever device it opens and how often: what faults count. */
int64_t commands_submitted = 0;

int64_t now_ns() {
  timespec time;
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * int64_t{1000000000} + time.tv_nsec;
}

/** How often a wait looks whether the device has gone. */
constexpr int64_t kLookAgainNs = 20 * 1000000;

}  // namespace

CommandQueue::CommandQueue(const Memory &memory, const Faults &faults, std::mutex &lock)
    : memory_(memory), faults_(faults), lock_(lock), thread_([this] { execute_commands(); }) {}

CommandQueue::~CommandQueue() {
  {
    const std::lock_guard guard(lock_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool CommandQueue::lost() const {
  return faults_.lost(commands_submitted + 1);
}

int CommandQueue::create_context(uint32_t *out_context) {
  const std::lock_guard guard(lock_);
  if (static_cast<int64_t>(contexts_.size()) >= faults_.number("contexts", 16)) {
    return ENODEV;
  }
  *out_context = next_context_++;
  contexts_.emplace(*out_context, std::make_shared<Context>());
  return 0;
}

int CommandQueue::destroy_context(uint32_t handle) {
  const std::lock_guard guard(lock_);
  const std::shared_ptr<Context> context = find(handle);
  if (context == nullptr) {
    return EINVAL;
  }
  for (const Command &command : waiting_) {
    if (command.context == context) {
      abort_packet(command.buffer);
    }
  }
  std::erase_if(waiting_, [&](const Command &command) { return command.context == context; });
  context->ended = context->submitted;
  contexts_.erase(handle);
  changed_.notify_all();
  return 0;
}

int CommandQueue::configure(uint32_t handle, Images images) {
  const std::lock_guard guard(lock_);
  const std::shared_ptr<Context> context = find(handle);
  if (context == nullptr) {
    return EINVAL;
  }
  context->images = std::move(images);
  return 0;
}

int CommandQueue::submit(uint32_t handle, uint32_t command, uint64_t *out_sequence) {
  const std::lock_guard guard(lock_);
  const std::shared_ptr<Context> context = find(handle);
  const Buffer *buffer = memory_.find(command);
  if (context == nullptr || buffer == nullptr) {
    return EINVAL;
  }
  *out_sequence = ++context->submitted;
  waiting_.push_back({context, context->submitted, *buffer, ++commands_submitted});
  changed_.notify_all();
  return 0;
}

int CommandQueue::wait(uint32_t handle, uint64_t sequence, int64_t deadline_ns) {
  std::unique_lock guard(lock_);
  const std::shared_ptr<Context> context = find(handle);
  if (context == nullptr) {
    return EINVAL;
  }
  while (context->ended < sequence) {
    const int64_t left_ns = deadline_ns - now_ns();
    if (left_ns <= 0) {
      return ETIME;
    }
    if (lost()) {
      return ENODEV;
    }
    changed_.wait_for(guard, std::chrono::nanoseconds(std::min(left_ns, kLookAgainNs)));
  }
  return 0;
}

std::shared_ptr<CommandQueue::Context> CommandQueue::find(uint32_t context) const {
  const auto found = contexts_.find(context);
  return found == contexts_.end() ? nullptr : found->second;
}

void CommandQueue::execute_commands() {
  std::unique_lock guard(lock_);
  for (;;) {
    changed_.wait(guard, [this] { return stopped_ || !waiting_.empty(); });
    if (stopped_) {
      return;
    }
    const Command command = std::move(waiting_.front());
    waiting_.pop_front();
    const int64_t latency_us = faults_.number("latency-us", 0);
    if (latency_us > 0) {
      guard.unlock();
      std::this_thread::sleep_for(std::chrono::microseconds(latency_us));
      guard.lock();
    }
    const Ending ending = faults_.ending(command.number);
    Context &context = *command.context;
    context.hung = context.hung || ending == Ending::kHang;
    if (context.hung || context.ended >= command.sequence) {
      continue;
    }
    execute_packet(command.buffer, context.images, memory_, ending);
    context.ended = command.sequence;
    changed_.notify_all();
  }
}

}  // namespace npu_emulator
