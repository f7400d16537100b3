#include "unit/plugin_support.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Plugins whose description breaks the contract in one place: refused with the component and field at fault,
// and everything else in their folder is found.
namespace ravine {
namespace {

struct misdescription {
  std::string object;
  std::string reason;
};

void PrintTo(const misdescription& each, std::ostream* out) { *out << each.object; }

class misdescribed : public ::testing::TestWithParam<misdescription> {};

TEST_P(misdescribed, is_refused_with_the_reason) {
  const testing::plugin_folder folder;
  const auto bad = folder.add(GetParam().object, "a_bad_one");
  folder.add("c_sign");
  registry loaded;
  loaded.scan(folder.path());
  ASSERT_EQ(loaded.rejected().size(), 1U);
  EXPECT_EQ(loaded.rejected()[0].path, bad);
  EXPECT_THAT(loaded.rejected()[0].reason, ::testing::HasSubstr(GetParam().reason));
  EXPECT_EQ(loaded.all(component_kind::optimizer).size(), 1U) << "nothing but the good plugin's component";
  EXPECT_NE(loaded.find(component_kind::optimizer, "c_sign"), nullptr);
}

const misdescription misdescriptions[] = {
    {"missing_symbol", "it does not export ravine_plugin_v1"},
    {"wrong_magic", "wrong magic 0x7, expected 0x4e495652"},
    {"major_2", "it was built for ABI 2.0, this Ravine speaks 1.1; build it again"},
    {"declines", "it declined to load: needs a processor with AVX-512"},
    {"short_plugin", "rv_plugin: struct_size is 56, release 1.0 has 64; set it to sizeof"},
    {"short_component", "a component: struct_size is 8, release 1.0 has 72"},
    {"short_param", "misdescribed: a hyperparameter: struct_size is 0, release 1.0 has 104"},
    {"short_table", "misdescribed: rv_optimizer: struct_size is 64, release 1.0 has 72"},
    {"null_plugin_name", "the plugin's name: is NULL, expected a string"},
    {"null_component", "a component: is NULL"},
    {"null_id", "a component's id: is NULL, expected a string"},
    {"null_summary", "misdescribed: summary: is NULL, expected a string"},
    {"null_param", "misdescribed: a hyperparameter: is NULL"},
    {"null_param_name", "misdescribed: a hyperparameter's name: is NULL, expected a string"},
    {"null_step", "misdescribed: function step is NULL"},
    {"null_choices", "misdescribed: hyperparameter lr: choices is NULL"},
    {"upper_case_id", "Adam: found upper-case letters in the id"},
    {"id_with_space", "a component's id: found \"my adam\", expected letters, digits and _"},
    {"unknown_kind", "misdescribed: unknown kind 9"},
    {"no_closure",
     "misdescribed: it wants no gradient, but has no closure to evaluate the loss with; declare both"},
    {"unknown_param_type", "misdescribed: hyperparameter lr: unknown type 9"},
    {"duplicate_id", "it holds two optimizers with the id misdescribed; rename one"},
    {"duplicate_param", "misdescribed: hyperparameter lr is declared twice"},
    {"default_out_of_range",
     "misdescribed: the default of lr: found 2, expected a real number >= 0 and <= 1"},
    {"default_not_a_number", "misdescribed: the default of lr: found nan"},
    {"integer_default_with_fraction", "hyperparameter lr: the default 0.5 is no integer"},
    {"empty_range", "hyperparameter lr: its minimum 3 is above its maximum 1"},
    {"search_out_of_range",
     "hyperparameter lr: its search range -1 to 0.9 does not lie within the valid one"},
    {"log_search_from_0",
     "hyperparameter lr: its search range starts at 0, a logarithmic one starts above 0"},
    {"unknown_scale", "hyperparameter lr: unknown scale 9"},
    {"unresolved", "undefined symbol: defined_nowhere"},
};

INSTANTIATE_TEST_SUITE_P(plugins, misdescribed, ::testing::ValuesIn(misdescriptions),
                         [](const auto& each) { return each.param.object; });

TEST(description, hides_no_good_plugin_among_all_the_bad_ones) {
  registry loaded;
  loaded.scan(RAVINE_TEST_BAD_PLUGIN_DIR);
  EXPECT_EQ(loaded.rejected().size(), std::size(misdescriptions));
  for (const char* id : {"c_sign", "throwing", "sdk_probe", "flush_to_zero", "step_fails", "sgd"}) {
    EXPECT_NE(loaded.find(component_kind::optimizer, id), nullptr) << id;
  }
  EXPECT_NE(loaded.find(component_kind::scheduler, "c_halving"), nullptr);
  EXPECT_NE(loaded.find(component_kind::model, "c_bowl"), nullptr);
}

TEST(description, is_copied_from_a_plugin_in_c) {
  const registry loaded = testing::load_test_object("c_sign");
  const component& found = loaded.get(component_kind::optimizer, "c_sign");
  EXPECT_EQ(found.summary, "Moves of one length along the averaged gradient's signs");
  EXPECT_TRUE(found.can(RV_OPTIMIZER_ELEMENTWISE));
  ASSERT_EQ(found.hyperparameters.size(), 2U);
  const hyperparameter& lr = found.hyperparameters[0];
  EXPECT_EQ(lr.name, "lr");
  EXPECT_EQ(lr.doc, "length of a move of each coordinate");
  EXPECT_EQ(lr.type, hyperparameter_type::real);
  EXPECT_TRUE(lr.schedulable);
  EXPECT_FALSE(lr.open_below);
  EXPECT_EQ(lr.search_low, 1e-4);
  EXPECT_EQ(lr.search_high, 1);
  EXPECT_EQ(lr.scale, search_scale::log);
  EXPECT_EQ(lr.default_value, setting(0.01));
  EXPECT_TRUE(found.hyperparameters[1].open_above);
  EXPECT_EQ(found.hyperparameters[1].scale, search_scale::none);
}

TEST(description, is_copied_from_a_plugin_of_the_sdk) {
  const registry loaded = testing::load_test_object("sdk_probe");
  const component& found = loaded.get(component_kind::optimizer, "sdk_probe");
  EXPECT_TRUE(found.can(RV_OPTIMIZER_CLOSURE));
  EXPECT_FALSE(found.can(RV_OPTIMIZER_ELEMENTWISE));
  ASSERT_EQ(found.hyperparameters.size(), 4U);
  EXPECT_TRUE(found.hyperparameters[0].schedulable);
  EXPECT_TRUE(found.hyperparameters[0].open_below);
  EXPECT_EQ(found.hyperparameters[1].default_value, setting(true));
  EXPECT_EQ(found.hyperparameters[2].default_value, setting(std::int64_t{3}));
  EXPECT_FALSE(found.hyperparameters[2].schedulable);
  EXPECT_EQ(found.hyperparameters[3].default_value, setting(std::vector<std::int64_t>{1, 2}));
}

}  // namespace
}  // namespace ravine
