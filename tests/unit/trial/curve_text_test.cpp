#include "trial/curve_text.hpp"

#include "core/byte_stream.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

// How curves are written.
namespace ravine {
namespace {

/// Numbers of all kinds, many of them missing.
std::vector<evaluation> random_curve() {
  std::mt19937_64 random(1);
  std::vector<evaluation> all(200);
  for (evaluation& each : all) {
    each.at = {random(), random(), 1.0 / 3, 5e-324, 1e308};
    for (const char* name : {"a", "b", "c"}) {
      if (random() % 4 != 0) each.metrics[name] = std::bit_cast<double>(random());
    }
  }
  all.push_back({{}, {{"a", -0.0}, {"b", -INFINITY}, {"\"", 1}}});
  return all;
}

TEST(curve_text, keeps_every_bit) {
  const std::vector<evaluation> all = random_curve();
  const std::vector<evaluation> back = from_curve_text(curve_metrics(all), curve_points(all));
  ASSERT_EQ(back.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(back[i].at, all[i].at);
    ASSERT_EQ(back[i].metrics.size(), all[i].metrics.size());
    for (const auto& [name, value] : all[i].metrics) {
      const double read = back[i].metrics.at(name);
      EXPECT_TRUE(std::bit_cast<std::uint64_t>(read) == std::bit_cast<std::uint64_t>(value) ||
                  (std::isnan(read) && std::isnan(value)))
          << value;
    }
  }
}

TEST(curve_text, is_that_of_its_evaluations) {
  const std::vector<evaluation> all = random_curve();
  EXPECT_NO_THROW(expect_curve_points(all, curve_points(all)));
  EXPECT_NO_THROW(expect_curve_points({}, curve_points({})));
}

TEST(curve_text, of_something_else_is_refused) {
  const std::vector<evaluation> two{{{}, {{"loss", 1}}}, {{1, 1, 0, 0.5, 0.25}, {{"gap", NAN}, {"loss", 2}}}};
  ASSERT_EQ(curve_points(two), R"([[0,0,0,0,0,null,1],[1,1,0,0.5,0.25,"nan",2]])");
  for (const char* other : {
           "",
           "[]",
           R"([[0,0,0,0,0,null,1]])",
           R"([[0,0,0,0,0,null,1],[1,1,0,0.5,0.25,"nan",2])",
           R"([[0,0,0,0,0,null,1],[1,1,0,0.5,0.25,"nan",2]] )",
           R"([[0,0,0,0,0,null,1],[1,1,0,0.5,0.25,"nan",2],[2,1,0,0.5,0.25,"nan",2]])",
           R"([[0,0,0,0,0,null,1],[2,1,0,0.5,0.25,"nan",2]])",
           R"([[0,0,0,0,0,null,1],[1,1,0,0.5,0.125,"nan",2]])",
           R"([[0,0,0,0,0,null,1],[1,1,0,0.5,0.25,"inf",2]])",
           R"([[0,0,0,0,0,null,1],[1,1,0,0.5,0.25,null,2]])",
           R"([[0,0,0,0,0,3,1],[1,1,0,0.5,0.25,"nan",2]])",
           R"([[0,0,0,0,0,null,1],[1,1,0,0.5,0.25,"nan",2e999]])",
           R"([[0,0,0,0,0,null,1],[1,1,0,0.5,0.25,"nan"]])",
           R"([[0,0,0,0,0,null,1],[1,1,0,0.5,0.25,"nan",2,3]])",
           R"([[0,0,0,0,0,null,1],[1,1,0,0.5,0.25,"nan",{}]])",
       }) {
    EXPECT_THROW(expect_curve_points(two, other), bytes_error) << other;
  }
}

}  // namespace
}  // namespace ravine
