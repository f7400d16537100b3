#include "data/digits.hpp"
#include "train/grouped_rule.hpp"
#include "unit/plugins/tensor_support.hpp"
#include "unit/trial_support.hpp"

#include <array>
#include <cmath>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Optimizers for groups of tensors: each moves its own as if there were no others.
namespace ravine {
namespace {

using namespace ravine::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::UnorderedElementsAre;

const std::vector<tensor_shape> tensors{
    {"first.weight", RV_ROLE_WEIGHT, {4, 3}}, {"first.bias", RV_ROLE_BIAS, {4}},
    {"norm.scale", RV_ROLE_NORM, {4}},        {"second.weight", RV_ROLE_WEIGHT, {2, 4}},
    {"second.bias", RV_ROLE_BIAS, {2}},
};

optimizer_spec for_tensors(const tensor_selector& selects, optimizer_spec spec) {
  spec.selects = selects;
  return spec;
}

optimizer_spec with_groups(optimizer_spec rest, std::vector<optimizer_spec> groups) {
  rest.groups = std::move(groups);
  return rest;
}

/// What became of the parameters, after the evaluation point of the last step.
struct outcome {
  std::vector<double> params, point;
};

/// Trains on a made-up gradient, each element by its own: element `first[i] + k` of tensor i.
class trainer {
 public:
  trainer(const optimizer_spec& spec, const std::vector<tensor_shape>& shapes,
          const std::vector<std::size_t>& first)
      : layout_(RV_F64, shapes), rule_(make_rule(spec, {trial_plugins(), layout_, planned_})) {
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      for (std::size_t k = 0; k < layout_.raw()->tensors[i]->size; ++k) elements_.push_back(first[i] + k);
    }
  }

  outcome train(std::uint64_t seed = 7) {
    std::vector<double> x(elements_.size()), grads(x.size()), point(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::cos(static_cast<double>(elements_[i]));
    rv_step step{};
    step.struct_size = sizeof step;
    step.n = x.size();
    step.total_steps = planned_.total_steps;
    step.params = x.data();
    step.seed = seed;
    rule_->init_state(step);
    for (step.step = 1; step.step <= planned_.total_steps; ++step.step) {
      rule_->begin_step(step.step);
      step.grads = nullptr;
      const bool own = rule_->gradient_point(step, point.data()) == rule::point_use::own_point;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double at = own ? point[i] : x[i];
        grads[i] = (1 + static_cast<double>(elements_[i]) / 5) * at + std::sin(3 * at) / 10;
      }
      step.grads = grads.data();
      rule_->step(step);
      ++step.seed;
    }
    step.grads = nullptr;
    const bool own = rule_->evaluation_point(step, point.data()) == rule::point_use::own_point;
    EXPECT_EQ(rule_->damage(), "");
    return {x, own ? point : x};
  }

  rule& works() { return *rule_; }

