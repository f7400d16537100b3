#include "unit/plugin_support.hpp"

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
  scheduler& wrapped() { return scheduler_; }

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
  EXPECT_DOUBLE_EQ(warmup.at(0, 4), 0.025) << "1 / T: no step is wasted at 0";
  EXPECT_DOUBLE_EQ(warmup.at(1, 4), 0.04375);
  EXPECT_DOUBLE_EQ(warmup.at(3, 4), 0.08125);
  EXPECT_DOUBLE_EQ(warmup.at(4, 4), 0.1);
  EXPECT_DOUBLE_EQ(warmup.at(9, 4), 0.1);
}

TEST(schedulers, warmup_starts_from_a_share) {
  schedule warmup("warmup", {{"start", 0.5}});
  EXPECT_DOUBLE_EQ(warmup.at(0, 4), 0.05);
  EXPECT_DOUBLE_EQ(warmup.at(2, 4), 0.075);
  EXPECT_DOUBLE_EQ(warmup.at(4, 4), 0.1);
}

TEST(schedulers, exponential_takes_either_form) {
  schedule continuous("exponential", {{"rate", 0.5}});
  EXPECT_EQ(continuous.at(0), 0.1);
  EXPECT_DOUBLE_EQ(continuous.at(4), 0.1 * std::exp(-2.0));
  schedule discrete("exponential", {{"form", std::string("discrete")}, {"gamma", 0.5}});
  EXPECT_EQ(discrete.at(0), 0.1);
  EXPECT_DOUBLE_EQ(discrete.at(3), 0.0125);
}

TEST(schedulers, polynomial_falls_to_its_floor) {
  schedule linear("polynomial");
  EXPECT_EQ(linear.at(0, 10), 0.1);
  EXPECT_DOUBLE_EQ(linear.at(4, 10), 0.06);
  EXPECT_EQ(linear.at(10, 10), 0);
  schedule quadratic("polynomial", {{"power", 2.0}, {"floor", 0.03}});
  EXPECT_DOUBLE_EQ(quadratic.at(4, 10), 0.036);
  EXPECT_EQ(quadratic.at(5, 10), 0.03);
  EXPECT_EQ(quadratic.at(12, 10), 0.03);
  EXPECT_EQ(quadratic.at(0, 10, 0.02), 0.02) << "a floor lifts nothing";
}

TEST(schedulers, cosine_restarts_within_growing_cycles) {
  schedule restarts("cosine_restarts",
                    {{"period", std::int64_t{4}}, {"mult", std::int64_t{2}}, {"min", 0.02}});
  for (const double beginning : {0.0, 4.0, 12.0, 28.0}) EXPECT_EQ(restarts.at(beginning), 0.1) << beginning;
  for (const double middle : {2.0, 8.0, 20.0}) EXPECT_DOUBLE_EQ(restarts.at(middle), 0.06) << middle;
  EXPECT_DOUBLE_EQ(restarts.at(3), 0.02 + 0.04 * (1 - std::sqrt(0.5)));
}

TEST(schedulers, cosine_restarts_within_equal_cycles) {
  schedule restarts("cosine_restarts", {{"period", std::int64_t{4}}});
  for (const double beginning : {0.0, 4.0, 8.0, 4e9}) EXPECT_EQ(restarts.at(beginning), 0.1) << beginning;
  EXPECT_DOUBLE_EQ(restarts.at(6), 0.05);
}

TEST(schedulers, one_cycle_rises_to_the_base_value_and_falls_far_below) {
  for (const char* anneal : {"cos", "linear"}) {
    schedule cycle("one_cycle", {{"anneal", std::string(anneal)}, {"div_factor", 10.0}, {"pct_start", 0.25}});
    EXPECT_DOUBLE_EQ(cycle.at(0, 101, 1), 0.1);
    EXPECT_EQ(cycle.at(24.25, 101, 1), 1);
    EXPECT_EQ(cycle.at(100, 101, 1), 0.1 / 1e4);
    EXPECT_EQ(cycle.at(101, 101, 1), 0.1 / 1e4);
    EXPECT_DOUBLE_EQ(cycle.at(12.125, 101, 1), 0.55) << "half the way";
  }
  EXPECT_LT(schedule("one_cycle").at(5, 101),
            schedule("one_cycle", {{"anneal", std::string("linear")}}).at(5, 101));
}

TEST(schedulers, one_cycle_in_three_phases_goes_back_as_it_came) {
  schedule cycle("one_cycle", {{"three_phase", true}, {"div_factor", 10.0}});
  EXPECT_EQ(cycle.at(29, 100, 1), 1);
  EXPECT_EQ(cycle.at(58, 100, 1), 0.1);
  EXPECT_DOUBLE_EQ(cycle.at(20, 100, 1), cycle.at(38, 100, 1));
  EXPECT_EQ(cycle.at(99, 100, 1), 0.1 / 1e4);
}

