#include "program.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// ravine compare: labels that are markup elsewhere. Those of a page are in tests/web.
namespace {

using namespace ravine::testing;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(labels, are_escaped_where_they_mean_something_to_a_format) {
  const work_folder folder;
  folder.write("labels.yaml", R"(name: labels
problems: [{use: booth, label: "p|q <i>"}]
train: {steps: 20}
optimizers:
  - {use: sgd, label: "a|b"}
  - {use: adam, label: "<b>"}
  - {use: momentum, label: 'c,"d"'}
  - {use: sgd, label: '[x](y)', with: {lr: {grid: [0.02, 0.03]}}}
)");
  ASSERT_EQ(run_ravine(folder, {"run", "labels.yaml"}).status, 0);
  const auto in = [&](const char* format) {
    return run_ravine(folder, {"compare", "labels.db", "--format", format, "--show", "scores"}).out;
  };
  const std::string markdown = in("markdown");
  EXPECT_THAT(markdown, StartsWith("### p\\|q \\<i\\>\n"));
  EXPECT_THAT(markdown, HasSubstr("\n| a\\|b | "));
  EXPECT_THAT(markdown, HasSubstr("\n| \\<b\\> | "));
  EXPECT_THAT(markdown, HasSubstr("\n| c,\"d\" | "));
  EXPECT_THAT(markdown, HasSubstr("\n| \\[x\\](y) | "));
  EXPECT_THAT(markdown, ContainsRegex("\n- warning: [^\n]*\\[x[^\n]*\n\nB/param: ")) << "no part of the item";
  const std::string csv = in("csv");
  EXPECT_THAT(csv, HasSubstr("\np|q <i>,a|b,,1,1,"));
  EXPECT_THAT(csv, HasSubstr("\np|q <i>,<b>,,1,1,"));
  EXPECT_THAT(csv, HasSubstr("\np|q <i>,\"c,\"\"d\"\"\",,1,1,")) << "quoted, as in RFC 4180";
  EXPECT_THAT(in("json"), HasSubstr(R"("optimizer": "c,\"d\"")"));
  const std::string table = in("table");
  for (const char* label : {"  a|b  ", "  <b>  ", "  c,\"d\"  "}) EXPECT_THAT(table, HasSubstr(label));
}

}  // namespace
