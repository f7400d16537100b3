#include "program.hpp"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// ravine bench: that it measures everything, not how fast it is.
namespace {

using namespace ravine::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(bench, measures_every_optimizer_and_model) {
  const outcome done = run_ravine(work_folder(), {"bench", "--quick", "--format", "json"});
  ASSERT_EQ(done.status, 0) << done.err;
  const auto document = nlohmann::json::parse(done.out);
  std::set<std::string> optimizers, wrappers, models;
  for (const auto& each : document.at("steps")) {
    optimizers.insert(each.at("optimizer"));
    EXPECT_GT(each.at("seconds"), 0);
    EXPECT_GT(each.at("memory_seconds"), 0);
    if (each.at("optimizer") == "adam") {
      const double element = each.at("dtype") == "f32" ? 4 : 8;
      EXPECT_EQ(each.at("bytes"), each.at("parameters").get<double>() * element * 7)
          << "p, m and v twice, g once";
    }
    if (each.contains("around")) {
      EXPECT_GT(each.at("inner_seconds"), 0);
      wrappers.insert(each.at("optimizer"));
    }
  }
  for (const auto& each : document.at("models")) models.insert(each.at("model"));
  EXPECT_GE(optimizers.size(), 18U) << "all but those that evaluate by themselves";
  EXPECT_THAT(wrappers,
              ::testing::ElementsAre("accumulate", "adagc", "cautious", "ema", "gradient_centralization",
                                     "gradient_noise", "lookahead", "swa"));
  EXPECT_THAT(models, ::testing::ElementsAre("cnn", "mlp 128", "mlp 512 256", "softmax"));
  EXPECT_EQ(document.at("loops").size(), 2U);
}

TEST(bench, prints_tables_and_names_a_wrong_format) {
  const outcome done = run_ravine(work_folder(), {"bench", "--quick", "--format", "markdown"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, AllOf(HasSubstr("| adam"), HasSubstr("| lookahead")));
  EXPECT_EQ(run_ravine(work_folder(), {"bench", "--format", "xml"}).err,
            "ravine: --format: found xml, expected table, markdown or json\n");
}

}  // namespace