TEST(schedulers, one_cycle_falls_for_a_momentum) {
  const setting fall = std::string("fall");
  schedule cycle("one_cycle", {{"direction", fall}, {"low", 0.8}});
  EXPECT_EQ(cycle.at(0, 100, 0.9), 0.9);
  EXPECT_EQ(cycle.at(29, 100, 0.9), 0.8);
  EXPECT_EQ(cycle.at(99, 100, 0.9), 0.9);
  schedule stays("one_cycle", {{"direction", fall}, {"three_phase", true}});
  EXPECT_EQ(stays.at(58, 100, 0.9), 0.9);
  EXPECT_EQ(stays.at(80, 100, 0.9), 0.9);
}

TEST(schedulers, one_cycle_of_a_step_or_two_has_values) {
  for (const double total : {1.0, 2.0, 3.0}) {
    for (double t = 0; t < total; ++t) {
      const double value = schedule("one_cycle", {{"pct_start", 0.5}}).at(t, total, 1);
      EXPECT_GE(value, 1 / 25e4) << t << " of " << total;
      EXPECT_LE(value, 1) << t << " of " << total;
    }
  }
}

TEST(schedulers, cyclic_goes_up_and_down) {
  schedule triangles("cyclic", {{"factor", 3.0}, {"up", std::int64_t{4}}, {"down", std::int64_t{2}}});
  for (const double low : {0.0, 6.0, 60.0}) EXPECT_EQ(triangles.at(low), 0.1) << low;
  for (const double high : {4.0, 10.0}) EXPECT_DOUBLE_EQ(triangles.at(high), 0.3) << high;
  EXPECT_DOUBLE_EQ(triangles.at(2), 0.2);
  EXPECT_DOUBLE_EQ(triangles.at(5), 0.2);
  schedule equal("cyclic", {{"factor", 3.0}, {"up", std::int64_t{4}}});
  EXPECT_DOUBLE_EQ(equal.at(7), 0.15);
}

TEST(schedulers, cyclic_peaks_shrink_by_half_or_by_gamma) {
  const settings shape{{"factor", 3.0}, {"up", std::int64_t{2}}, {"gamma", 0.9}};
  settings halved = shape;
  halved["form"] = std::string("triangular2");
  schedule halves("cyclic", halved);
  EXPECT_DOUBLE_EQ(halves.at(2), 0.3);
  EXPECT_DOUBLE_EQ(halves.at(6), 0.2);
  EXPECT_DOUBLE_EQ(halves.at(10), 0.15);
  settings decaying = shape;
  decaying["form"] = std::string("exp_range");
  EXPECT_DOUBLE_EQ(schedule("cyclic", decaying).at(6), 0.1 + 0.2 * std::pow(0.9, 6));
}

TEST(schedulers, inverse_sqrt_decays_after_its_warmup) {
  schedule hold("inverse_sqrt", {{"warmup", std::int64_t{100}}});
  EXPECT_EQ(hold.at(0), 0.1);
  EXPECT_EQ(hold.at(99), 0.1);
  EXPECT_DOUBLE_EQ(hold.at(399), 0.05) << "the 400th step";
  EXPECT_DOUBLE_EQ(hold.at(9999), 0.01);
  schedule grow("inverse_sqrt", {{"warmup", std::int64_t{100}}, {"start", std::string("linear")}});
  EXPECT_DOUBLE_EQ(grow.at(0), 0.001);
  EXPECT_DOUBLE_EQ(grow.at(24), 0.025);
  EXPECT_EQ(grow.at(99), 0.1);
  EXPECT_DOUBLE_EQ(grow.at(399), 0.05);
}

TEST(schedulers, ranges_go_from_one_value_to_another_whatever_the_base) {
  for (const double base : {0.1, 7.0}) {
    schedule linear("linear_range", {{"from", 0.3}, {"to", 0.7}});
    EXPECT_EQ(linear.at(0, 10, base), 0.3);
    EXPECT_DOUBLE_EQ(linear.at(5, 10, base), 0.5);
    EXPECT_EQ(linear.at(10, 10, base), 0.7);
    EXPECT_EQ(linear.at(11, 10, base), 0.7);
    schedule exponential("exponential_range", {{"from", 1e-4}, {"to", 1.0}});
    EXPECT_EQ(exponential.at(0, 8, base), 1e-4);
    EXPECT_DOUBLE_EQ(exponential.at(2, 8, base), 1e-3);
    EXPECT_DOUBLE_EQ(exponential.at(4, 8, base), 1e-2);
    EXPECT_EQ(exponential.at(8, 8, base), 1.0);
    // 1e-7 (0.9 / 1e-7) is not 0.9 in doubles.
    EXPECT_EQ(schedule("exponential_range", {{"from", 1e-7}, {"to", 0.9}}).at(8, 8, base), 0.9);
  }
}

