#include "compare/suite_standings.hpp"
#include "unit/plugin_support.hpp"

#include <cmath>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using costs = std::vector<std::vector<double>>;

constexpr double never = std::numeric_limits<double>::infinity();

TEST(suite_score, falls_by_a_third_with_each_power_of_ten) {
  EXPECT_DOUBLE_EQ(suite_score(costs{{2}}, 2000), 1);
  EXPECT_DOUBLE_EQ(suite_score(costs{{20}}, 2000), 2.0 / 3);
  EXPECT_DOUBLE_EQ(suite_score(costs{{200}}, 2000), 1.0 / 3);
  EXPECT_DOUBLE_EQ(suite_score(costs{{2000}}, 2000), 0);
}

TEST(suite_score, is_the_mean_over_targets_and_repetitions_within_0_and_1) {
  EXPECT_DOUBLE_EQ(suite_score(costs{{2, 20}, {2, never}}, 2000), (1 + 2.0 / 3 + 1 + 0) / 4);
  EXPECT_DOUBLE_EQ(suite_score(costs{{0}}, 2000), 1) << "met at the start";
  EXPECT_DOUBLE_EQ(suite_score(costs{{3000}}, 2000), 0) << "met late";
}

TEST(suite_standings, rank_by_score_on_each_problem_and_share_equal_ranks) {
  const std::vector<suite_line> lines{
      {"bowl", "fast", 0, {{2}}},      {"bowl", "slow", 0, {{200}}},   {"bowl", "alike", 0, {{2}}},
      {"maze", "fast", 1, {{20}}},     {"maze", "slow", 1, {{never}}}, {"maze", "alike", 1, {{200}}},
      {"bowl", "elsewhere", 0, {{1}}},
  };
  const auto all = suite_standings(lines, {{"bowl", 2000}, {"maze", 2000}});
  ASSERT_EQ(all.size(), 3U) << "one was not run on the maze";
  EXPECT_EQ(all[0].optimizer, "fast");
  EXPECT_DOUBLE_EQ(all[0].score, (1 + 2.0 / 3) / 2);
  EXPECT_EQ(all[0].ranks.at("bowl"), 1.5);
  EXPECT_EQ(all[0].ranks.at("maze"), 1);
  EXPECT_EQ(all[0].mean_rank, 1.25);
  EXPECT_EQ(all[1].optimizer, "alike");
  EXPECT_EQ(all[2].optimizer, "slow");
  EXPECT_EQ(all[2].ranks.at("bowl"), 3);
  EXPECT_EQ(all[2].solved, 1U);
  EXPECT_EQ(all[2].trials, 2U);
}

TEST(suite_standings, have_an_interval_over_repetitions) {
  const std::vector<suite_line> lines{{"bowl", "a", 0, {{2}, {20}, {200}, {20}, {20}}}};
  const auto all = suite_standings(lines, {{"bowl", 2000}});
  EXPECT_LT(all[0].score_range.lower, 2.0 / 3);
  EXPECT_GT(all[0].score_range.upper, 2.0 / 3);
  EXPECT_GE(all[0].score_range.lower, 1.0 / 3);
  EXPECT_LE(all[0].score_range.upper, 1);
}

class suite_baselines_file : public ::testing::Test {
 protected:
  suite_baselines read(const std::string& text) {
    const auto file = folder_.path() / "s.csv";
    std::ofstream(file) << text;
    return read_suite_baselines(file);
  }

  std::string fault_of(const std::string& text) {
    try {
      read(text);
      return "";
    } catch (const error& problem) {
      return problem.what();
    }
  }

 private:
  testing::plugin_folder folder_;
};

constexpr auto head = "# suite: s-1\n# sha256: abc\n# by someone\nproblem,optimizer,budget,final,costs\n";

TEST_F(suite_baselines_file, holds_costs_by_repetition_and_target) {
  const suite_baselines all = read(std::string(head) + "bowl 2,adam,2000,1e-09,10 20.5;10 -\n");
  EXPECT_EQ(all.suite, "s-1");
  EXPECT_EQ(all.suite_sha256, "abc");
  EXPECT_THAT(all.provenance, ElementsAre("by someone"));
  EXPECT_EQ(all.budgets.at("bowl 2"), 2000);
  ASSERT_EQ(all.lines.size(), 1U);
  EXPECT_EQ(all.lines[0].optimizer, "adam");
  EXPECT_EQ(all.lines[0].final, 1e-9);
  EXPECT_THAT(all.lines[0].costs, ElementsAre(ElementsAre(10, 20.5), ElementsAre(10, never)));
}

TEST_F(suite_baselines_file, tells_the_line_of_a_fault) {
  EXPECT_THAT(fault_of("a,b\n"), HasSubstr("s.csv:1: expected problem,optimizer,budget,final,costs"));
  EXPECT_THAT(fault_of(head), HasSubstr("s.csv:5: expected a line for each optimizer"));
  EXPECT_THAT(fault_of(std::string(head) + "bowl,adam,2000,1\n"),
              HasSubstr("s.csv:5: found 4 cells, expected 5"));
  EXPECT_THAT(fault_of(std::string(head) + "bowl,adam,2000,1,10 x\n"),
              HasSubstr("found x, expected a number"));
}

}  // namespace
}  // namespace ravine
