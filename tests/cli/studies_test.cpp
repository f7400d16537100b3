#include "program.hpp"
#include "results.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The whole tuning, repeated.
namespace {

using namespace ravine::testing;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto manifest = R"(name: studied
repetitions: 2
problems: [{use: rosenbrock, noise: 0.1, train: {steps: 40}}]
optimizers:
  - {use: sgd, with: {lr: {log_uniform: [1e-5, 1e-3]}}}
  - {use: adam, with: {lr: {log_uniform: [1e-4, 1e-1]}}}
tuning: {method: random, trials: 4, studies: 5}
)";

TEST(studies, are_run_and_compared_by_what_each_of_them_chose) {
  const work_folder folder;
  folder.write("studied.yaml", manifest);
  const outcome planned = run_ravine(folder, {"run", "studied.yaml", "--dry-run"});
  EXPECT_THAT(planned.out, HasSubstr("studied: 40 trials; then 20 of what tuning chooses: 60 in all"));
  ASSERT_EQ(run_ravine(folder, {"run", "studied.yaml"}).status, 0);
  EXPECT_THAT(
      rows_of(folder / "studied.db", "SELECT role, count(*) FROM results GROUP BY role ORDER BY role"),
      ElementsAre("result|20", "search|40"));
  EXPECT_EQ(
      number_of(folder / "studied.db",
                "SELECT count(DISTINCT point) FROM results WHERE role = 'result' AND optimizer = 'adam'"),
      5);
  const outcome compared = run_ravine(folder, {"compare", "studied.db", "--baseline", "sgd"});
  EXPECT_EQ(compared.status, 0) << compared.err;
  EXPECT_THAT(compared.out, HasSubstr("rosenbrock · 10 repetitions in 5 studies of tuning; medians"));
  EXPECT_THAT(compared.out,
              ContainsRegex("adam: 5 studies chose lr=[^;]+; lr=[^;]+; lr=[^;]+; lr=[^;]+; lr="));
}

TEST(studies, in_parts_give_what_one_run_gives) {
  const work_folder folder;
  folder.write("studied.yaml", manifest);
  ASSERT_EQ(run_ravine(folder, {"run", "studied.yaml"}).status, 0);
  for (const char* part : {"1/2", "2/2"}) {
    ASSERT_EQ(run_ravine(folder, {"run", "studied.yaml", "--part", part}).status, 0);
  }
  const outcome merged =
      run_ravine(folder, {"merge", "studied-1-of-2.db", "studied-2-of-2.db", "-o", "merged.db"});
  EXPECT_EQ(merged.status, 0) << merged.err;
  EXPECT_EQ(computed_in(folder / "merged.db"), computed_in(folder / "studied.db"));
  const auto planned = [&](const char* file) {
    return rows_of(folder / file, "SELECT position, hash FROM planned ORDER BY position");
  };
  EXPECT_EQ(planned("merged.db"), planned("studied.db"));
}

}  // namespace
