#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "common/call.h"

namespace amanuensis {

class Team;

/**
 * The processor cores that a process lets this library use: as many permits as cores. Whoever computes holds one; a
 * lone computation borrows the idle ones through helpers, and gives them back as soon as somebody else waits. So the
 * number of threads that compute never exceeds the budget, however many sessions there are. Thread-safe.
 */
class Cores {
 public:
  /** The process's. Its first size: the processors this process may run on. */
  static Cores &all();

  explicit Cores(int count);
  ~Cores();
  Cores(const Cores &) = delete;
  Cores &operator=(const Cores &) = delete;

  /** 1 to kMost. Computations under way keep the cores they have. */
  void resize(int count);
  int count() const;

  /** Processor time that threads spent computing under this budget, ended and running computations together. */
  int64_t busy_ns() const { return busy_ns_.load(std::memory_order_relaxed); }

  static constexpr int kMost = 256;

 private:
  friend class Team;
  friend class BesideTheBudget;

  /** A thread that computes for whoever recruits it. */
  struct Helper {
    std::thread thread;
    Team *team = nullptr;  // guarded by mutex_
    int member = 0;
  };

  void acquire(const Call *call);
  void release(int permits);
  bool contended() const { return waiting_.load(std::memory_order_relaxed) > 0; }
  void recruit(Team &team);
  Helper *idle_helper();
  void dismiss(Team &team);
  void serve(Helper &helper);
  void grant();

  mutable std::mutex mutex_;
  std::condition_variable granted_, recruited_, left_;
  int count_, free_;
  uint64_t next_ticket_ = 0;
  std::deque<uint64_t> queue_;  // tickets that wait, first come first served
  std::atomic<int> waiting_{0};
  std::atomic<int64_t> busy_ns_{0};
  std::vector<std::unique_ptr<Helper>> helpers_;
  bool ending_ = false;
};

/**
 * Counts what its thread does while it lives as computing: for work too short to wait for a core. On the stack, and with no Team on
 * the same thread.
 */
class BesideTheBudget {
 public:
  BesideTheBudget();
  ~BesideTheBudget();
  BesideTheBudget(const BesideTheBudget &) = delete;
  BesideTheBudget &operator=(const BesideTheBudget &) = delete;

 private:
  int64_t begin_ns_;
};

/**
 * The threads that compute one native call: the caller and whatever helpers are idle. Made on the caller's stack, used
 * by the caller alone. Holds a permit as long as it lives, but where checkpoint() throws.
 */
class Team {
 public:
  /**
   * Waits for a permit, in the order of arrival. Throws as Call::check() does; a null call has no deadline.
   * most: members, the caller included.
   */
  explicit Team(const Call *call, int most = Cores::kMost, Cores &cores = Cores::all());
  ~Team();
  Team(const Team &) = delete;
  Team &operator=(const Team &) = delete;

  /** Between parts of the work: gives way to computations that wait, takes helpers that are idle. Throws as check(). */
  void checkpoint();

  /** Threads at work now, the caller included. */
  int members() const { return members_; }

  /**
   * body(task, member) once for every task below count, on any of the threads in any order; member is below members()
   * and tells the thread. body must not throw.
   */
  template <typename Body>
  void each(int64_t count, const Body &body) {
    if (members_ == 1 || count <= 1) {
      for (int64_t task = 0; task < count; ++task) {
        body(task, 0);
      }
      return;
    }
    share(count, [](const void *of, int64_t task, int member) { (*static_cast<const Body *>(of))(task, member); }, &body);
  }

 private:
  friend class Cores;
  using Run = void (*)(const void *body, int64_t task, int member);

  /** One round of tasks, or the end. Members see it by its number. */
  struct alignas(64) Round {
    std::atomic<uint64_t> number{0};
    std::atomic<bool> ended{false};
    Run run = nullptr;
    const void *body = nullptr;
    int64_t count = 0;
    alignas(64) std::atomic<int64_t> next{0};
    alignas(64) std::atomic<int> at_work{0};
  };

  void share(int64_t count, Run run, const void *body);
  void help(int member, std::atomic<int64_t> &busy_ns);
  void take_tasks(int member);
  void account();

  Cores &cores_;
  const Call *call_;
  const int most_;
  int members_ = 1;
  bool holds_permit_ = true;  // but for one whose call ended while it gave way
  int64_t accounted_ns_;
  Round round_;
  int helping_ = 0;  // guarded by cores_.mutex_
};

}  // namespace amanuensis
