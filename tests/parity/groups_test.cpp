#include "parity_support.hpp"
#include "train/rule.hpp"

#include <cmath>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

// Parameter groups beside PyTorch's: the problem is described in groups.py.
namespace ravine {
namespace {

using ravine::testing::relative_difference;
using ravine::testing::shipped_plugins;

constexpr int steps = 30;

optimizer_spec rule_of(const std::string& id, const settings& with) {
  optimizer_spec spec;
  const component& which = shipped_plugins().get(component_kind::optimizer, id);
  spec.optimizer = {id, which.complete(with), which.file->sha256};
  return spec;
}

optimizer_spec group(const tensor_selector& selects, const std::string& id, const settings& with) {
  optimizer_spec spec = rule_of(id, with);
  spec.selects = selects;
  return spec;
}

std::vector<double> train(const optimizer_spec& spec) {
  parameter_layout layout(RV_F64);
  layout.add("hidden.weight", RV_ROLE_WEIGHT, {4, 3});
  layout.add("hidden.bias", RV_ROLE_BIAS, {4});
  layout.add("norm.scale", RV_ROLE_NORM, {4});
  layout.add("output.weight", RV_ROLE_WEIGHT, {2, 4});
  layout.add("output.bias", RV_ROLE_BIAS, {2});
  const horizon planned{steps, 0};
  const std::unique_ptr<rule> moved = make_rule(spec, {shipped_plugins(), layout, planned});
  std::vector<double> x(layout.size()), grads(layout.size());
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::sin(1.0 + static_cast<double>(i));
  rv_step step{};
  step.struct_size = sizeof step;
  step.n = x.size();
  step.params = x.data();
  moved->init_state(step);
  step.grads = grads.data();
  for (step.step = 1; step.step <= steps; ++step.step) {
    moved->begin_step(step.step);
    for (std::size_t i = 0; i < x.size(); ++i) {
      grads[i] = (1 + static_cast<double>(i) / 10) * x[i] + 0.1 * std::sin(3 * x[i]);
    }
    moved->step(step);
  }
  return x;
}

std::vector<double> reference(const std::string& name) {
  std::ifstream file(std::string(RAVINE_PARITY_DIR) + "/groups.json");
  return nlohmann::json::parse(file).at(name).get<std::vector<double>>();
}

TEST(groups, of_one_optimizer_are_param_groups) {
  optimizer_spec spec = rule_of("adamw", {{"lr", 0.02}, {"weight_decay", 0.1}});
  spec.groups = {
      group({"", "bias"}, "adamw", {{"lr", 0.003}, {"weight_decay", 0.0}}),
      group({"norm.*", ""}, "adamw", {{"lr", 0.02}, {"weight_decay", 0.1}, {"beta1", 0.5}, {"beta2", 0.9}}),
  };
  EXPECT_LT(relative_difference(train(spec), reference("adamw")), 1e-14);
}

TEST(groups, of_several_optimizers_are_several_optimizers) {
  optimizer_spec spec = rule_of("rmsprop", {{"lr", 0.005}, {"beta", 0.9}, {"eps_outside", true}});
  spec.groups = {group({"hidden.*", ""}, "momentum",
                       {{"form", std::string("heavy_ball")}, {"lr", 0.01}, {"beta", 0.9}})};
  EXPECT_LT(relative_difference(train(spec), reference("mixed")), 1e-14);
}

}  // namespace
}  // namespace ravine
