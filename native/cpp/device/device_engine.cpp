#include "device/device_engine.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string_view>
#include <utility>

#include "common/error.h"

namespace amanuensis {
namespace {

/** How often a thread that waits for the device looks at its call. */
constexpr std::chrono::milliseconds kPoll(2);

/** What loading and resetting may take, with the products before them. */
constexpr std::chrono::seconds kMostWait(60);

Overlay overlay_of(const DeviceSettings &settings) {
  return settings.overlay.empty() ? built_in_overlay() : read_overlay(settings.overlay);
}

}  // namespace

std::shared_ptr<DeviceEngine> DeviceEngine::shared(const DeviceSettings &settings) {
  static auto *const mutex = new std::mutex;
  static auto *const engines = new std::map<std::string, std::weak_ptr<DeviceEngine>>;
  const std::lock_guard lock(*mutex);
  std::weak_ptr<DeviceEngine> &known = (*engines)[settings.key()];
  std::shared_ptr<DeviceEngine> engine = known.lock();
  if (!engine) {
    engine = std::make_shared<DeviceEngine>(settings);
    known = engine;
  }
  return engine;
}

DeviceEngine::DeviceEngine(const DeviceSettings &settings) : settings_(settings), overlay_(overlay_of(settings)) {
  const auto opened = std::make_shared<Job>();
  queue_.push_back(opened);
  thread_ = std::thread([this] { serve(); });
  try {
    await(opened, "opening the device");
  } catch (...) {
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    posted_.notify_all();
    thread_.join();
    throw;
  }
}

DeviceEngine::~DeviceEngine() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  posted_.notify_all();
  thread_.join();
}

/** The device lives on this thread's stack: nobody else can reach it. The first job is its opening. */
void DeviceEngine::serve() {
  std::unique_lock lock(mutex_);
  const std::shared_ptr<Job> opened = queue_.front();
  queue_.pop_front();
  std::unique_ptr<DeviceWorker> worker;
  lock.unlock();
  try {
    worker = std::make_unique<DeviceWorker>(settings_, overlay_, counters_);
    facts_ = worker->facts();
  } catch (...) {
    opened->failure = std::current_exception();
  }
  lock.lock();
  opened->done = true;
  finished_.notify_all();
  while (worker) {
    posted_.wait(lock, [&] { return ending_ || !queue_.empty(); });
    if (queue_.empty()) {
      return;
    }
    const std::shared_ptr<Job> job = queue_.front();
    queue_.pop_front();
    products_ -= job->is_product ? 1 : 0;
    lock.unlock();
    try {
      if (!job->abandoned) {
        job->body(*worker);
      }
    } catch (...) {
      job->failure = std::current_exception();
    }
    job->body = nullptr;  // what it holds goes while nothing is locked
    lock.lock();
    job->done = true;
    finished_.notify_all();
  }
}

const char *DeviceEngine::back_end() const {
  return settings_.device == "emulated" || std::strstr(facts_.name, "EMULATED") ? "npu-emulated" : "npu";
}

std::shared_ptr<DeviceEngine::Job> DeviceEngine::post(std::function<void(DeviceWorker &)> body) {
  auto job = std::make_shared<Job>();
  job->body = std::move(body);
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(job);
  }
  posted_.notify_all();
  return job;
}

void DeviceEngine::await(const std::shared_ptr<Job> &job, const char *what) {
  std::unique_lock lock(mutex_);
  if (!finished_.wait_for(lock, kMostWait, [&] { return job->done; })) {
    job->abandoned = true;
    fail(AM_ERROR_DEVICE_HOST_TIMEOUT, what, " did not end within ", kMostWait.count(), " s");
  }
  if (job->failure) {
    std::rethrow_exception(job->failure);
  }
}

std::shared_ptr<const DeviceMatrix> DeviceEngine::add(PackedTiles tiles) {
  int64_t id = 0;
  {
    const std::lock_guard lock(mutex_);
    id = next_id_++;
  }
  auto matrix = std::make_shared<const DeviceMatrix>(shared_from_this(), id, tiles.depth(), tiles.columns(),
                                                     2 * tiles.bytes());
  const auto shared = std::make_shared<PackedTiles>(std::move(tiles));
  await(post([id, shared](DeviceWorker &worker) { worker.add(id, std::move(*shared)); }),
        "putting weights onto the device");
  return matrix;
}

void DeviceEngine::remove(int64_t id) noexcept {
  try {
    post([id](DeviceWorker &worker) { worker.remove(id); });
  } catch (...) {  // no memory for the message: the matrix stays until the device is closed
  }
}

void DeviceEngine::multiply(const Call &call, const DeviceMatrix &matrix, const std::shared_ptr<DeviceWork> &work) {
  call.check();
  const auto job = std::make_shared<Job>();
  job->is_product = true;
  job->body = [id = matrix.id(), work, abandoned = &job->abandoned](DeviceWorker &worker) {
    worker.multiply(id, *work, *abandoned);
  };
  std::unique_lock lock(mutex_);
  if (products_ >= settings_.queue) {
    fail(AM_ERROR_DEVICE_BUSY, "the device's queue holds ", products_, " products, its limit (option device-queue)");
  }
  ++products_;
  queue_.push_back(job);
  posted_.notify_all();
  while (!finished_.wait_for(lock, kPoll, [&] { return job->done; })) {
    try {
      call.check();
    } catch (...) {
      job->abandoned = true;
      throw;
    }
  }
  if (job->failure) {
    std::rethrow_exception(job->failure);
  }
}

void DeviceEngine::reset() {
  await(post([](DeviceWorker &worker) { worker.reset(); }), "the device's reset");
}

int64_t DeviceEngine::number(std::string_view key) const {
  const std::pair<std::string_view, int64_t> numbers[] = {{"device-runs", counters_.runs},
                                                          {"device-resets", counters_.resets},
                                                          {"device-failures", counters_.failures},
                                                          {"device-poisoned", counters_.poisoned ? 1 : 0},
                                                          {"device-modelled-ns", counters_.modelled_ns},
                                                          {"device-queue-depth", queue_depth()}};
  std::string keys;
  for (const auto &[name, value] : numbers) {
    if (name == key) {
      return value;
    }
    keys += (keys.empty() ? "" : ", ") + std::string(name);
  }
  fail(AM_ERROR_ARGUMENT, "unknown key \"", key, "\"; legal: ", keys);
}

int64_t DeviceEngine::queue_depth() const {
  const std::lock_guard lock(mutex_);
  return products_;
}

}  // namespace amanuensis
