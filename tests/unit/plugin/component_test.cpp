#include "plugin/component.hpp"

#include "plugin/configuration.hpp"
#include "unit/plugin_support.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace ravine {
namespace {

using testing::plugin_error_of;
using list = std::vector<std::int64_t>;

constexpr double infinity = std::numeric_limits<double>::infinity();

hyperparameter make(hyperparameter_type type, double minimum = -infinity, double maximum = infinity) {
  hyperparameter made{};
  made.name = "p";
  made.type = type;
  made.minimum = minimum;
  made.maximum = maximum;
  return made;
}

std::string refusal(const hyperparameter& p, const setting& value) {
  return plugin_error_of([&] { p.check(value); });
}

TEST(hyperparameter, tells_its_range_in_words) {
  hyperparameter rate = make(hyperparameter_type::real, 0, 1);
  EXPECT_EQ(rate.range(), "a real number >= 0 and <= 1");
  rate.open_below = rate.open_above = true;
  EXPECT_EQ(rate.range(), "a real number > 0 and < 1");
  EXPECT_EQ(make(hyperparameter_type::real).range(), "a real number");
  EXPECT_EQ(make(hyperparameter_type::real, -infinity, 2).range(), "a real number <= 2");
  EXPECT_EQ(make(hyperparameter_type::integer, 1).range(), "an integer >= 1");
  EXPECT_EQ(make(hyperparameter_type::boolean).range(), "true or false");
  EXPECT_EQ(make(hyperparameter_type::integer_list).range(), "a list of integers");
  EXPECT_EQ(make(hyperparameter_type::integer_list, 1, 9).range(), "a list of integers, each >= 1 and <= 9");
  hyperparameter form = make(hyperparameter_type::choice);
  form.choices = {"velocity", "ema"};
  EXPECT_EQ(form.range(), "one of velocity, ema");
}

TEST(hyperparameter, takes_a_real_within_its_closed_ends) {
  const hyperparameter p = make(hyperparameter_type::real, 0, 1);
  EXPECT_EQ(p.check(0.0), setting(0.0));
  EXPECT_EQ(p.check(1.0), setting(1.0));
  EXPECT_EQ(refusal(p, -0.5), "p: found -0.5, expected a real number >= 0 and <= 1");
  EXPECT_NE(refusal(p, 1.0000001), "");
}

TEST(hyperparameter, refuses_an_open_end) {
  hyperparameter p = make(hyperparameter_type::real, 0, 1);
  p.open_below = p.open_above = true;
  EXPECT_NE(refusal(p, 0.0), "");
  EXPECT_NE(refusal(p, 1.0), "");
  EXPECT_EQ(refusal(p, 0.5), "");
}

TEST(hyperparameter, refuses_what_is_not_finite) {
  const hyperparameter p = make(hyperparameter_type::real);
  EXPECT_NE(refusal(p, std::nan("")), "");
  EXPECT_NE(refusal(p, infinity), "");
  EXPECT_NE(refusal(p, -infinity), "");
}

TEST(hyperparameter, takes_an_integer_for_a_real_and_makes_it_one) {
  const setting taken = make(hyperparameter_type::real, 0).check(std::int64_t{3});
  ASSERT_TRUE(std::holds_alternative<double>(taken));
  EXPECT_EQ(std::get<double>(taken), 3.0);
}

TEST(hyperparameter, refuses_a_real_for_an_integer) {
  const hyperparameter p = make(hyperparameter_type::integer, 0, 10);
  EXPECT_EQ(p.check(std::int64_t{10}), setting(std::int64_t{10}));
  EXPECT_NE(refusal(p, 2.0), "");
  EXPECT_NE(refusal(p, std::int64_t{11}), "");
  EXPECT_NE(refusal(p, true), "");
}

TEST(hyperparameter, refuses_an_integer_that_no_double_holds) {
  const hyperparameter p = make(hyperparameter_type::integer);
  const std::int64_t largest = std::int64_t{1} << 53;
  EXPECT_EQ(refusal(p, largest), "");
  EXPECT_NE(refusal(p, largest + 1), "");
  EXPECT_NE(refusal(p, -largest - 1), "");
}

TEST(hyperparameter, takes_a_boolean_only_as_such) {
  const hyperparameter p = make(hyperparameter_type::boolean);
  EXPECT_EQ(p.check(true), setting(true));
  EXPECT_EQ(refusal(p, std::int64_t{1}), "p: found 1, expected true or false");
  EXPECT_NE(refusal(p, std::string("true")), "");
}

TEST(hyperparameter, takes_a_choice_by_its_name) {
  hyperparameter p = make(hyperparameter_type::choice);
  p.choices = {"velocity", "ema"};
  EXPECT_EQ(p.check(std::string("ema")), setting(std::string("ema")));
  EXPECT_EQ(refusal(p, std::string("emma")), "p: found emma, expected one of velocity, ema");
  EXPECT_NE(refusal(p, std::int64_t{0}), "");
}

TEST(hyperparameter, checks_each_element_of_a_list) {
  const hyperparameter p = make(hyperparameter_type::integer_list, 1, 9);
  EXPECT_EQ(p.check(list{1, 9}), setting(list{1, 9}));
  EXPECT_EQ(p.check(list{}), setting(list{}));
  EXPECT_EQ(refusal(p, list{1, 0}), "p: found [1, 0], expected a list of integers, each >= 1 and <= 9");
  EXPECT_NE(refusal(p, std::int64_t{3}), "");
}

component two_params() {
  component made{};
  made.kind = component_kind::optimizer;
  made.id = "two";
  made.hyperparameters = {make(hyperparameter_type::real, 0), make(hyperparameter_type::integer_list)};
  made.hyperparameters[0].name = "rate";
  made.hyperparameters[0].default_value = 0.5;
  made.hyperparameters[1].name = "sizes";
  made.hyperparameters[1].default_value = list{4, 2};
  return made;
}

TEST(component, completes_settings_by_the_defaults) {
  EXPECT_EQ(two_params().complete({}), (settings{{"rate", 0.5}, {"sizes", list{4, 2}}}));
  EXPECT_EQ(two_params().complete({{"rate", std::int64_t{2}}}),
            (settings{{"rate", 2.0}, {"sizes", list{4, 2}}}));
}

TEST(component, names_the_nearest_hyperparameter) {
  EXPECT_EQ(plugin_error_of([] {
              two_params().complete({{"ratee", 0.1}});
            }),
            "two has no hyperparameter ratee; did you mean rate?");
  EXPECT_EQ(plugin_error_of([] {
              two_params().complete({{"momentum", 0.1}});
            }),
            "two has no hyperparameter momentum; it has rate, sizes");
  component none = two_params();
  none.hyperparameters.clear();
  EXPECT_EQ(plugin_error_of([&] {
              none.complete({{"lr", 0.1}});
            }),
            "two has no hyperparameter lr; it has none");
}

TEST(component, checks_values_when_it_completes) {
  EXPECT_EQ(plugin_error_of([] {
              two_params().complete({{"rate", -1.0}});
            }),
            "rate: found -1, expected a real number >= 0");
}

TEST(component, tells_its_capabilities) {
  component made = two_params();
  made.capabilities = RV_OPTIMIZER_CLOSURE;
  EXPECT_TRUE(made.can(RV_OPTIMIZER_CLOSURE));
  EXPECT_FALSE(made.can(RV_OPTIMIZER_ELEMENTWISE));
}

TEST(configuration, crosses_in_declared_order) {
  component owner = two_params();
  owner.hyperparameters.push_back(make(hyperparameter_type::choice));
  owner.hyperparameters[2].choices = {"a", "b", "c"};
  owner.hyperparameters[2].default_value = std::string("c");
  owner.hyperparameters.push_back(make(hyperparameter_type::boolean));
  owner.hyperparameters[3].name = "flag";
  owner.hyperparameters[3].default_value = true;

  const configuration crossed(owner, {{"sizes", list{7, 8, 9}}});
  const rv_config& raw = *crossed.raw();
  EXPECT_EQ(raw.struct_size, sizeof(rv_config));
  ASSERT_EQ(raw.count, 4U);
  EXPECT_EQ(raw.values[0], 0.5);
  EXPECT_EQ(raw.values[1], 3.0) << "the element count stands in a list's place";
  EXPECT_EQ(raw.values[2], 2.0) << "a choice is its index";
  EXPECT_EQ(raw.values[3], 1.0);
  EXPECT_EQ(raw.lists[0].count, 0U);
  EXPECT_EQ(raw.lists[0].values, nullptr);
  ASSERT_EQ(raw.lists[1].count, 3U);
  EXPECT_EQ(raw.lists[1].values[2], 9);
}

}  // namespace
}  // namespace ravine
