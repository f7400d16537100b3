#include "plugin_support.hpp"

#include <cmath>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

// The worked values of each schedule.
namespace ravine {
namespace {

constexpr double endless = std::numeric_limits<double>::infinity();

class schedule {
 public:
  explicit schedule(const char* id, const settings& with = {})
      : scheduler_(testing::shipped_plugins().get(component_kind::scheduler, id), with) {}

  double at(double t, double total = endless, double base = 0.1) {
    return scheduler_.value(base, {sizeof(rv_progress), RV_UNIT_EPOCH, t, total});
  }

 private:
  scheduler scheduler_;
};

TEST(schedulers, constant_is_the_base_value_times_a_factor) {
  EXPECT_EQ(schedule("constant").at(0), 0.1);
  EXPECT_EQ(schedule("constant").at(1e6), 0.1);
  EXPECT_DOUBLE_EQ(schedule("constant", {{"factor", 0.25}}).at(7, 10), 0.025);
}

TEST(schedulers, step_decay_halves_every_10) {
  schedule decay("step_decay");
  for (const double t : {0.0, 5.0, 9.0, 9.999}) EXPECT_DOUBLE_EQ(decay.at(t), 0.1) << t;
  for (const double t : {10.0, 19.0}) EXPECT_DOUBLE_EQ(decay.at(t), 0.05) << t;
  for (const double t : {20.0, 29.0}) EXPECT_DOUBLE_EQ(decay.at(t), 0.025) << t;
  EXPECT_DOUBLE_EQ(decay.at(100), 0.1 * std::pow(0.5, 10));
}

TEST(schedulers, step_decay_takes_another_factor_and_distance) {
  schedule decay("step_decay", {{"gamma", 0.1}, {"every", std::int64_t{3}}});
  EXPECT_DOUBLE_EQ(decay.at(2), 0.1);
  EXPECT_DOUBLE_EQ(decay.at(3), 0.01);
  EXPECT_DOUBLE_EQ(decay.at(6), 0.001);
}

TEST(schedulers, step_decay_drops_at_milestones) {
  schedule decay("step_decay", {{"gamma", 0.1}, {"milestones", std::vector<std::int64_t>{4, 6}}});
  EXPECT_DOUBLE_EQ(decay.at(3), 0.1);
  EXPECT_DOUBLE_EQ(decay.at(4), 0.01);
  EXPECT_DOUBLE_EQ(decay.at(5), 0.01);
  EXPECT_DOUBLE_EQ(decay.at(6), 0.001);
  EXPECT_DOUBLE_EQ(decay.at(60), 0.001);
}

TEST(schedulers, cosine_falls_from_the_base_value_to_its_floor) {
  schedule cosine("cosine", {{"min", 0.02}});
  EXPECT_DOUBLE_EQ(cosine.at(0, 10), 0.1);
  EXPECT_DOUBLE_EQ(cosine.at(5, 10), 0.06);
  EXPECT_DOUBLE_EQ(cosine.at(2.5, 10), 0.02 + 0.04 * (1 + std::sqrt(0.5)));
  EXPECT_DOUBLE_EQ(cosine.at(10, 10), 0.02);
  EXPECT_DOUBLE_EQ(cosine.at(15, 10), 0.02) << "it does not rise again";
  EXPECT_NEAR(schedule("cosine").at(10, 10), 0, 1e-17);
}

TEST(schedulers, warmup_grows_linearly) {
  schedule warmup("warmup");
  EXPECT_DOUBLE_EQ(warmup.at(0, 4), 0);
  EXPECT_DOUBLE_EQ(warmup.at(1, 4), 0.025);
  EXPECT_DOUBLE_EQ(warmup.at(3, 4), 0.075);
  EXPECT_DOUBLE_EQ(warmup.at(4, 4), 0.1);
  EXPECT_DOUBLE_EQ(warmup.at(9, 4), 0.1);
}

TEST(schedulers, warmup_starts_from_a_share) {
  schedule warmup("warmup", {{"start", 0.5}});
  EXPECT_DOUBLE_EQ(warmup.at(0, 4), 0.05);
  EXPECT_DOUBLE_EQ(warmup.at(2, 4), 0.075);
  EXPECT_DOUBLE_EQ(warmup.at(4, 4), 0.1);
}

TEST(schedulers, that_need_a_length_say_so) {
  for (const char* id : {"cosine", "warmup"}) {
    EXPECT_EQ(
        testing::plugin_error_of([&] { schedule(id).at(0, endless); }),
        std::string(id) + ": value: needs a planned length: give `for:`, or a budget in steps or epochs");
  }
}

TEST(schedulers, of_no_length_are_over_at_once) {
  EXPECT_DOUBLE_EQ(schedule("warmup").at(0, 0), 0.1);
  EXPECT_DOUBLE_EQ(schedule("cosine", {{"min", 0.02}}).at(0, 0), 0.02);
}

TEST(schedulers, are_pure_functions_of_t) {
  for (const char* id : {"constant", "step_decay", "cosine", "warmup"}) {
    const component& which = testing::shipped_plugins().get(component_kind::scheduler, id);
    EXPECT_FALSE(which.can(RV_SCHEDULER_OBSERVES)) << id;
    schedule each(id);
    const double late = each.at(8, 10);
    each.at(1, 10);
    EXPECT_EQ(each.at(8, 10), late) << id;
  }
}

}  // namespace
}  // namespace ravine
