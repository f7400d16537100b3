#include "unit/train/checkpoint_support.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

// A trial that goes on from the end of a shorter one ends as if it had begun at its start, to the last bit;
// where the shorter one's steps depended on its length, it does begin there.
namespace ravine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace ravine::testing;

trial_spec of_length(trial_spec spec, amount budget) {
  spec.train.budget = budget;
  spec.checkpoint_every.reset();
  return spec;
}

/// The state that a trial leaves at its end.
bytes end_of(trial_spec spec, const dataset* data = nullptr) {
  spec.checkpoint_at_end = true;
  keeper seen;
  const trial_result result = run_from(spec, seen, {}, data);
  EXPECT_TRUE(result.succeeded()) << result.reason;
  EXPECT_THAT(seen.end_states, SizeIs(1));
  return seen.end_states.empty() ? bytes() : seen.end_states.front();
}

/// From which step the longer trial goes on; 0: from its start. Either way it has the same bits as without
/// the shorter one.
std::uint64_t goes_on_from(const trial_spec& longer, const bytes& end_of_shorter,
                           const dataset* data = nullptr) {
  keeper plain, seen;
  const trial_result expected = run_from(longer, plain, {}, data);
  const trial_result result = run_from(longer, seen, end_of_shorter, data);
  EXPECT_EQ(bits_of(result), bits_of(expected));
  EXPECT_EQ(result.reason, expected.reason);
  EXPECT_EQ(seen.reported, plain.reported) << "the evaluations before are told again";
  EXPECT_THAT(seen.refused, IsEmpty()) << "nobody is bothered with it";
  return seen.went_on_from.empty() ? 0 : seen.went_on_from.front();
}

std::uint64_t goes_on_from(const trial_spec& of_any_length, double shorter, double longer) {
  return goes_on_from(of_length(of_any_length, {longer, cost_unit::steps}),
                      end_of(of_length(of_any_length, {shorter, cost_unit::steps})));
}

class continuation_of : public ::testing::TestWithParam<std::string> {
 protected:
  std::uint64_t if_possible(std::uint64_t step) const {
    const component& which = trial_plugins().get(component_kind::optimizer, GetParam());
    return which.can(RV_OPTIMIZER_IGNORES_TOTAL) ? step : 0;
  }
};

TEST_P(continuation_of, an_optimizer_on_a_landscape_gives_the_same_bits) {
  const trial_spec valley = noisy_valley(GetParam());
  EXPECT_EQ(goes_on_from(valley, 25, 40), if_possible(25)) << "the long one does not evaluate there";
  EXPECT_EQ(goes_on_from(valley, 27, 40), if_possible(27)) << "it does evaluate there";
}

TEST_P(continuation_of, an_optimizer_on_data_gives_the_same_bits) {
  const trial_spec spec = network(GetParam());
  const bytes one_epoch = end_of(of_length(spec, {1, cost_unit::epochs}), &digits());
  EXPECT_EQ(goes_on_from(of_length(spec, {3, cost_unit::epochs}), one_epoch, &digits()), if_possible(5));
}

INSTANTIATE_TEST_SUITE_P(every, continuation_of, ::testing::ValuesIn(optimizer_ids()),
                         [](const auto& each) { return each.param; });

TEST(continuation, takes_each_shipped_optimizer_but_those_that_ask_for_the_length) {
  std::vector<std::string> asking;
  for (const component* each : shipped_plugins().all(component_kind::optimizer)) {
    if (!each->can(RV_OPTIMIZER_IGNORES_TOTAL)) asking.push_back(each->id);
  }
  EXPECT_THAT(asking, ElementsAre("swa"));
}

TEST(continuation, takes_an_optimizer_that_claims_nothing_for_one_that_asks) {
  ASSERT_FALSE(
      trial_plugins().get(component_kind::optimizer, "log_optimizer").can(RV_OPTIMIZER_IGNORES_TOTAL));
  EXPECT_EQ(goes_on_from(trial_of("c_bowl", "log_optimizer", 1), 2, 3), 0U);
}

