#include "validate/validate.hpp"

#include "unit/plugin_support.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Every check is broken by a plugin that breaks its promise, and passed by all that are shipped.
namespace ravine {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::MatchesRegex;
using testing::test_object;

std::vector<std::string> failures(const validation& made) {
  std::vector<std::string> names;
  for (const check_result& each : made.results) {
    if (each.outcome.ended == verdict::fail) names.push_back(each.name);
  }
  return names;
}

std::string reason_of(const validation& made, std::string_view name) {
  const auto found = std::ranges::find(made.results, name, &check_result::name);
  return found == made.results.end() ? "no such check" : found->outcome.reason;
}

struct broken_plugin {
  std::string object;
  std::string check;
  std::string reason;  ///< a part of it
};

void PrintTo(const broken_plugin& each, std::ostream* out) { *out << each.object; }

std::string object_name(const ::testing::TestParamInfo<broken_plugin>& of) { return of.param.object; }

class broken_plugins : public ::testing::TestWithParam<broken_plugin> {};

TEST_P(broken_plugins, are_caught_by_their_own_check) {
  const broken_plugin& broken = GetParam();
  const testing::plugin_folder folder;  // a copy, which no other test has loaded into this process
  const validation made = validate_plugin(folder.add(broken.object));
  EXPECT_FALSE(made.passed());
  EXPECT_THAT(failures(made), Contains(broken.check));
  EXPECT_THAT(reason_of(made, broken.check), HasSubstr(broken.reason));
}

INSTANTIATE_TEST_SUITE_P(
    file, broken_plugins,
    ::testing::Values(broken_plugin{"exports_more", "exports", "it exports 1 more: helper"},
                      broken_plugin{"missing_symbol", "exports", "does not export ravine_plugin_v1"},
                      broken_plugin{"executable_stack", "stack", "executable"},
                      broken_plugin{"unresolved", "symbols", "defined_nowhere"},
                      broken_plugin{"flush_to_zero", "floating_point", "flush subnormal numbers to zero"},
                      broken_plugin{"rounds_upward", "floating_point", "changes how the process rounds"},
                      broken_plugin{"default_out_of_range", "description", "the default"},
                      broken_plugin{"major_2", "description", "built for ABI 2.0"}),
    object_name);

INSTANTIATE_TEST_SUITE_P(
    optimizer, broken_plugins,
    ::testing::Values(
        broken_plugin{"optimizer_documentation", "documentation", "doc of lr is empty"},
        broken_plugin{"optimizer_within_ranges", "within_ranges", "SIGABRT"},
        broken_plugin{"optimizer_no_reason", "within_ranges",
                      "create answered -2 and gave no reason, with beta=0"},
        broken_plugin{"optimizer_growth", "growth", " instances made and destroyed left "},
        broken_plugin{"optimizer_instances", "instances", "other bits than each alone"},
        broken_plugin{"optimizer_older_host", "older_host", "past the end of a struct of an older host"},
        broken_plugin{"optimizer_newer_host", "newer_host", "rv_step has another size than mine"},
        broken_plugin{"optimizer_sizes", "sizes", "no multiple of 4"},
        broken_plugin{"optimizer_bounds", "bounds", "after the end of the parameters"},
        broken_plugin{"optimizer_gradients_untouched", "gradients_untouched",
                      "wrote to the gradients, which only the host may change"},
        broken_plugin{"optimizer_any_gradient", "any_gradient", "SIGSEGV"},
        broken_plugin{"optimizer_repeatability", "repeatability", "other bits the next time"},
        broken_plugin{
            "optimizer_state_size", "state",
            "state array m has 0 elements, expected 1: an elementwise optimizer has one per parameter"},
        broken_plugin{"optimizer_state_stride", "split_invariance", "three slices"},
        broken_plugin{"optimizer_split_invariance", "split_invariance", "three slices"},
        broken_plugin{"optimizer_state_round_trip", "state_round_trip", "end elsewhere"},
        broken_plugin{"optimizer_signs", "signs",
                      "floats: not finite after step 1 down the side of a bowl where gradients are negative"},
        broken_plugin{"optimizer_zeros", "signs",
                      "not finite after step 1 at the bottom of a bowl, where gradients are exactly 0"},
        broken_plugin{"optimizer_total", "total", "of 8 planned ones end at other bits"},
        broken_plugin{"optimizer_descent", "descent", "went from"}),
    object_name);

INSTANTIATE_TEST_SUITE_P(
    scheduler, broken_plugins,
    ::testing::Values(broken_plugin{"scheduler_whole_course", "whole_course", "the value is nan"},
                      broken_plugin{"scheduler_call_order", "call_order", "when asked backwards"},
                      broken_plugin{"scheduler_state_in_observe", "state_in_observe", "value changed it"},
                      broken_plugin{"scheduler_state_round_trip", "state_round_trip", "its value is another"},
                      broken_plugin{"scheduler_any_metric", "any_metric", "SIGSEGV"},
                      broken_plugin{"scheduler_newer_host", "newer_host", "value"}),
    object_name);

INSTANTIATE_TEST_SUITE_P(
    model, broken_plugins,
    ::testing::Values(broken_plugin{"model_sizes", "sizes", "the batch is not full"},
                      broken_plugin{"model_bounds", "bounds", "after the end of the scores"},
                      broken_plugin{"model_inputs_untouched", "inputs_untouched", "wrote to the inputs"},
                      broken_plugin{"model_gradient", "gradient",
                                    "along a direction in w the gradient gives the slope"},
                      broken_plugin{"model_loss_alone", "loss_alone", "without it"},
                      broken_plugin{"model_repeatability", "repeatability", "other bits the second time"},
                      broken_plugin{"model_metrics", "metrics", "other bits the second time"},
                      broken_plugin{"model_any_parameters", "any_parameters", "SIGSEGV"},
                      broken_plugin{"model_growth", "growth", "left"}),
    object_name);

std::vector<std::string> shipped_files() {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(RAVINE_TEST_PLUGIN_DIR)) {
    if (entry.path().extension() == ".so") files.push_back(entry.path().stem());
  }
  std::ranges::sort(files);
  return files;
}

