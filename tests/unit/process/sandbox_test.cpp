#include "process/sandbox.hpp"

#include "core/error.hpp"
#include "process/child_process.hpp"
#include "process/own_time.hpp"
#include "unit/unconfined.hpp"

#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

namespace ravine {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

volatile std::uintptr_t nowhere = 8;  // where compilers and sanitizers do not see it coming

TEST(sandbox, answers_what_its_job_answered) {
  EXPECT_EQ(in_sandbox([] { return std::string("an answer"); }, 10), "an answer");
  const std::string large(1 << 20U, 'x');
  EXPECT_EQ(in_sandbox([&] { return large; }, 10), large);
}

std::string refusal_of(const std::function<std::string()>& job, double seconds = 10) {
  try {
    in_sandbox(job, seconds);
  } catch (const error& problem) {
    return problem.what();
  }
  return "";
}

TEST(sandbox, tells_what_became_of_its_process) {
  EXPECT_EQ(refusal_of([]() -> std::string { throw error("thrown"); }), "thrown");
  EXPECT_EQ(refusal_of([]() -> std::string { std::raise(SIGKILL), std::abort(); }),
            "a plugin crashed: SIGKILL");
  EXPECT_EQ(refusal_of([]() -> std::string { std::_Exit(3); }), "a plugin ended the process with status 3");
  EXPECT_EQ(refusal_of([]() -> std::string { std::_Exit(0); }), "a plugin ended the process with status 0");
  EXPECT_EQ(refusal_of(
                []() -> std::string {
                  for (;;) pause();
                },
                0.05),
            "a plugin took longer than 0.05 s");
  EXPECT_EQ(refusal_of(
                []() -> std::string {
                  for (int descriptor = 3; descriptor < 1024; ++descriptor) close(descriptor);
                  for (;;) pause();
                },
                0.05),
            "a plugin took longer than 0.05 s")
      << "though its connection is closed";
  EXPECT_EQ(refusal_of([]() -> std::string { std::exit(3); }), "a plugin called exit(3)");
  const auto fault = []() -> std::string {
    return std::to_string(*reinterpret_cast<volatile int*>(nowhere));
  };
  EXPECT_THAT(refusal_of(fault), AllOf(HasSubstr("a plugin crashed: SIGSEGV"), Not(HasSubstr("\n"))));
}

/// What becomes of a job within limits.
sandbox_outcome outcome_of(const std::function<std::string()>& job, std::size_t memory = 0,
                           std::size_t answer = 1 << 20U) {
  return try_in_sandbox(job, {.time = std::chrono::seconds(10), .memory = memory, .answer = answer});
}

TEST(sandbox, bounds_memory) {
#if defined(RAVINE_SANITIZE_ADDRESS)
  GTEST_SKIP() << "the address sanitizer ends a process that has no more memory, where new would throw";
#endif
  constexpr std::size_t allowed = std::size_t{64} << 20U;
  const auto take = [](std::size_t bytes) {
    const std::vector<char> taken(bytes, 'x');
    return std::string(1, taken[bytes / 2]);
  };
  EXPECT_EQ(outcome_of([&] { return take(allowed / 2); }, allowed).text, "x");
  const sandbox_outcome beyond = outcome_of([&] { return take(2 * allowed); }, allowed);
  EXPECT_EQ(beyond.ended, sandbox_outcome::how::threw);
  EXPECT_EQ(beyond.text, "there was not enough memory");
}

TEST(sandbox, bounds_the_answer) {
  const auto answer = [](std::size_t bytes) { return std::string(bytes, 'x'); };
  EXPECT_EQ(outcome_of([&] { return answer(1 << 19U); }).text.size(), 1U << 19U);
  const sandbox_outcome beyond = outcome_of([&] { return answer(1 << 22U); });
  EXPECT_EQ(beyond.ended, sandbox_outcome::how::overflowed);
  EXPECT_EQ(failure_of(beyond), "a plugin answered more than 1 MiB");
  const auto write_without_end = []() -> std::string {
    for (;;) {
      if (write(3, "noise", 5) < 0) std::abort();
    }
  };
  EXPECT_EQ(outcome_of(write_without_end).ended, sandbox_outcome::how::overflowed);
}

TEST(sandbox, has_no_descriptor_of_its_parent) {
  const int ours = open("/dev/null", O_RDONLY);
  ASSERT_GE(ours, 0);
  const std::string open_ones = in_sandbox(
      [] {
        std::string found;
        for (int each = 0; each < 256; ++each) {
          if (fcntl(each, F_GETFD) >= 0) found += std::to_string(each) + ' ';
        }
        return found;
      },
      10);
  close(ours);
  EXPECT_EQ(open_ones, "0 1 2 3 ");
}

/// Whether there is such a process, and be it as a zombie.
bool is_there(pid_t process) { return kill(process, 0) == 0; }

TEST(sandbox, ends_with_its_children_and_does_not_wait_for_them) {
  const testing::unconfined all;  // or there would be none
  const auto began = std::chrono::steady_clock::now();
  const std::string child = in_sandbox(
      [] {
        const pid_t left = fork();
        if (left == 0) {
          for (;;) pause();
        }
        return std::to_string(left);
      },
      30);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10));
  const auto process = static_cast<pid_t>(std::stol(child));
  for (int i = 0; i < 1000 && is_there(process); ++i) usleep(10'000);  // it is no child of ours to wait for
  EXPECT_FALSE(is_there(process));
}

