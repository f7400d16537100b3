#include "process/sandbox.hpp"

#include "core/error.hpp"

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
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

}  // namespace
}  // namespace ravine
