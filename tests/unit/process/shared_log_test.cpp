#include "process/shared_log.hpp"

#include "process/child_process.hpp"

#include <csignal>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace ravine {
namespace {

std::string text_of(const shared_log& log) {
  const auto bytes = log.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const std::byte> bytes_in(const std::string& text) { return std::as_bytes(std::span(text)); }

TEST(shared_log, keeps_what_a_process_wrote_before_it_was_killed) {
  shared_log log;
  child_process writer = child_process::fork([&] {
    log.append(bytes_in("one, "));
    log.append(bytes_in("two"));
    static_cast<void>(raise(SIGKILL));
  });
  EXPECT_EQ(writer.wait().signal, SIGKILL);
  EXPECT_EQ(text_of(log), "one, two");
  log.clear();
  EXPECT_EQ(text_of(log), "");
}

TEST(shared_log, takes_no_entry_after_one_that_found_no_room) {
  shared_log log;
  const std::string large(shared_log::capacity - 1, 'x');
  EXPECT_EQ(log.append(bytes_in(large)), shared_log::outcome::kept);
  EXPECT_EQ(log.append(bytes_in("yy")), shared_log::outcome::full);
  EXPECT_EQ(log.append(bytes_in("z")), shared_log::outcome::full) << "it would come before yy";
  EXPECT_EQ(text_of(log), large);
  log.clear();
  EXPECT_EQ(log.append(bytes_in("z")), shared_log::outcome::kept);
}

}  // namespace
}  // namespace ravine