TEST(sandbox, sees_at_once_that_its_process_has_died) {
  const testing::unconfined all;
  // The connection stays open in the child's child, which has left the group.
  const auto began = std::chrono::steady_clock::now();
  const sandbox_outcome outcome = outcome_of([]() -> std::string {
    if (fork() == 0) {
      setsid();
      sleep(3);
      _exit(0);
    }
    usleep(100'000);
    std::raise(SIGKILL);
    return "";
  });
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
  EXPECT_EQ(outcome.ended, sandbox_outcome::how::crashed);
  EXPECT_EQ(outcome.signal, SIGKILL);
}

double processor_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

/// One processor for this process and its children, of which several take all that they get.
class busy_machine {
 public:
  busy_machine() {
    sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    sched_setaffinity(0, sizeof one, &one);
    for (child_process& each : others_) {
      each = child_process::fork([] {
        for (volatile bool is_running = true; is_running;) continue;
      });
    }
  }
  ~busy_machine() { sched_setaffinity(0, sizeof before_, &before_); }
  busy_machine(const busy_machine&) = delete;
  busy_machine& operator=(const busy_machine&) = delete;

 private:
  cpu_set_t before_{};
  std::array<child_process, 5> others_;
};

TEST(sandbox, does_not_count_the_time_that_others_have_the_processor) {
  const busy_machine here;
  const sandbox_outcome worked = try_in_sandbox(
      [] {
        while (processor_seconds() < 0.25) continue;  // two seconds by the clock
        return std::string("worked");
      },
      {.time = std::chrono::milliseconds(800)});
  EXPECT_EQ(worked.text, "worked");
  EXPECT_GT(worked.seconds.count(), 0.8) << "the others took nothing";
}

TEST(sandbox, ends_what_sleeps_or_loops_on_a_busy_machine) {
  const busy_machine here;
  const auto sleeps = []() -> std::string {
    for (;;) pause();
  };
  const auto loops = []() -> std::string {
    while (processor_seconds() < 1000) continue;
    return "";
  };
  EXPECT_EQ(refusal_of(sleeps, 0.2), "a plugin took longer than 0.2 s");
  EXPECT_EQ(refusal_of(loops, 0.2), "a plugin took longer than 0.2 s");
}

/// How much of the next fifth of a second a process that was started at `began` has for itself.
double own_share(const child_process& of, std::chrono::steady_clock::time_point began) {
  using clock = std::chrono::steady_clock;
  const clock::time_point now = clock::now();
  const auto before = own_time(of.id(), now - began);
  usleep(200'000);
  const clock::time_point then = clock::now();
  return (own_time(of.id(), then - began) - before) / (then - now);
}

TEST(own_time, is_that_of_sleeping_and_working_and_not_of_waiting) {
  const busy_machine here;
  const auto began = std::chrono::steady_clock::now();
  const child_process sleeping = child_process::fork([] { pause(); });
  const child_process working = child_process::fork([] {
    while (processor_seconds() < 1000) continue;
  });
  double asleep = 0, at_work = 1;
  for (int i = 0; i < 50 && asleep < 0.9; ++i)
    asleep = own_share(sleeping, began);  // it may wait to fall asleep
  for (int i = 0; i < 50 && at_work > 0.6; ++i) at_work = own_share(working, began);
  EXPECT_GE(asleep, 0.9);
  EXPECT_LE(at_work, 0.6) << "five others work beside it";
}

TEST(sandboxes, work_side_by_side_each_for_itself) {
  const std::vector<sandbox_outcome> outcomes = try_in_sandboxes(20,
                                                                 [](std::size_t i) -> std::string {
                                                                   if (i == 3) std::abort();
                                                                   return std::to_string(i * i);
                                                                 },
                                                                 {.time = std::chrono::seconds(10)});
  ASSERT_EQ(outcomes.size(), 20U);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (i == 3) {
      EXPECT_EQ(outcomes[i].ended, sandbox_outcome::how::crashed);
    } else {
      EXPECT_EQ(outcomes[i].text, std::to_string(i * i));
    }
  }
}

}  // namespace
}  // namespace ravine
