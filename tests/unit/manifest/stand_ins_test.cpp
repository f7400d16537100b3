#include "manifest/stand_ins.hpp"

#include "manifest/manifest.hpp"
#include "unit/plugin_support.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Components in use that hide others of the same name, wherever in an optimizer they are used.
namespace ravine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// With two builds each of the optimizer c_sign and the scheduler c_halving, the older one in use.
const registry& plugins() {
  static const registry all = [] {
    registry found;
    for (const char* name : {"golden_1_0_c_sign", "c_sign", "golden_1_0_c_halving", "c_halving"}) {
      found.load(testing::test_object(name));
    }
    found.scan(RAVINE_TEST_PLUGIN_DIR);
    return found;
  }();
  return all;
}

/// "optimizer c_sign" of what an experiment with that optimizer uses.
std::vector<std::string> used_by(const std::string& optimizer) {
  const std::string text = "problems: [{use: beale}]\noptimizers: [{" + optimizer + "}]\n";
  std::vector<std::string> found;
  for (const stand_in& each : parse_manifest(text, "test.yaml", {}, plugins()).stand_ins) {
    found.push_back(each.kind + " " + each.id);
  }
  return found;
}

TEST(stand_ins, are_those_that_trials_use) {
  EXPECT_THAT(used_by("use: sgd"), IsEmpty());
  EXPECT_THAT(used_by("use: c_sign"), ElementsAre("optimizer c_sign"));
  EXPECT_THAT(used_by("use: sgd, schedule: {lr: {use: c_halving}}"), ElementsAre("scheduler c_halving"));
}

TEST(stand_ins, are_found_within_wrappers) {
  EXPECT_THAT(used_by("use: lookahead, inner: {use: sgd}"), IsEmpty());
  EXPECT_THAT(used_by("use: lookahead, inner: {use: c_sign}"), ElementsAre("optimizer c_sign"));
  EXPECT_THAT(used_by("use: ema, inner: {use: lookahead, inner: {use: sgd, schedule: {lr: [{use: constant, "
                      "for: {steps: 3}}, {use: c_halving}]}}}"),
              ElementsAre("scheduler c_halving"));
}

}  // namespace
}  // namespace ravine
