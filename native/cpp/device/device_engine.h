#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "common/call.h"
#include "device/device_settings.h"
#include "device/device_worker.h"

namespace amanuensis {

class DeviceMatrix;

/**
 * A device and the one thread that uses it. Products of any thread wait in a queue of bounded length. After a failure
 * the device is poisoned: every product fails until reset() has made it anew. Thread-safe.
 */
class DeviceEngine : public std::enable_shared_from_this<DeviceEngine> {
 public:
  /** The process's engine of these settings; opened if nobody has it. Throws what the device's opening does. */
  static std::shared_ptr<DeviceEngine> shared(const DeviceSettings &settings);

  explicit DeviceEngine(const DeviceSettings &settings);
  ~DeviceEngine();
  DeviceEngine(const DeviceEngine &) = delete;
  DeviceEngine &operator=(const DeviceEngine &) = delete;

  const am_device_facts &facts() const { return facts_; }
  /** npu; npu-emulated where no silicon computes. */
  const char *back_end() const;
  const Overlay &overlay() const { return overlay_; }

  /** Puts a matrix onto the device. The handle takes it off again. */
  std::shared_ptr<const DeviceMatrix> add(PackedTiles tiles);

  /**
   * work.out = work.in x matrix. Waits for its turn and for the result. Throws AM_ERROR_DEVICE_BUSY at once if the
   * queue is full, the failure of a run, and as Call::check() does; the work may then still be in use, and is not to be
   * touched again.
   */
  void multiply(const Call &call, const DeviceMatrix &matrix, const std::shared_ptr<DeviceWork> &work);

  /** Throws if the device is still unusable. */
  void reset();

  /** Answers of am_model_number: device-runs, device-resets, device-failures, device-poisoned, device-queue-depth,
   * device-modelled-ns. Throws AM_ERROR_ARGUMENT for another key. */
  int64_t number(std::string_view key) const;

 private:
  friend class DeviceMatrix;

  struct Job {
    std::function<void(DeviceWorker &)> body;
    bool is_product = false;
    bool done = false;
    std::exception_ptr failure;
    std::atomic<bool> abandoned{false};
  };

  void serve();
  std::shared_ptr<Job> post(std::function<void(DeviceWorker &)> body);
  void await(const std::shared_ptr<Job> &job, const char *what);
  void remove(int64_t id) noexcept;
  int64_t queue_depth() const;

  const DeviceSettings settings_;
  const Overlay overlay_;
  am_device_facts facts_{};
  DeviceCounters counters_;
  mutable std::mutex mutex_;
  std::condition_variable posted_, finished_;
  std::deque<std::shared_ptr<Job>> queue_;
  int64_t products_ = 0;  // in the queue
  int64_t next_id_ = 1;
  bool ending_ = false;
  std::thread thread_;
};

/** A matrix on a device. Keeps the device open. */
class DeviceMatrix {
 public:
  DeviceMatrix(std::shared_ptr<DeviceEngine> engine, int64_t id, int64_t depth, int64_t columns, int64_t bytes)
      : engine_(std::move(engine)), id_(id), depth_(depth), columns_(columns), bytes_(bytes) {}
  ~DeviceMatrix() { engine_->remove(id_); }
  DeviceMatrix(const DeviceMatrix &) = delete;
  DeviceMatrix &operator=(const DeviceMatrix &) = delete;

  int64_t id() const { return id_; }
  int64_t depth() const { return depth_; }
  int64_t columns() const { return columns_; }
  /** In memory of this process and of the device. */
  int64_t bytes() const { return bytes_; }

 private:
  std::shared_ptr<DeviceEngine> engine_;
  int64_t id_, depth_, columns_, bytes_;
};

}  // namespace amanuensis
