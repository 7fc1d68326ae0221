/* The budget of cores: every task once, never more threads than permits, turns for those who wait, and ends of waiting. */
#include "common/cores.h"

#include <sys/resource.h>

#include <latch>
#include <numeric>

#include "check.h"
#include "common/error.h"

namespace {

using namespace amanuensis;

/** How many threads are inside at once, and the most there ever were. */
class Occupancy {
 public:
  void enter() {
    const int now = inside_.fetch_add(1) + 1;
    int most = most_.load();
    while (now > most && !most_.compare_exchange_weak(most, now)) {
    }
  }
  void leave() { inside_.fetch_sub(1); }
  int most() const { return most_.load(); }

 private:
  std::atomic<int> inside_{0}, most_{0};
};

/** Some work that the compiler cannot leave out. */
int64_t work(int64_t turns) {
  volatile int64_t sum = 0;
  for (int64_t i = 0; i < turns; ++i) {
    sum = sum + i;
  }
  return sum;
}

void each_task_once(Team &team, int64_t count) {
  std::vector<std::atomic<int>> done(static_cast<size_t>(count));
  std::atomic<bool> known{true};
  team.each(count, [&](int64_t task, int member) {
    done[static_cast<size_t>(task)].fetch_add(1);
    if (member < 0 || member >= team.members()) {
      known = false;
    }
  });
  CHECK(known);
  CHECK(std::all_of(done.begin(), done.end(), [](const auto &times) { return times == 1; }));
}

}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they take memory of their own as they go
/** First, while no ended thread has left a stack that another could have. */
TEST(where_the_system_gives_no_threads_a_team_has_fewer_members) {
  rlimit before;
  CHECK_EQUAL(getrlimit(RLIMIT_AS, &before), 0);
  Cores cores(3);
  {
    const rlimit none = {.rlim_cur = 1, .rlim_max = before.rlim_max};
    CHECK_EQUAL(setrlimit(RLIMIT_AS, &none), 0);
    Team team(nullptr, Cores::kMost, cores);
    team.checkpoint();
    CHECK_EQUAL(setrlimit(RLIMIT_AS, &before), 0);
    CHECK_EQUAL(team.members(), 1);
    each_task_once(team, 10);
    team.checkpoint();
    CHECK_EQUAL(team.members(), 3);
    each_task_once(team, 10);
  }
  const Team next(nullptr, Cores::kMost, cores);
  CHECK_EQUAL(next.members(), 3);
}
#endif

TEST(every_task_is_done_once_by_any_number_of_threads) {
  for (const int count : {1, 2, 3, 5}) {
    Cores cores(count);
    Team team(nullptr, Cores::kMost, cores);
    CHECK_EQUAL(team.members(), count);
    for (int64_t tasks = 0; tasks < 40; ++tasks) {
      each_task_once(team, tasks);
    }
    for (int round = 0; round < 2000; ++round) {
      std::atomic<int64_t> sum{0};
      team.each(7, [&](int64_t task, int) { sum.fetch_add(task); });
      CHECK_EQUAL(sum.load(), 21);
    }
  }
}

TEST(a_team_takes_no_more_members_than_it_may) {
  Cores cores(4);
  const Team alone(nullptr, 1, cores);
  CHECK_EQUAL(alone.members(), 1);
  const Team others(nullptr, Cores::kMost, cores);
  CHECK_EQUAL(others.members(), 3);
}

TEST(no_more_threads_compute_than_there_are_cores) {
  constexpr int kCallers = 5;
  Cores cores(2);
  Occupancy occupancy;
  std::latch ready(kCallers);
  std::vector<std::thread> callers;
  std::atomic<int64_t> tasks{0};
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&] {
      ready.arrive_and_wait();
      Team team(nullptr, Cores::kMost, cores);
      for (int layer = 0; layer < 50; ++layer) {
        team.checkpoint();
        team.each(4, [&](int64_t, int) {
          occupancy.enter();
          work(2000);
          tasks.fetch_add(1);
          occupancy.leave();
        });
      }
    });
  }
  for (std::thread &caller : callers) {
    caller.join();
  }
  CHECK_AT_MOST(occupancy.most(), 2);
  CHECK_EQUAL(tasks.load(), kCallers * 50 * 4);
  CHECK(cores.busy_ns() > 0);
}

