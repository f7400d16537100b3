#include "data/apart.hpp"

#include "data/shared_dataset.hpp"
#include "process/child_process.hpp"
#include "process/interrupt.hpp"
#include "unit/data/data_support.hpp"

#include <chrono>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

// Decoding happens in a process of its own, so that nothing in a file reaches this one.
namespace ravine {
namespace {

using testing::data_error_of;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string fault_of(const std::function<dataset_content()>& decode) {
  return data_error_of([&] { decode_apart("files", decode); });
}

/// `count` images of a kilobyte.
dataset_content kilobytes(std::size_t count) {
  dataset_content content;
  content.name = "kilobytes";
  content.shape = {1023};
  content.classes = 2;
  content.train.pixels.assign(count * 1023, 5);
  content.train.labels.assign(count, 1);
  return content;
}

/// Private memory of this process that is in use, in kilobytes.
std::int64_t private_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::stoll(line.substr(8));
  }
  throw std::runtime_error("no RssAnon");
}

TEST(decoding_apart, answers_what_was_decoded) {
  const pid_t parent = getpid();
  const dataset data = decode_apart("files", [&] {
    if (getpid() == parent) throw data_error("in the same process");
    dataset_content content = kilobytes(3);
    content.train.labels = {0, 1, 0};
    return content;
  });
  EXPECT_EQ(data.name, "kilobytes");
  EXPECT_THAT(data.train.labels, ::testing::ElementsAre(0, 1, 0));
  EXPECT_EQ(data.fingerprint, content_fingerprint(data));
}

TEST(decoding_apart, takes_no_private_memory_here) {
  decode_apart("files", [] { return kilobytes(1); });
  const std::int64_t before = private_memory();
  const dataset data = decode_apart("files", [] { return kilobytes(40'000); });
  EXPECT_LT(private_memory() - before, 2'000) << "for a data set of 40 MB";
  EXPECT_EQ(data.train.size(), 40'000U);
}

TEST(decoding_apart, passes_the_error_on) {
  EXPECT_EQ(fault_of([]() -> dataset_content { throw data_error("images: is short"); }), "images: is short");
  EXPECT_EQ(fault_of([]() -> dataset_content { throw std::runtime_error("odd"); }), "files: odd");
}

TEST(decoding_apart, survives_whatever_ends_the_process) {
  EXPECT_EQ(fault_of([]() -> dataset_content {
              std::signal(SIGSEGV, SIG_DFL);
              std::raise(SIGSEGV);
              return {};
            }),
            "files: the process that decodes the data was ended by SIGSEGV");
  EXPECT_EQ(fault_of([]() -> dataset_content {
              std::raise(SIGKILL);
              return {};
            }),
            "files: the process that decodes the data was ended by SIGKILL (was the machine out of memory?)");
  EXPECT_EQ(fault_of([]() -> dataset_content { _exit(7); }),
            "files: the process that decodes the data ended with status 7");
}

TEST(decoding_apart, refuses_what_makes_no_data_set) {
  EXPECT_THAT(fault_of([] {
                dataset_content content = kilobytes(3);
                content.train.labels[1] = 2;
                return content;
              }),
              HasSubstr("a label 2, expected 0 to 1"));
}

#ifndef RAVINE_SANITIZE_ADDRESS  // which ends the process where malloc would fail
TEST(decoding_apart, has_no_memory_without_end) {
  EXPECT_THAT(fault_of([]() -> dataset_content {
                const std::vector<char> huge(4 * most_dataset_bytes());
                return kilobytes(huge.size() > 1 ? 1 : 2);
              }),
              StartsWith("files: decoding takes more memory than"));
}
#endif

TEST(decoding_apart, is_interrupted_at_once) {
  const interrupt_watch watch;
  const child_process user = child_process::fork([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    kill(getppid(), SIGTERM);
    pause();
  });
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(fault_of([]() -> dataset_content {
              for (;;) pause();
            }),
            "files: loading the data was interrupted");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

TEST(decoding_apart, says_which_limit_of_the_system_is_too_low) {
  // In a process of its own: the limit can't be raised again.
  child_process limited = child_process::fork([] {
    const rlimit low{1000, 1000};
    setrlimit(RLIMIT_FSIZE, &low);
    const std::string fault = fault_of([] { return kilobytes(3); });
    _exit(fault == "a data set can't be kept in memory: File too large (see `ulimit -f`)" ? 0 : 1);
  });
  EXPECT_EQ(limited.wait().exit_code, 0);
}

}  // namespace
}  // namespace ravine