 private:
  horizon planned_{25, 0};
  tensor_layout layout_;
  std::unique_ptr<rule> rule_;
  std::vector<std::size_t> elements_;  // of each parameter: where it is among all
};

constexpr std::array<std::size_t, 5> offsets{0, 12, 16, 20, 28};
constexpr std::array<std::size_t, 5> sizes{12, 4, 4, 8, 2};

/// The same for the tensors of these indices alone.
outcome alone(const optimizer_spec& spec, const std::vector<std::size_t>& indices) {
  std::vector<tensor_shape> shapes;
  std::vector<std::size_t> first;
  for (const std::size_t i : indices) {
    shapes.push_back(tensors[i]);
    first.push_back(offsets[i]);
  }
  return trainer(spec, shapes, first).train();
}

outcome together(const optimizer_spec& spec) {
  return trainer(spec, tensors, {offsets.begin(), offsets.end()}).train();
}

/// The elements of those tensors.
std::vector<double> part(const std::vector<double>& whole, const std::vector<std::size_t>& indices) {
  std::vector<double> some;
  for (const std::size_t i : indices) {
    some.insert(some.end(), whole.begin() + static_cast<std::ptrdiff_t>(offsets[i]),
                whole.begin() + static_cast<std::ptrdiff_t>(offsets[i] + sizes[i]));
  }
  return some;
}

bool evaluates_itself(const component& which) { return which.can(RV_OPTIMIZER_CLOSURE); }

/// Every optimizer that may have a group, wrappers around adam.
std::vector<std::string> all_for_groups() {
  std::vector<std::string> ids;
  for (const component* each : trial_plugins().all(component_kind::optimizer)) {
    const bool is_shipped = each->file->path.string().find("/test") == std::string::npos;
    if (is_shipped && !evaluates_itself(*each)) ids.push_back(each->id);
  }
  return ids;
}

/// Draws random numbers, of which a group has its own.
bool draws(const std::string& id) { return id == "gradient_noise"; }

TEST(groups, move_their_tensors_as_if_there_were_no_others) {
  const std::vector<std::size_t> weights{0, 3}, rest{1, 2, 4};
  const outcome biases_by_sgd = alone(rule_of("sgd", {{"lr", 0.02}}), rest);
  for (const std::string& id : all_for_groups()) {
    if (draws(id)) continue;
    const optimizer_spec plain = rule_of(id);
    const outcome expected = alone(plain, weights);
    const outcome grouped =
        together(with_groups(rule_of("sgd", {{"lr", 0.02}}), {for_tensors({"", "weight"}, plain)}));
    EXPECT_EQ(part(grouped.params, weights), expected.params) << id;
    EXPECT_EQ(part(grouped.point, weights), expected.point) << id;
    EXPECT_EQ(part(grouped.params, rest), biases_by_sgd.params) << id;
    EXPECT_EQ(part(grouped.point, rest), biases_by_sgd.params) << id;
    // The other way round: the same optimizer for what is left.
    const outcome left =
        together(with_groups(plain, {for_tensors({"*.bias", ""}, rule_of("sgd", {{"lr", 0.02}})),
                                     for_tensors({"norm*", ""}, rule_of("sgd", {{"lr", 0.02}}))}));
    EXPECT_EQ(left.params, grouped.params) << id;
  }
}

TEST(groups, of_neighbours_are_moved_in_place) {
  const std::vector<std::size_t> first{0, 1, 2};
  const outcome expected = alone(rule_of("muon"), first);
  const outcome grouped =
      together(with_groups(rule_of("adam"), {for_tensors({"[fn]*", ""}, rule_of("muon"))}));
  EXPECT_EQ(part(grouped.params, first), expected.params);
}

TEST(groups, that_take_everything_leave_no_rest) {
  optimizer_spec spec = with_groups(rule_of("rmsprop"), {for_tensors({"*", ""}, rule_of("adam"))});
  trainer all(spec, tensors, {offsets.begin(), offsets.end()});
  EXPECT_EQ(all.works().state_bytes(),
            trainer(rule_of("adam"), tensors, {offsets.begin(), offsets.end()}).works().state_bytes());
  EXPECT_EQ(all.train().params, together(rule_of("adam")).params);
}

TEST(groups, are_asked_in_order) {
  const optimizer_spec slow = rule_of("sgd", {{"lr", 1e-3}}), fast = rule_of("sgd", {{"lr", 0.1}});
  const outcome all = together(
      with_groups(rule_of("adam"), {for_tensors({"second.*", ""}, slow), for_tensors({"", "weight"}, fast)}));
  EXPECT_EQ(part(all.params, {3, 4}), alone(slow, {3, 4}).params);
  EXPECT_EQ(part(all.params, {0}), alone(fast, {0}).params);
  EXPECT_EQ(part(all.params, {1, 2}), alone(rule_of("adam"), {1, 2}).params);
}

TEST(groups, lie_within_a_wrapper_too) {
  optimizer_spec around = rule_of("lookahead", {{"k", std::int64_t{1}}, {"alpha", 1.0}});
  around.inner = {with_groups(rule_of("adam"), {for_tensors({"", "bias"}, rule_of("sgd"))})};
  EXPECT_EQ(together(around).params, together(around.inner.front()).params);
}

TEST(groups, draw_random_numbers_of_their_own) {
  const optimizer_spec noisy = rule_of("gradient_noise", {{"eta", 1.0}});
  const outcome all = together(with_groups(noisy, {for_tensors({"", "bias"}, noisy)}));
  EXPECT_EQ(part(all.params, {0, 2, 3}), alone(noisy, {0, 2, 3}).params)
      << "the rest draws as without groups";
  EXPECT_NE(part(all.params, {1, 4}), alone(noisy, {1, 4}).params);
}

TEST(groups, record_their_scheduled_values_under_their_own_names) {
  optimizer_spec spec = with_groups(rule_of("sgd", {{"lr", 0.5}}),
                                    {for_tensors({"", "norm"}, rule_of("adam", {{"lr", 0.25}}))});
  spec.groups[0].schedules["beta1"] = {stage("constant")};
  trainer all(spec, tensors, {offsets.begin(), offsets.end()});
  std::map<std::string, double> values;
  all.works().begin_step(1);
  all.works().record(values, "value.");
  EXPECT_THAT(values,
              UnorderedElementsAre(Key("value.lr"), Key("value.[norm].lr"), Key("value.[norm].beta1")));
  EXPECT_EQ(values["value.[norm].lr"], 0.25);
}

TEST(groups, that_can_not_be_are_refused) {
  const auto refusal = [](const optimizer_spec& spec) -> std::string {
    try {
      trainer(spec, tensors, {offsets.begin(), offsets.end()});
    } catch (const plugin_error& why) {
      return why.what();
    }
    return "";
  };
  EXPECT_THAT(
      refusal(with_groups(rule_of("adam"), {for_tensors({"*.gain", ""}, rule_of("sgd"))})),
      AllOf(HasSubstr("[*.gain] selects no tensor"), HasSubstr("first.weight (weight), first.bias (bias)")));
  EXPECT_THAT(refusal(with_groups(rule_of("adam"), {for_tensors({"*", ""}, rule_of("sgd")),
                                                    for_tensors({"", "norm"}, rule_of("sgd"))})),
              HasSubstr("[norm] selects no tensor, or none that an earlier group has left"));
  for (const optimizer_spec& spec :
       {with_groups(rule_of("lbfgs"), {for_tensors({"", "bias"}, rule_of("sgd"))}),
        with_groups(rule_of("sgd"), {for_tensors({"", "bias"}, rule_of("lbfgs"))})}) {
    EXPECT_THAT(refusal(spec), HasSubstr("lbfgs: evaluates the loss itself"));
  }
}

TEST(groups, go_on_from_a_checkpoint) {
  const dataset digits = share_dataset(make_digits({200, 50, 50, 1}));
  trial_spec spec = trial_of("mlp", "adam", 12);
  spec.problem.data = data_request{"digits", {}};
  spec.optimizer.groups = {for_tensors({"", "bias"}, rule_of("momentum")),
                           for_tensors({"*", ""}, rule_of("muon"))};
  spec.optimizer.schedules["lr"] = {stage("constant")};
  struct keeper : patient {
    void checkpoint(std::span<const std::byte> state) override { kept.assign(state.begin(), state.end()); }
    std::vector<std::byte> kept;
  };
  keeper first, again;
  spec.checkpoint_every = amount{5, cost_unit::steps};
  const trial_result whole = run_trial(spec, trial_plugins(), &digits, first, path_recording::thinned, {});
  ASSERT_FALSE(first.kept.empty());
  const trial_result rest =
      run_trial(spec, trial_plugins(), &digits, again, path_recording::thinned, first.kept);
  EXPECT_EQ(whole.status, trial_status::completed);
  EXPECT_EQ(rest.evaluations.back().metrics, whole.evaluations.back().metrics);
}

}  // namespace
}  // namespace ravine
