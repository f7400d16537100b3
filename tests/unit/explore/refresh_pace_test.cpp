#include "explore/refresh_pace.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace ravine {
namespace {

using namespace std::chrono_literals;

TEST(refresh_pace, lets_something_take_a_tenth_of_the_time) {
  refresh_pace pace;
  refresh_pace::clock::time_point now{}, working{};
  EXPECT_TRUE(pace.is_due(now)) << "the first time";
  // Asked ten times a second for an hour, of what takes 1.5 s each time.
  for (const auto end = now + 1h; now < end; now += 100ms) {
    if (!pace.is_due(now)) continue;
    pace.note(now, now + 1500ms);
    working += 1500ms;
    now += 1500ms;
  }
  EXPECT_LE(working.time_since_epoch(), 6min + 2s);
  EXPECT_GE(working.time_since_epoch(), 6min - 5s);
}

TEST(refresh_pace, holds_nothing_up_that_takes_no_time) {
  refresh_pace pace;
  const refresh_pace::clock::time_point began{};
  pace.note(began, began + 2ms);
  EXPECT_FALSE(pace.is_due(began + 10ms));
  EXPECT_TRUE(pace.is_due(began + 20ms));
}

}  // namespace
}  // namespace ravine
