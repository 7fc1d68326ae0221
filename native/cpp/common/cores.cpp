#include "common/cores.h"

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <exception>
#include <utility>

#include "common/error.h"

namespace amanuensis {
namespace {

/** How often a waiting caller looks whether its call was cancelled; am_call_cancel only sets a flag. */
constexpr std::chrono::milliseconds kLook{5};

int processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return std::clamp(count, 1, Cores::kMost);
}

int64_t thread_time_ns() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

inline void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

/** Waits by spinning, because a round often lasts microseconds; yields in case the awaited thread has no processor. */
template <typename Done>
void spin_until(Done done) {
  constexpr int kSpins = 2000;
  for (int spins = 0; !done(); ++spins) {
    if (spins < kSpins) {
      pause();
    } else {
      sched_yield();
    }
  }
}

}  // namespace

Cores &Cores::all() {
  // Never destroyed: at the end of a process, sessions may still be computing.
  static Cores *const cores = new Cores(processors());
  return *cores;
}

Cores::Cores(int count) : count_(count), free_(count) {}

Cores::~Cores() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  recruited_.notify_all();
  for (const auto &helper : helpers_) {
    helper->thread.join();
  }
}

void Cores::resize(int count) {
  const std::lock_guard lock(mutex_);
  free_ += count - count_;  // below zero until enough computations have ended
  count_ = count;
  grant();
}

int Cores::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

/** Wakes everybody when the first in line may go: the line is short. */
void Cores::grant() {
  if (free_ > 0 && !queue_.empty()) {
    granted_.notify_all();
  }
}

void Cores::acquire(const Call *call) {
  std::unique_lock lock(mutex_);
  if (free_ > 0 && queue_.empty()) {
    --free_;
    return;
  }
  const uint64_t ticket = next_ticket_++;
  queue_.push_back(ticket);
  waiting_.fetch_add(1, std::memory_order_relaxed);
  const auto leave = [&] {
    queue_.erase(std::find(queue_.begin(), queue_.end(), ticket));
    waiting_.fetch_sub(1, std::memory_order_relaxed);
  };
  while (free_ <= 0 || queue_.front() != ticket) {
    granted_.wait_for(lock, kLook);
    if (call) {
      try {
        call->check();
      } catch (...) {
        leave();
        grant();
        throw;
      }
    }
  }
  leave();
  --free_;
  grant();
}

void Cores::release(int permits) {
  const std::lock_guard lock(mutex_);
  free_ += permits;
  grant();
}

/** One that waits to be recruited, or a new one; null where the system gives no more threads. */
Cores::Helper *Cores::idle_helper() {
  const auto idle =
      std::find_if(helpers_.begin(), helpers_.end(), [](const auto &helper) { return helper->team == nullptr; });
  if (idle != helpers_.end()) {
    return idle->get();
  }
  try {
    auto made = std::make_unique<Helper>();
    helpers_.reserve(helpers_.size() + 1);
    made->thread = std::thread([this, helper = made.get()] { serve(*helper); });
    helpers_.push_back(std::move(made));
    return helpers_.back().get();
  } catch (const std::exception &) {
    return nullptr;  // a limit of threads or of memory: a team computes the same with fewer
  }
}

void Cores::recruit(Team &team) {
  const std::lock_guard lock(mutex_);
  while (free_ > 0 && queue_.empty() && team.members_ < team.most_) {
    Helper *const helper = idle_helper();
    if (!helper) {
      break;
    }
    helper->team = &team;
    helper->member = team.members_;
    --free_;
    ++team.helping_;
    ++team.members_;
  }
  recruited_.notify_all();
}

/** Ends the helpers' work for a team, and gives their permits back. */
void Cores::dismiss(Team &team) {
  team.round_.ended.store(true, std::memory_order_release);
  std::unique_lock lock(mutex_);
  left_.wait(lock, [&] { return team.helping_ == 0; });
  free_ += team.members_ - 1;
  team.members_ = 1;
  team.round_.ended.store(false, std::memory_order_relaxed);
  grant();
}