TEST(schedulers, begin_at_the_base_value_exactly_and_end_at_their_floor_exactly) {
  // Bases for which (base - floor) + floor is not base.
  for (const double base : {0.1, 0.3, 0.7, 1e-3, 1.1}) {
    EXPECT_EQ(schedule("cosine", {{"min", 1e-5}}).at(0, 9, base), base);
    EXPECT_EQ(schedule("cosine", {{"min", 1e-5}}).at(9, 9, base), 1e-5);
    EXPECT_EQ(schedule("cosine_restarts", {{"min", 1e-5}}).at(0, 9, base), base);
    EXPECT_EQ(schedule("polynomial", {{"floor", 1e-5}, {"power", 0.7}}).at(0, 9, base), base);
    EXPECT_EQ(schedule("polynomial", {{"floor", 1e-5}, {"power", 0.7}}).at(9, 9, base), 1e-5);
    EXPECT_EQ(schedule("warmup", {{"start", 0.07}}).at(9, 9, base), base);
    EXPECT_EQ(schedule("one_cycle").at(29, 100, base), base);
    EXPECT_EQ(schedule("cyclic").at(4000, endless, base), base);
  }
}

TEST(schedulers, that_need_a_length_say_so) {
  for (const char* id :
       {"cosine", "warmup", "polynomial", "one_cycle", "linear_range", "exponential_range"}) {
    EXPECT_TRUE(testing::shipped_plugins().get(component_kind::scheduler, id).can(RV_SCHEDULER_NEEDS_LENGTH))
        << id;
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
  for (const char* id :
       {"constant", "step_decay", "cosine", "warmup", "exponential", "polynomial", "cosine_restarts",
        "one_cycle", "cyclic", "inverse_sqrt", "linear_range", "exponential_range"}) {
    const component& which = testing::shipped_plugins().get(component_kind::scheduler, id);
    EXPECT_FALSE(which.can(RV_SCHEDULER_OBSERVES)) << id;
    schedule each(id);
    const double late = each.at(8, 10);
    each.at(1, 10);
    EXPECT_EQ(each.at(8, 10), late) << id;
  }
}

TEST(schedulers, all_have_a_summary_a_reference_and_a_formula) {
  const auto all = testing::shipped_plugins().all(component_kind::scheduler);
  EXPECT_GE(all.size(), 13U);
  for (const component* each : all) {
    EXPECT_FALSE(each->summary.empty()) << each->id;
    EXPECT_FALSE(each->reference.empty()) << each->id;
    EXPECT_NE(each->doc.find("base"), std::string::npos) << each->id;
    EXPECT_EQ(each->can(RV_SCHEDULER_OBSERVES), each->id == "plateau") << each->id;
    if (each->can(RV_SCHEDULER_NEEDS_LENGTH)) continue;
    EXPECT_TRUE(std::isfinite(schedule(each->id.c_str()).at(0, endless))) << each->id << " without a length";
  }
}

TEST(schedulers, refuse_values_out_of_range) {
  const auto refusal = [](const char* id, const settings& with) {
    return testing::plugin_error_of([&] { schedule(id, with).at(0, 10); });
  };
  const std::int64_t none = 0;
  EXPECT_EQ(refusal("exponential", {{"rate", -1.0}}), "rate: found -1, expected a real number >= 0");
  EXPECT_NE(refusal("exponential", {{"gamma", 0.0}}), "");
  EXPECT_NE(refusal("exponential", {{"form", std::string("linear")}}), "");
  EXPECT_NE(refusal("polynomial", {{"power", 0.0}}), "");
  EXPECT_NE(refusal("cosine_restarts", {{"period", none}}), "");
  EXPECT_NE(refusal("cosine_restarts", {{"mult", none}}), "");
  EXPECT_NE(refusal("one_cycle", {{"pct_start", 1.5}}), "");
  EXPECT_NE(refusal("one_cycle", {{"div_factor", 0.0}}), "");
  EXPECT_EQ(refusal("one_cycle", {{"three_phase", true}, {"pct_start", 0.6}}),
            "one_cycle: create: three_phase rises and falls in pct_start each: it must be at most 0.5");
  EXPECT_EQ(refusal("one_cycle", {{"direction", std::string("fall")}}),
            "one_cycle: value: low is above the base value, which is the highest for direction: fall");
  EXPECT_NE(refusal("cyclic", {{"up", none}}), "");
  EXPECT_NE(refusal("cyclic", {{"gamma", 1.1}}), "");
  EXPECT_NE(refusal("inverse_sqrt", {{"warmup", none}}), "");
  EXPECT_NE(refusal("exponential_range", {{"from", 0.0}}), "");
  EXPECT_NE(refusal("plateau", {{"factor", 1.0}}), "");
  EXPECT_NE(refusal("plateau", {{"patience", std::int64_t{-1}}}), "");
  EXPECT_NE(refusal("plateau", {{"threshold", -0.1}}), "");
}

}  // namespace
}  // namespace ravine
