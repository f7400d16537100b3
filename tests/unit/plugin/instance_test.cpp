#include "plugin/instance.hpp"

#include "unit/plugin_support.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

// The host's side of running plugins, with plugins in C that were built from abi.h alone.
namespace ravine {
namespace {

using testing::driven_optimizer;
using testing::load_test_object;
using testing::plugin_error_of;
using testing::vector_layout;

TEST(instance, drives_a_descent_by_plugins_in_plain_c) {
  const registry optimizers = load_test_object("c_sign"), models = load_test_object("c_bowl");
  model bowl(models.get(component_kind::model, "c_bowl"), nullptr, {{"n", std::int64_t{3}}, {"kappa", 10.0}},
             RV_F64);
  ASSERT_NE(bowl.landscape(), nullptr);
  ASSERT_EQ(bowl.layout().size(), 3U);
  std::vector<double> start(3);
  bowl.init(1, start.data());
  EXPECT_EQ(start, (std::vector<double>{1, 1, 1}));
  EXPECT_EQ(bowl.loss_gradient(start.data(), nullptr, nullptr), (1 + 10 + 100) / 2.0);

  driven_optimizer<double> sign(optimizers.get(component_kind::optimizer, "c_sign"),
                                {{"lr", 0.01}, {"beta", 0.0}}, start);
  std::vector<double> gradient(3);
  double loss = 0;
  for (int step = 0; step < 100; ++step) {
    loss = bowl.loss_gradient(sign.params().data(), nullptr, gradient.data());
    sign.step(gradient);
  }
  EXPECT_NEAR(loss, 0.01 * 0.01 * 111 / 2, 1e-9) << "99 moves of 0.01 from 1";
  EXPECT_NEAR(sign.params()[2], 0, 1e-12);
}

TEST(instance, runs_one_c_plugin_in_float_and_in_double) {
  const registry loaded = load_test_object("c_sign");
  const component& which = loaded.get(component_kind::optimizer, "c_sign");
  driven_optimizer<float> single(which, {{"lr", 0.5}}, {1, 1});
  driven_optimizer<double> twice(which, {{"lr", 0.5}}, {1, 1});
  for (int i = 0; i < 2; ++i) {
    single.step({3, -3});
    twice.step({3, -3});
  }
  EXPECT_EQ(single.params()[0], 0.0F);
  EXPECT_EQ(twice.params()[1], 2.0);
  EXPECT_EQ(single.wrapped().state().bytes(), 2 * sizeof(float));
  EXPECT_NEAR(twice.state(0), 3 * (1 - 0.9 * 0.9), 1e-15);
}

TEST(instance, keeps_an_optimizers_state_for_it) {
  const registry loaded = load_test_object("c_sign");
  driven_optimizer<double> sign(loaded.get(component_kind::optimizer, "c_sign"), {}, {1, 2, 3});
  const auto& arrays = sign.wrapped().state().arrays();
  ASSERT_EQ(arrays.size(), 1U);
  EXPECT_EQ(arrays[0].name, "m");
  EXPECT_EQ(arrays[0].elements.size(), 3U);
  EXPECT_EQ(arrays[0].elements.type(), RV_F64);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(arrays[0].elements.data()) % 64, 0U);
  for (const double each : arrays[0].elements.as<double>()) EXPECT_EQ(each, 0.0);
}

TEST(instance, resumes_exactly_from_parameters_and_state) {
  const component& adam = testing::shipped_plugins().get(component_kind::optimizer, "momentum");
  driven_optimizer<double> whole(adam, {}, {1}), first(adam, {}, {1});
  whole.step({2}), whole.step({3}), whole.step({4});
  first.step({2}), first.step({3});
  driven_optimizer<double> second(adam, {}, {first.param()});
  *static_cast<double*>(second.wrapped().state().pointers()[0]) = first.state(0);
  second.step({4});
  EXPECT_EQ(second.param(), whole.param());
}

TEST(instance, schedules_by_a_scheduler_with_state_of_its_own) {
  const registry loaded = load_test_object("c_halving");
  scheduler halving(loaded.get(component_kind::scheduler, "c_halving"), {});
  const rv_progress at{sizeof(rv_progress), RV_UNIT_EPOCH, 0, std::numeric_limits<double>::infinity()};
  EXPECT_EQ(halving.value(0.8, at), 0.8);
  for (const double metric : {3.0, 2.0, 2.5}) halving.observe(metric);
  EXPECT_EQ(halving.value(0.8, at), 0.4);
  halving.observe(2.0);
  EXPECT_EQ(halving.value(0.8, at), 0.2);
  halving.observe(1.0);
  EXPECT_EQ(halving.value(0.8, at), 0.2);
}

TEST(instance, lets_a_pure_schedule_ignore_metrics) {
  scheduler constant(testing::shipped_plugins().get(component_kind::scheduler, "constant"), {});
  constant.observe(1.0);
  EXPECT_EQ(constant.value(0.5, {sizeof(rv_progress), RV_UNIT_STEP, 3, 10}), 0.5);
}

TEST(instance, packs_a_layout_without_gaps) {
  const std::uint64_t shape[] = {2, 3};
  const std::uint64_t extent = 4;
  parameter_layout layout(RV_F32);
  rv_tensor weight{};
  weight.struct_size = sizeof weight;
  weight.role = RV_ROLE_WEIGHT;
  weight.name = "w";
  weight.offset = 99;  // the host's to fill in
  weight.rank = 2;
  weight.shape = shape;
  weight.fan_in = 3;
  weight.fan_out = 2;
  rv_tensor bias = weight;
  bias.name = "b";
  bias.role = RV_ROLE_BIAS;
  bias.rank = 1;
  bias.shape = &extent;
  layout.add(weight);
  layout.add(bias);
  const rv_layout& raw = *layout.raw();
  EXPECT_EQ(raw.dtype, RV_F32);
  EXPECT_EQ(raw.size, 10U);
  ASSERT_EQ(raw.tensor_count, 2U);
  EXPECT_EQ(raw.tensors[0]->offset, 0U);
  EXPECT_EQ(raw.tensors[0]->size, 6U);
  EXPECT_EQ(raw.tensors[0]->shape[1], 3U);
  EXPECT_NE(raw.tensors[0]->shape, shape) << "copied";
  EXPECT_EQ(raw.tensors[0]->fan_in, 3U);
  EXPECT_EQ(raw.tensors[1]->offset, 6U);
  EXPECT_STREQ(raw.tensors[1]->name, "b");

  EXPECT_EQ(plugin_error_of([&] { layout.add(bias); }), "two tensors are named b");
  bias.name = "c";
  bias.rank = 0;
  EXPECT_EQ(plugin_error_of([&] { layout.add(bias); }), "tensor c: rank 0, expected 1 to 16 and a shape");
  const std::uint64_t forged[] = {std::uint64_t{1} << 40, std::uint64_t{1} << 40};
  bias.rank = 2;
  bias.shape = forged;
  EXPECT_NE(plugin_error_of([&] { layout.add(bias); }), "");
  bias.struct_size = 8;
  EXPECT_EQ(plugin_error_of([&] { layout.add(bias); }), "a tensor's struct_size is too small");
  EXPECT_EQ(layout.size(), 10U) << "what was refused left nothing behind";
}

TEST(instance, reads_what_a_landscape_knows) {
  const registry loaded = load_test_object("c_bowl");
  const component& which = loaded.get(component_kind::model, "c_bowl");
  const model bowl(which, nullptr, {{"n", std::int64_t{4}}}, RV_F32);
  const rv_landscape& facts = *bowl.landscape();
  EXPECT_EQ(facts.dimension, 4U);
  EXPECT_EQ(facts.lower[3], -2);
  EXPECT_EQ(facts.upper[0], 2);
  EXPECT_EQ(facts.start[1], 1);
  EXPECT_EQ(facts.minima_count, 1U);
  EXPECT_EQ(facts.minima[2], 0);
}

// Optimizers of misbehaving.c: what goes wrong names the component, the call and the plugin's own words.
std::string fault_of(const std::string& id) {
  const registry loaded = load_test_object("misbehaving");
  return plugin_error_of([&] {
    driven_optimizer<double>(loaded.get(component_kind::optimizer, id), {}, {1, 2}).step({0, 0});
  });
}

TEST(instance, passes_on_what_a_plugin_says_when_it_fails) {
  EXPECT_EQ(fault_of("create_refuses"), "create_refuses: create: matrices only");
  EXPECT_EQ(fault_of("step_fails"), "step_fails: step: the curvature is negative");
}

TEST(instance, explains_a_status_that_came_without_words) {
  fault_of("step_fails");  // whose words must not stick
  EXPECT_EQ(fault_of("step_fails_silently"), "step_fails_silently: step: it failed (status -1)");
  EXPECT_EQ(fault_of("step_answers_42"), "step_answers_42: step: it failed (status 42)");
}

TEST(instance, tells_a_lack_of_memory_from_other_failures) {
  const registry loaded = load_test_object("misbehaving");
  driven_optimizer<double> hungry(loaded.get(component_kind::optimizer, "step_runs_out_of_memory"), {}, {1});
  EXPECT_THROW(hungry.step({0}), plugin_out_of_memory);
  EXPECT_THROW(driven_optimizer<double>(loaded.get(component_kind::optimizer, "state_too_large"), {}, {1}),
               plugin_out_of_memory);
}

TEST(instance, refuses_state_that_makes_no_sense) {
  EXPECT_EQ(fault_of("state_named_twice"), "state_named_twice: state: two state arrays are named m");
  EXPECT_EQ(fault_of("state_without_name"), "state_without_name: state: a state array has no name");
  EXPECT_EQ(fault_of("state_without_type"),
            "state_without_type: state: state array m: unknown element type 7");
  EXPECT_EQ(fault_of("state_struct_too_small"),
            "state_struct_too_small: state: a state array's struct_size is too small");
  EXPECT_EQ(fault_of("state_null"), "state_null: state: an entry given to a sink is NULL");
  EXPECT_EQ(fault_of("state_not_elementwise"),
            "state_not_elementwise: state array m has 1 elements, expected 2: an elementwise optimizer has "
            "one per parameter");
}

TEST(instance, refuses_data_for_a_landscape_in_the_plugins_words) {
  const registry loaded = load_test_object("c_bowl");
  const std::uint64_t shape = 4;
  const rv_data_spec data{sizeof(rv_data_spec), 0, 1, &shape, 2, 8, 1};
  EXPECT_EQ(plugin_error_of([&] { model(loaded.get(component_kind::model, "c_bowl"), &data, {}, RV_F64); }),
            "c_bowl: create: c_bowl takes no data");
  EXPECT_EQ(plugin_error_of([] {
              model(testing::shipped_plugins().get(component_kind::model, "rosenbrock"), nullptr,
                    {{"n", std::int64_t{1}}}, RV_F64);
            }),
            "n: found 1, expected an integer >= 2 and <= 1000000");
}

}  // namespace
}  // namespace ravine
