#include "program.hpp"
#include "results.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The same experiment with a longer budget goes on from where its trials ended.
namespace {

using namespace ravine::testing;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto longer = R"(name: longer
repetitions: 2
problems:
  - {use: mlp, with: {hidden: [8], dropout: 0.2}, data: {use: digits, with: {train: 100, validation: 50, test: 50}}}
train: {epochs: 2, batch_size: 20}
checkpoint: {at_end: true}
optimizers:
  - {use: adam, with: {lr: 1e-3}, schedule: {lr: {use: exponential}}}
  - {label: cosine, use: momentum, with: {lr: 0.1}, schedule: {lr: {use: cosine}}}
)";

outcome run_epochs(const work_folder& folder, int epochs, const std::vector<std::string>& more = {}) {
  std::vector<std::string> command{"run", "longer.yaml", "--jobs",
                                   "2",   "--set",       "train.epochs=" + std::to_string(epochs)};
  command.insert(command.end(), more.begin(), more.end());
  outcome ended = run_ravine(folder, command);
  EXPECT_EQ(ended.status, 0) << ended.err;
  return ended;
}

TEST(longer_budget, goes_on_where_nothing_depends_on_it_and_changes_no_bit) {
  const work_folder folder, plain;
  folder.write("longer.yaml", longer);
  plain.write("longer.yaml", longer);
  for (const int epochs : {2, 4}) run_epochs(plain, epochs, {"--set", "checkpoint=null"});
  EXPECT_THAT(run_epochs(folder, 2).err, Not(HasSubstr("went on")));
  const std::string err = run_epochs(folder, 4).err;
  EXPECT_THAT(err, HasSubstr("longer: 2 trials went on from the end of shorter ones, of 2 epochs\n"));
  EXPECT_EQ(computed_in(folder / "longer.db"), computed_in(plain / "longer.db"));
}

TEST(longer_budget, begins_at_the_start_once_states_are_no_longer_kept) {
  const work_folder folder;
  folder.write("longer.yaml", longer);
  const auto kept = [&] { return number_of(folder / "longer.db", "SELECT count(*) FROM checkpoints"); };
  run_epochs(folder, 1);
  EXPECT_EQ(kept(), 4);
  run_epochs(folder, 2);
  EXPECT_EQ(kept(), 4) << "the last of each kind";
  run_epochs(folder, 2, {"--set", "checkpoint=null"});
  EXPECT_EQ(kept(), 0);
  EXPECT_THAT(run_epochs(folder, 3).err, Not(HasSubstr("went on")));
}

TEST(longer_budget, search_points_go_on_from_their_rungs) {
  const work_folder folder, plain;
  const std::string tuned = R"(name: tuned
problems: [{use: rosenbrock, noise: 0.1, train: {steps: 90}, evaluate: {every: {steps: 20}}}]
optimizers: [{use: adam, with: {lr: {log_uniform: [1e-3, 1]}}, schedule: {lr: {use: cosine}}}]
tuning: {method: sobol, trials: 9, stop_early: {factor: 3, rungs: 2}}
)";
  folder.write("tuned.yaml", tuned + "checkpoint: {at_end: true}\n");
  plain.write("tuned.yaml", tuned);
  ASSERT_EQ(run_ravine(plain, {"run", "tuned.yaml"}).status, 0);
  const outcome ended = run_ravine(folder, {"run", "tuned.yaml"});
  ASSERT_EQ(ended.status, 0) << ended.err;
  EXPECT_THAT(ended.err, HasSubstr("tuned: 3 trials went on from the end of shorter ones, of 10 steps\n"));
  EXPECT_THAT(ended.err, HasSubstr("tuned: 1 trial went on from the end of a shorter one, of 30 steps\n"));
  EXPECT_EQ(computed_in(folder / "tuned.db"), computed_in(plain / "tuned.db"));
}

}  // namespace
