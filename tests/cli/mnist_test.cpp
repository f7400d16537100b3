#include "program.hpp"
#include "results.hpp"

#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// A short run on the real MNIST, where it is there: RAVINE_DATA names the folder with mnist in it.
namespace {

using namespace ravine::testing;
using ::testing::HasSubstr;

TEST(mnist, is_learnt_through_the_program) {
  const char* const data = std::getenv("RAVINE_DATA");
  if (data == nullptr || !std::filesystem::exists(std::filesystem::path(data) / "mnist")) {
    GTEST_SKIP() << "MNIST is not here: RAVINE_DATA should name the folder that holds mnist/*.gz; "
                    "ravine data fetch mnist gets it";
  }
  const work_folder folder;
  folder.write("short.yaml", R"(name: short
problems: [{use: softmax, data: {use: mnist, with: {train: 5000, validation: 1000}}}]
train: {epochs: 1, batch_size: 100}
optimizers: [{use: sgd, with: {lr: 0.1}}]
)");
  const outcome done = run_ravine(folder, {"run", "short.yaml"}, {{"RAVINE_DATA", data}});
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_EQ(number_of(folder / "short.db", "SELECT steps FROM trials"), 50);
  const auto accuracy =
      rows_of(folder / "short.db", "SELECT value FROM final_metrics WHERE metric = 'test_accuracy'");
  EXPECT_GT(std::stod(accuracy.at(0)), 0.8) << "of the 10,000 test images";
}

}  // namespace
