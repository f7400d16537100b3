#include "unit/plugin_support.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The schedule that follows a metric.
namespace ravine {
namespace {

using ::testing::ElementsAre;
using metrics = std::vector<double>;

class plateau {
 public:
  explicit plateau(const settings& with)
      : scheduler_(testing::shipped_plugins().get(component_kind::scheduler, "plateau"), with) {}

  double value(double base = 1) { return scheduler_.value(base, {sizeof(rv_progress), RV_UNIT_STEP, 0, 0}); }

  /// The value after each metric.
  std::vector<double> after(const metrics& seen) {
    std::vector<double> values;
    for (const double metric : seen) {
      scheduler_.observe(metric);
      values.push_back(value());
    }
    return values;
  }

  plugin_state& state() { return scheduler_.state(); }

 private:
  scheduler scheduler_;
};

settings with(std::int64_t patience, settings more = {}) {
  more.insert({{"factor", 0.5}, {"patience", patience}});
  return more;
}

TEST(plateau, begins_at_the_base_value) { EXPECT_EQ(plateau({}).value(0.3), 0.3); }

TEST(plateau, reduces_when_more_than_patience_evaluations_are_no_better) {
  EXPECT_THAT(plateau(with(2)).after({5, 5, 5, 5, 5, 5, 5}), ElementsAre(1, 1, 1, 0.5, 0.5, 0.5, 0.25));
  EXPECT_THAT(plateau(with(0)).after({5, 5, 5}), ElementsAre(1, 0.5, 0.25));
}

TEST(plateau, an_improvement_begins_the_count_anew) {
  EXPECT_THAT(plateau(with(1)).after({5, 5, 4, 4, 4}), ElementsAre(1, 1, 1, 1, 0.5));
}

TEST(plateau, an_improvement_below_the_threshold_does_not_count) {
  EXPECT_THAT(plateau(with(0, {{"threshold", 0.1}})).after({10, 9.1, 8.9, 8.1}),
              ElementsAre(1, 0.5, 0.5, 0.25));
  const setting absolute = std::string("absolute");
  EXPECT_THAT(plateau(with(0, {{"threshold", 0.5}, {"threshold_mode", absolute}})).after({10, 9.6, 9.4, 8.8}),
              ElementsAre(1, 0.5, 0.5, 0.5));
}

TEST(plateau, below_0_a_relative_improvement_is_one_of_the_size_of_the_best) {
  // -10 (1 - 0.1) would be -9: every metric below it, a worse one too, would count as better.
  EXPECT_THAT(plateau(with(0, {{"threshold", 0.1}})).after({-10, -9.5, -10, -10.9, -11.1, -12.1}),
              ElementsAre(1, 0.5, 0.25, 0.125, 0.125, 0.0625));
}

TEST(plateau, metrics_that_cross_0_go_on_improving) {
  EXPECT_THAT(plateau(with(0, {{"threshold", 0.1}})).after({1, 0, -1e-9, -1e-9, -1}),
              ElementsAre(1, 1, 1, 0.5, 0.5));
}

TEST(plateau, a_first_metric_above_0_is_an_improvement) {
  // State is zeroed: 0 must not pass for the best metric so far.
  EXPECT_THAT(plateau(with(0)).after({3}), ElementsAre(1));
}

TEST(plateau, rests_after_a_reduction) {
  EXPECT_THAT(plateau(with(0, {{"cooldown", std::int64_t{2}}})).after({5, 5, 5, 5, 5}),
              ElementsAre(1, 0.5, 0.5, 0.5, 0.25));
}

TEST(plateau, stops_at_its_floor_and_lifts_nothing_to_it) {
  plateau reduced(with(0, {{"floor", 0.3}}));
  EXPECT_THAT(reduced.after({5, 5, 5, 5}), ElementsAre(1, 0.5, 0.3, 0.3));
  EXPECT_EQ(reduced.value(0.2), 0.2);
}

TEST(plateau, goes_on_from_a_copy_of_its_state) {
  const settings impatient = with(1, {{"cooldown", std::int64_t{1}}});
  const metrics all{5, 5, 4, 4, 4, 4, 3.9, 4, 4, 4, 4, 4};
  const std::vector<double> unbroken = plateau(impatient).after(all);
  EXPECT_LT(unbroken.back(), 0.25);
  for (std::ptrdiff_t cut = 0; cut <= std::ssize(all); ++cut) {
    plateau before(impatient);
    before.after({all.begin(), all.begin() + cut});
    plateau resumed(impatient);
    for (std::size_t i = 0; i < before.state().arrays().size(); ++i) {
      *static_cast<double*>(resumed.state().pointers()[i]) =
          *static_cast<const double*>(before.state().pointers()[i]);
    }
    EXPECT_EQ(resumed.after({all.begin() + cut, all.end()}),
              std::vector<double>(unbroken.begin() + cut, unbroken.end()))
        << cut;
  }
}

}  // namespace
}  // namespace ravine