class shipped_file : public ::testing::TestWithParam<std::string> {};

TEST_P(shipped_file, passes_every_check) {
  // Sanitizers on a slow and busy machine take long for those that decompose matrices.
  constexpr std::chrono::seconds ample(60);
  const fs::path file = fs::path(RAVINE_TEST_PLUGIN_DIR) / (GetParam() + ".so");
  EXPECT_THAT(failures(validate_plugin(file, ample)), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(validate, shipped_file, ::testing::ValuesIn(shipped_files()),
                         [](const auto& each) { return each.param; });

TEST(validate, passes_plugins_of_earlier_releases_for_ever) {
  for (const char* name :
       {"golden_1_0_c_sign", "golden_1_0_c_bowl", "golden_1_0_c_halving", "golden_1_1_c_sign",
        "golden_1_1_c_bowl", "golden_1_1_c_halving", "golden_1_1_c_halfway"}) {
    const validation made = validate_plugin(test_object(name));
    EXPECT_THAT(failures(made), IsEmpty()) << name;
    EXPECT_GT(made.results.size(), 10U) << name;
  }
}

TEST(validate, finds_nothing_where_nothing_is_broken) {
  const testing::plugin_folder folder;
  const validation made = validate_plugin(folder.add("optimizer_none"));
  EXPECT_THAT(failures(made), IsEmpty());
  EXPECT_EQ(made.count(verdict::not_applicable), 1U) << "only that it is not elementwise";
}

TEST(validate, takes_a_cache_that_fills_for_no_leak) {
  EXPECT_THAT(failures(validate_plugin(test_object("optimizer_cached"))), IsEmpty());
}

verdict verdict_of(const validation& made, std::string_view name) {
  return std::ranges::find(made.results, name, &check_result::name)->outcome.ended;
}

TEST(validate, passes_an_elementwise_optimizer_whose_state_has_a_type_of_its_own) {
  const validation made = validate_plugin(test_object("c_double_momentum"));
  EXPECT_THAT(failures(made), IsEmpty());
  EXPECT_EQ(verdict_of(made, "state"), verdict::pass);
  EXPECT_EQ(verdict_of(made, "split_invariance"), verdict::pass);
}

/// The checks that failed for a reason of their own.
std::vector<std::string> causes(const validation& made) {
  std::vector<std::string> names;
  for (const check_result& each : made.results) {
    if (each.outcome.ended == verdict::fail && each.same_as.empty()) names.push_back(each.name);
  }
  return names;
}

TEST(validate, names_the_first_failure_where_others_have_the_same_cause) {
  const testing::plugin_folder folder;
  const validation said = validate_plugin(folder.add("optimizer_state_size"));
  EXPECT_THAT(failures(said), IsSupersetOf({"defaults", "growth", "state", "sizes", "descent"}))
      << "though the numbers in its message differ";
  EXPECT_THAT(causes(said), ElementsAre("defaults"));
  const validation crashed = validate_plugin(folder.add("optimizer_any_gradient"));
  EXPECT_THAT(causes(crashed), ElementsAre("any_gradient"));
}

TEST(validate, tells_the_line_of_a_crash_and_nothing_of_who_called_it) {
  const testing::plugin_folder folder;
  const validation made = validate_plugin(folder.add("optimizer_any_gradient"));
  const std::string reason = reason_of(made, "any_gradient");
#if defined(RAVINE_SANITIZE_ADDRESS)  // whose frames stand between the fault and the plugin
  EXPECT_THAT(reason, MatchesRegex("SIGSEGV: touched memory at 0x[0-9a-f]+(\n  .*)+"));
#else
  EXPECT_THAT(reason,
              MatchesRegex("SIGSEGV: touched memory at 0x[0-9a-f]+(\n  .* at broken_optimizer\\.c:[0-9]+ "
                           "\\(optimizer_any_gradient\\.so\\))+"));
#endif
}

TEST(validate, takes_one_overrun_for_one_cause) {
  const testing::plugin_folder folder;
  EXPECT_THAT(causes(validate_plugin(folder.add("optimizer_bounds"))), ElementsAre("defaults"));
}

TEST(validate, ends_a_check_that_takes_too_long) {
  const validation made = validate_plugin(test_object("optimizer_endless"), std::chrono::milliseconds(100));
  EXPECT_EQ(reason_of(made, "descent"), "took longer than 0.1 s");
  EXPECT_THAT(failures(made), IsSupersetOf({"sizes", "bounds", "descent"}));
}

TEST(validate, looks_at_a_damaged_file_without_loading_it) {
  const testing::plugin_folder folder;
  const fs::path file = folder.add("c_sign");
  fs::resize_file(file, 5000);
  const validation made = validate_plugin(file);
  EXPECT_THAT(failures(made), ElementsAre("object_file"));
  EXPECT_EQ(made.results.size(), 1U);
  EXPECT_THAT(reason_of(made, "object_file"), HasSubstr("truncated"));
}

}  // namespace
}  // namespace ravine
