#include "program.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace {

using namespace ravine::testing;
using ::testing::HasSubstr;

TEST(schema_command, prints_a_json_schema) {
  const outcome made = run_ravine(work_folder(), {"schema"});
  EXPECT_EQ(made.status, 0);
  const auto schema = nlohmann::json::parse(made.out);
  EXPECT_EQ(schema["title"], "Ravine manifest");
  EXPECT_TRUE(schema["$defs"]["tuning"]["properties"].contains("stop_early"));
}

TEST(schema_command, prints_the_page_of_all_keys) {
  const outcome made = run_ravine(work_folder(), {"schema", "--format", "markdown"});
  EXPECT_EQ(made.status, 0);
  std::ifstream page(std::filesystem::path(RAVINE_TEST_SOURCE_DIR) / "../docs/manifest.md");
  EXPECT_TRUE(made.out == std::string(std::istreambuf_iterator<char>(page), {}));
}

TEST(schema_command, knows_no_other_format) {
  const outcome refused = run_ravine(work_folder(), {"schema", "--format", "html"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("--format: found html, expected json or markdown"));
}

}  // namespace