TEST(continuation, goes_on_again_and_again) {
  const trial_spec valley = noisy_valley("adam");
  const trial_spec middle = of_length(valley, {20, cost_unit::steps});
  keeper seen;
  trial_spec keeping = middle;
  keeping.checkpoint_at_end = true;
  run_from(keeping, seen, end_of(of_length(valley, {7, cost_unit::steps})));
  ASSERT_THAT(seen.went_on_from, ElementsAre(7));
  ASSERT_THAT(seen.end_states, SizeIs(1));
  EXPECT_EQ(goes_on_from(of_length(valley, {40, cost_unit::steps}), seen.end_states.front()), 20U);
}

using stages = std::vector<schedule_stage>;

trial_spec scheduled(stages lr) {
  trial_spec spec = noisy_valley("momentum");
  spec.evaluate.every = {2, cost_unit::steps};
  spec.optimizer.schedules["lr"] = std::move(lr);
  return spec;
}

amount share(double of_budget) { return {of_budget, cost_unit::share}; }

TEST(continuation, depends_on_what_schedules_make_of_the_length) {
  EXPECT_EQ(goes_on_from(scheduled({stage("cosine")}), 20, 40), 0U);
  EXPECT_EQ(goes_on_from(scheduled({stage("exponential")}), 20, 40), 20U);
  EXPECT_EQ(goes_on_from(scheduled({stage("inverse_sqrt")}), 20, 40), 20U);
  EXPECT_EQ(
      goes_on_from(scheduled({stage("cosine", {}, amount{15, cost_unit::steps}), stage("constant")}), 20, 40),
      20U)
      << "a stage has a length of its own";
  const stages by_share{stage("warmup", {}, share(0.2)), stage("constant")};
  EXPECT_EQ(goes_on_from(scheduled(by_share), 20, 40), 0U);
}

TEST(continuation, begins_before_a_schedule_turns_to_its_end) {
  const stages last_is_cosine{stage("constant", {}, amount{30, cost_unit::steps}), stage("cosine")};
  EXPECT_EQ(goes_on_from(scheduled(last_is_cosine), 30, 60), 30U) << "of the cosine nothing is done";
  EXPECT_EQ(goes_on_from(scheduled(last_is_cosine), 33, 60), 0U);
}

TEST(continuation, keeps_what_schedules_have_observed) {
  const trial_spec spec = scheduled({stage("plateau", {{"patience", std::int64_t{1}}})});
  EXPECT_EQ(goes_on_from(spec, 20, 40), 20U);
  EXPECT_EQ(goes_on_from(spec, 21, 40), 21U) << "the last evaluation is not the longer trial's";
}

TEST(continuation, sees_a_schedule_that_has_only_observed_something_else) {
  // Of 20 steps the plateau follows the second half, of 40 none of these: it has changed no value yet.
  const stages late{stage("constant", {}, share(0.5)), stage("plateau", {{"patience", std::int64_t{1000}}})};
  EXPECT_EQ(goes_on_from(scheduled(late), 20, 40), 0U);
}

TEST(continuation, looks_into_wrappers_and_groups) {
  trial_spec wrapped = noisy_valley("lookahead");
  EXPECT_EQ(goes_on_from(wrapped, 20, 40), 20U);
  wrapped.optimizer.inner.front().schedules["lr"] = {stage("cosine")};
  EXPECT_EQ(goes_on_from(wrapped, 20, 40), 0U);
  wrapped.optimizer.inner = {rule_of("swa")};
  EXPECT_EQ(goes_on_from(wrapped, 20, 40), 0U);
}

TEST(continuation, scales_learning_rates_before_schedules_see_them) {
  trial_spec spec = network("sgd");
  spec.train.lr_reference_batch = 4;
  spec.optimizer.schedules["lr"] = {stage("exponential")};
  const bytes one_epoch = end_of(of_length(spec, {1, cost_unit::epochs}), &digits());
  EXPECT_EQ(goes_on_from(of_length(spec, {3, cost_unit::epochs}), one_epoch, &digits()), 5U);
}

