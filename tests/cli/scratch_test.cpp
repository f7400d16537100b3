#include "program.hpp"
#include "results.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// An optimizer's room to work in is told beside its state, and not counted as state.
namespace {

using namespace ravine::testing;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

work_folder& run_of(work_folder& folder, const std::string& optimizers) {
  folder.write("a.yaml", "problems: [{use: sphere}]\ntrain: {steps: 5}\noptimizers: " + optimizers + "\n");
  const outcome done = run_ravine(folder, {"run", "a.yaml"});
  EXPECT_EQ(done.status, 0) << done.err;
  return folder;
}

// sam keeps a velocity, and works in two arrays more; cautious in one. Doubles have 8 bytes.
TEST(scratch, is_told_beside_state_in_every_format) {
  work_folder folder;
  run_of(folder, "[{use: sam}, {use: cautious, inner: {use: adam}}, {use: sgd}]");
  const auto compared = [&](const std::vector<std::string>& options) {
    std::vector<std::string> all{"compare", "a.db"};
    all.insert(all.end(), options.begin(), options.end());
    return run_ravine(folder, all).out;
  };
  const std::string text = compared({});
  EXPECT_THAT(text, ContainsRegex("B/param +scratch\n"));
  EXPECT_THAT(text, ContainsRegex("\n +sam .* 8 +16\n"));
  EXPECT_THAT(text, ContainsRegex("\n +cautious\\(adam\\) .* 16 +8\n"));
  EXPECT_THAT(text, ContainsRegex("\n +sgd .* 0 +0\n"));
  EXPECT_THAT(text, HasSubstr("scratch: working memory beside it"));
  const std::string csv = compared({"--format", "csv"});
  EXPECT_THAT(csv, HasSubstr(",state bytes per parameter,scratch bytes per parameter\n"));
  EXPECT_THAT(csv, HasSubstr(",16,8\n"));
  const auto json = nlohmann::json::parse(compared({"--format", "json"}));
  std::vector<double> scratch;
  for (const auto& line : json["problems"][0]["configurations"]) {
    scratch.push_back(line["scratch_bytes_per_parameter"]);
  }
  EXPECT_THAT(scratch, ElementsAre(16, 8, 0));
  EXPECT_THAT(rows_of(folder / "a.db", "SELECT state_bytes, scratch_bytes FROM results"),
              ElementsAre("16|32", "32|16", "0|0"));
}

TEST(scratch, has_no_column_where_there_is_none) {
  work_folder folder;
  const std::string text = run_ravine(run_of(folder, "[{use: adam}, {use: sgd}]"), {"compare", "a.db"}).out;
  EXPECT_THAT(text, HasSubstr("B/param\n"));
  EXPECT_THAT(text, Not(HasSubstr("scratch")));
}

}  // namespace
