#include "trial/range_curve_bytes.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine {
namespace {

using ::testing::HasSubstr;

range_curve whole() {
  return {.points = {{1e-3, 2, 2}, {1e-2, std::nan(""), INFINITY}},
          .suggestion = 1e-3,
          .diverged_at = 1e-2,
          .fault = "a fault\n  and where",
          .steepest = 2e-3,
          .tenth_of_minimum = 3e-3,
          .tries = {{1e-4, 1}, {1e-3, INFINITY}},
          .refusal = "none"};
}

range_curve passed(const range_curve& curve) {
  byte_writer bytes;
  bytes << curve;
  return byte_reader(bytes.bytes()).get<range_curve>();
}

std::string refusal_of(const std::function<void(range_curve&)>& change) {
  range_curve curve = whole();
  change(curve);
  try {
    passed(curve);
    return "";
  } catch (const bytes_error& why) {
    return why.what();
  }
}

TEST(range_curve, arrives_as_it_was_sent) {
  const range_curve curve = passed(whole());
  ASSERT_EQ(curve.points.size(), 2U);
  EXPECT_EQ(curve.points[0], whole().points[0]);
  EXPECT_TRUE(std::isnan(curve.points[1].loss)) << "a loss may have any value";
  EXPECT_EQ(curve.suggestion, 1e-3);
  EXPECT_EQ(curve.diverged_at, 1e-2);
  EXPECT_EQ(curve.steepest, 2e-3);
  EXPECT_EQ(curve.tenth_of_minimum, 3e-3);
  EXPECT_EQ(curve.tries, whole().tries);
  EXPECT_EQ(curve.fault, whole().fault);
  EXPECT_EQ(curve.refusal, "none");
  EXPECT_EQ(passed({}).suggestion, std::nullopt);
}

TEST(range_curve, has_learning_rates_that_are_some) {
  for (const double lr : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    for (const std::function<void(range_curve&)>& change : {
             std::function<void(range_curve&)>([&](range_curve& of) { of.points[0].lr = lr; }),
             std::function<void(range_curve&)>([&](range_curve& of) { of.tries[1].lr = lr; }),
             std::function<void(range_curve&)>([&](range_curve& of) { of.suggestion = lr; }),
             std::function<void(range_curve&)>([&](range_curve& of) { of.diverged_at = lr; }),
             std::function<void(range_curve&)>([&](range_curve& of) { of.steepest = lr; }),
             std::function<void(range_curve&)>([&](range_curve& of) { of.tenth_of_minimum = lr; }),
         }) {
      EXPECT_THAT(refusal_of(change), HasSubstr("learning rate of"));
    }
  }
  EXPECT_THAT(refusal_of([](range_curve& of) { of.tries[1].lr = of.tries[0].lr; }), HasSubstr("order"));
}

TEST(range_curve, quotes_what_a_plugin_wrote_as_text) {
  range_curve curve;
  curve.fault = "\xff\x1b";
  curve.refusal = "\xfe";
  EXPECT_EQ(passed(curve).fault, "\\xff\\x1b");
  EXPECT_EQ(passed(curve).refusal, "\\xfe");
}

}  // namespace
}  // namespace ravine