void Cores::serve(Helper &helper) {
  std::unique_lock lock(mutex_);
  while (true) {
    recruited_.wait(lock, [&] { return ending_ || helper.team != nullptr; });
    if (helper.team == nullptr) {
      return;
    }
    Team *team = helper.team;
    lock.unlock();
    team->help(helper.member, busy_ns_);
    lock.lock();
    helper.team = nullptr;
    if (--team->helping_ == 0) {
      left_.notify_all();
    }
  }
}

BesideTheBudget::BesideTheBudget() : begin_ns_(thread_time_ns()) {}

BesideTheBudget::~BesideTheBudget() {
  Cores::all().busy_ns_.fetch_add(thread_time_ns() - begin_ns_, std::memory_order_relaxed);
}

Team::Team(const Call *call, int most, Cores &cores) : cores_(cores), call_(call), most_(most), accounted_ns_(0) {
  cores_.acquire(call_);
  accounted_ns_ = thread_time_ns();
  cores_.recruit(*this);
}

Team::~Team() {
  if (members_ > 1) {
    cores_.dismiss(*this);
  }
  account();
  if (holds_permit_) {
    cores_.release(1);
  }
}

void Team::account() {
  const int64_t now = thread_time_ns();
  cores_.busy_ns_.fetch_add(now - accounted_ns_, std::memory_order_relaxed);
  accounted_ns_ = now;
}

void Team::checkpoint() {
  if (call_) {
    call_->check();
  }
  account();
  if (cores_.contended()) {
    if (members_ > 1) {
      cores_.dismiss(*this);
      return;
    }
    cores_.release(1);
    holds_permit_ = false;
    cores_.acquire(call_);
    holds_permit_ = true;
    return;
  }
  cores_.recruit(*this);
}

void Team::share(int64_t count, Run run, const void *body) {
  round_.run = run;
  round_.body = body;
  round_.count = count;
  round_.next.store(0, std::memory_order_relaxed);
  round_.at_work.store(1, std::memory_order_release);
  round_.number.fetch_add(1, std::memory_order_release);
  take_tasks(0);
  // A helper that has not joined by now finds no task left and must not join: see help().
  int alone = 1;
  spin_until([&] {
    alone = 1;
    return round_.at_work.compare_exchange_weak(alone, 0, std::memory_order_acq_rel);
  });
}

void Team::take_tasks(int member) {
  for (int64_t task = round_.next.fetch_add(1, std::memory_order_relaxed); task < round_.count;
       task = round_.next.fetch_add(1, std::memory_order_relaxed)) {
    round_.run(round_.body, task, member);
  }
}

/**
 * at_work counts the threads inside a round, the caller first; 0 means that no round is open. A helper joins by raising
 * it from a value above zero, so that it never touches a round that the caller has left.
 */
void Team::help(int member, std::atomic<int64_t> &busy_ns) {
  const int64_t begin_ns = thread_time_ns();
  uint64_t seen = 0;
  while (true) {
    uint64_t number = seen;
    spin_until([&] {
      number = round_.number.load(std::memory_order_acquire);
      return number != seen || round_.ended.load(std::memory_order_acquire);
    });
    if (number == seen) {
      break;
    }
    seen = number;
    int at_work = round_.at_work.load(std::memory_order_relaxed);
    while (at_work > 0 && !round_.at_work.compare_exchange_weak(at_work, at_work + 1, std::memory_order_acq_rel)) {
    }
    if (at_work > 0) {
      take_tasks(member);
      round_.at_work.fetch_sub(1, std::memory_order_acq_rel);
    }
  }
  busy_ns.fetch_add(thread_time_ns() - begin_ns, std::memory_order_relaxed);
}

}  // namespace amanuensis