TEST(continuation, of_the_same_length_is_none) {
  EXPECT_EQ(goes_on_from(noisy_valley("sgd"), 20, 20), 0U);
  EXPECT_EQ(goes_on_from(noisy_valley("sgd"), 20, 10), 0U);
}

TEST(continuation, may_count_in_another_unit) {
  const trial_spec spec = network("adam");
  const bytes five_steps = end_of(of_length(spec, {5, cost_unit::steps}), &digits());
  EXPECT_EQ(goes_on_from(of_length(spec, {2, cost_unit::epochs}), five_steps, &digits()), 5U);
}

TEST(continuation, leads_on_from_a_rung_whatever_the_schedule) {
  trial_spec whole = scheduled({stage("cosine")});
  whole = of_length(whole, {40, cost_unit::steps});
  trial_spec rung = whole;
  rung.train.stop_after = amount{13, cost_unit::steps};
  trial_spec next = whole;
  next.train.stop_after = amount{20, cost_unit::steps};
  EXPECT_EQ(goes_on_from(next, end_of(rung)), 13U);
  EXPECT_EQ(goes_on_from(whole, end_of(rung)), 13U) << "both go by the whole budget";
}

TEST(continuation, of_a_budget_of_evaluations) {
  const trial_spec spec = trial_of("rosenbrock", "lbfgs", 1);
  const bytes shorter = end_of(of_length(spec, {20, cost_unit::evaluations}));
  EXPECT_GT(goes_on_from(of_length(spec, {60, cost_unit::evaluations}), shorter), 0U);
}

TEST(continuation, of_a_budget_of_seconds_leaves_nothing) {
  trial_spec spec = of_length(noisy_valley("sgd"), {0.01, cost_unit::seconds});
  spec.checkpoint_at_end = true;
  keeper seen;
  run_from(spec, seen);
  EXPECT_THAT(seen.end_states, IsEmpty());
}

TEST(continuation, knows_nothing_of_a_target_that_only_the_last_evaluation_met) {
  trial_spec spec = trial_of("c_bowl", "sgd", 50, {{"lr", 0.05}});
  spec.evaluate.every = {20, cost_unit::steps};
  keeper plain;
  spec.evaluate.target = target_spec{"loss", run_from(spec, plain).evaluations.back().metrics.at("loss")};
  ASSERT_TRUE(run_from(spec, plain).target_reached_at.has_value());
  EXPECT_EQ(goes_on_from(spec, 50, 90), 50U);
}

TEST(continuation, leaves_nothing_where_a_trial_ends_before_its_budget) {
  trial_spec spec = noisy_valley("sgd");
  spec.checkpoint_at_end = true;
  spec.evaluate.stop_at_target = true;
  spec.evaluate.target = target_spec{"loss", 1e6};
  keeper seen;
  ASSERT_EQ(run_from(spec, seen).status, trial_status::reached_target);
  EXPECT_THAT(seen.end_states, IsEmpty());
}

TEST(continuation, is_asked_for) {
  keeper seen;
  run_from(noisy_valley("sgd"), seen);
  EXPECT_THAT(seen.end_states, IsEmpty());
}

TEST(continuation, has_a_hash_without_the_length) {
  const trial_spec spec = noisy_valley("sgd");
  trial_spec longer = of_length(spec, {2, cost_unit::epochs});
  longer.train.stop_after = amount{1, cost_unit::epochs};
  EXPECT_EQ(lineage_hash(longer), lineage_hash(spec));
  EXPECT_NE(lineage_hash(spec), content_hash(spec));
  for (auto change : {+[](trial_spec& of) { of.repetition = 7; }, +[](trial_spec& of) { of.seed = 7; },
                      +[](trial_spec& of) { of.train.batch_size = 7; },
                      +[](trial_spec& of) { of.evaluate.every.count = 7; },
                      +[](trial_spec& of) { of.optimizer.optimizer.plugin_sha256 = "7"; }}) {
    trial_spec other = spec;
    change(other);
    EXPECT_NE(lineage_hash(other), lineage_hash(spec));
  }
}

}  // namespace
}  // namespace ravine