TEST(who_waits_gets_a_turn_at_the_next_checkpoint) {
  Cores cores(1);
  Team first(nullptr, Cores::kMost, cores);
  std::atomic<bool> turn{false};
  std::thread other([&] {
    const Team second(nullptr, Cores::kMost, cores);
    turn = true;
  });
  while (!turn) {  // ends when a checkpoint has given the core away
    first.checkpoint();
  }
  other.join();
  each_task_once(first, 3);
}

TEST(helpers_go_where_somebody_waits_and_come_back) {
  Cores cores(3);
  Team first(nullptr, Cores::kMost, cores);
  CHECK_EQUAL(first.members(), 3);
  std::atomic<int> members_of_second{0};
  std::atomic<bool> go{false};
  std::thread other([&] {
    const Team second(nullptr, Cores::kMost, cores);
    members_of_second = second.members();
    while (!go) {
      std::this_thread::yield();
    }
  });
  while (members_of_second == 0) {
    first.checkpoint();
  }
  CHECK(members_of_second >= 1);
  CHECK_AT_MOST(first.members() + members_of_second, 3);
  go = true;
  other.join();
  first.checkpoint();
  CHECK_EQUAL(first.members(), 3);
  each_task_once(first, 10);
}

TEST(waiting_for_a_core_ends_with_the_deadline_and_with_cancellation) {
  Cores cores(1);
  {
    const Team busy(nullptr, Cores::kMost, cores);
    const auto status_of = [&](const Call &call) {
      try {
        const Team refused(&call, Cores::kMost, cores);
        return static_cast<am_status>(AM_OK);
      } catch (const Error &error) {
        return error.status();
      }
    };
    Call late;
    late.start(std::chrono::milliseconds(20));
    CHECK_EQUAL(status_of(late), static_cast<am_status>(AM_ERROR_DEADLINE));
    Call cancelled;
    cancelled.cancel();
    CHECK_EQUAL(status_of(cancelled), static_cast<am_status>(AM_ERROR_CANCELLED));
  }
  const Team next(nullptr, Cores::kMost, cores);  // those who gave up do not stand in the line
  CHECK_EQUAL(next.members(), 1);
}

TEST(a_cancelled_call_stops_at_its_checkpoint_and_gives_its_core_back) {
  Cores cores(1);
  Call call;
  try {
    Team team(&call, Cores::kMost, cores);
    call.cancel();
    team.checkpoint();
    CHECK(false);
  } catch (const Error &error) {
    CHECK_EQUAL(error.status(), static_cast<am_status>(AM_ERROR_CANCELLED));
  }
  const Team next(nullptr, Cores::kMost, cores);
  CHECK_EQUAL(next.members(), 1);
}

TEST(a_call_that_ends_while_it_gives_way_does_not_wait_for_a_core_again) {
  Cores cores(1);
  Call call;
  std::atomic<bool> told{false}, holds{false};
  std::thread other;
  {
    Team team(&call, Cores::kMost, cores);
    other = std::thread([&] {
      const Team second(nullptr, Cores::kMost, cores);
      holds = true;
      while (!told) {
        std::this_thread::yield();
      }
    });
    std::thread canceller([&] {
      while (!holds) {
        std::this_thread::yield();
      }
      call.cancel();
    });
    am_status status = AM_OK;
    try {
      while (true) {
        team.checkpoint();
      }
    } catch (const Error &error) {
      status = error.status();
    }
    CHECK_EQUAL(status, static_cast<am_status>(AM_ERROR_CANCELLED));
    canceller.join();
  }
  // Here the other has the core still: what would wait for it would wait for ever.
  told = true;
  other.join();
  const Team next(nullptr, Cores::kMost, cores);
  cores.resize(2);
  const Team beside(nullptr, Cores::kMost, cores);
  Call late;
  late.start(std::chrono::milliseconds(1));
  try {
    const Team third(&late, Cores::kMost, cores);
    CHECK(false);  // no core was given back twice
  } catch (const Error &error) {
    CHECK_EQUAL(error.status(), static_cast<am_status>(AM_ERROR_DEADLINE));
  }
}

TEST(a_budget_can_be_changed) {
  Cores cores(1);
  cores.resize(4);
  {
    const Team team(nullptr, Cores::kMost, cores);
    CHECK_EQUAL(team.members(), 4);
    cores.resize(2);
  }
  CHECK_EQUAL(cores.count(), 2);
  const Team team(nullptr, Cores::kMost, cores);
  CHECK_EQUAL(team.members(), 2);
}
