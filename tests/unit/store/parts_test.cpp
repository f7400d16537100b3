#include "unit/store/merge_support.hpp"

#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Parts of an experiment that were run into files of their own.
namespace ravine {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::ThrowsMessage;

struct store_parts : store_merge {
  const planned_trial whole = trial_named("adam", 0), begun = trial_named("adam", 1);

  plan part_named(const std::string& name) const {
    plan part = plan_of({whole, begun});
    part.name = name;
    return part;
  }
  fs::path make_part(const std::string& name) const {
    store part = store::open(named(name));
    part.begin(part_named(name));
    part.save(whole, full_result(), {"another cpu", "a build", 1, 4, "n1", "slurm 7"});
    part.save(begun, result_with(trial_status::interrupted, 3), origin);
    part.save_checkpoint(begun.hash, bytes_of("state"), 1.5, origin);
    return named(name);
  }
  store open_main() const {
    store results = store::open(merged);
    results.begin(plan_of({whole, begun}));
    return results;
  }
};

TEST_F(store_parts, are_taken_with_checkpoints_and_where_they_were_run) {
  make_part("a");
  store results = open_main();
  const merged_file taken = results.take(named("a"), "a");
  EXPECT_EQ(taken.added, 2U);
  EXPECT_EQ(taken.checkpoints, 1U);
  EXPECT_THAT(taken.endings,
              ElementsAre(Pair(trial_status::diverged, 1U), Pair(trial_status::interrupted, 1U)));
  EXPECT_EQ(results.trials().at(0).origin.node, "n1");
  expect_full_curve(results.trials().at(0).result.evaluations);
  EXPECT_EQ(results.checkpoint_of(begun.hash)->state, bytes_of("state"));
  EXPECT_EQ(results.missing(plan_of({whole, begun}).trials).size(), 1U);
  EXPECT_EQ(results.experiments().size(), 1U) << "a part is no experiment";
}

TEST_F(store_parts, taken_again_change_nothing) {
  make_part("a");
  store results = open_main();
  results.take(named("a"), "a");
  const std::vector<std::string> once = content();
  const merged_file taken = results.take(named("a"), "a");
  EXPECT_EQ(taken.added + taken.replaced + taken.checkpoints + taken.conflicts, 0U);
  EXPECT_EQ(content(), once);
}

/// A part is taken again and again while it grows: what was taken is known by its row in `trials`, and its
/// curve is not even read. That a curve which nobody could read makes no difference shows it.
TEST_F(store_parts, that_have_grown_are_read_from_where_they_grew) {
  const fs::path grown = make_part("a");
  store results = open_main();
  results.take(grown, "a");
  {
    SQLite::Database part(grown.string(), SQLite::OPEN_READWRITE);
    part.exec("UPDATE evaluations SET points = 'unreadable'");
  }
  EXPECT_EQ(results.take(grown, "a").trials, 2U);
  expect_full_curve(results.trials().at(0).result.evaluations);
  store other = store::in_memory();
  other.begin(plan_of({whole, begun}));
  EXPECT_THROW(other.take(grown, "a"), store_error) << "who has not got it looks at it";
}

TEST_F(store_parts, a_later_state_takes_the_place_of_an_earlier_one) {
  make_part("a");
  store results = open_main();
  results.take(named("a"), "a");
  {
    store part = store::open(named("a"));
    part.save(begun, full_result(), origin);
  }
  const merged_file taken = results.take(named("a"), "a");
  EXPECT_EQ(taken.replaced, 1U);
  EXPECT_TRUE(results.missing(plan_of({whole, begun}).trials).empty());
  EXPECT_FALSE(results.checkpoint_of(begun.hash)) << "the trial has ended";
}

TEST_F(store_parts, foreign_and_torn_files_are_refused_whole) {
  make_part("a");
  store results = open_main();
  const std::vector<std::string> before = content();
  EXPECT_THAT([&] { results.take(named("a"), "b"); },
              ThrowsMessage<store_error>(HasSubstr("it holds a, expected the part b")));
  fs::resize_file(named("a"), fs::file_size(named("a")) / 2);
  EXPECT_THROW(results.take(named("a"), "a"), store_error);
  std::ofstream(named("c")) << "something else, which is no database, and longer than a header would be";
  EXPECT_THROW(results.take(named("c"), "c"), store_error);
  EXPECT_THROW(results.take(named("absent"), "absent"), store_error);
  EXPECT_EQ(content(), before);
  make_part("d");
  EXPECT_EQ(results.take(named("d"), "d").added, 2U) << "others still can be taken";
}

TEST_F(store_parts, a_copy_holds_what_is_saved_by_then) {
  store part = store::open(named("a"));
  part.begin(part_named("a"));
  part.save(whole, full_result(), origin);
  part.copy_to(named("copy"));
  part.save(begun, full_result(), origin);
  store results = open_main();
  EXPECT_EQ(results.take(named("copy"), "a").added, 1U);
  part.copy_to(named("copy"));
  EXPECT_EQ(results.take(named("copy"), "a").added, 1U);
}

TEST_F(store_parts, costs_are_added_up_by_problem_and_optimizer) {
  store results = open_main();
  results.save(whole, full_result(), origin);
  results.save(begun, result_with(trial_status::interrupted, 3), origin);
  const std::vector<measured_cost> costs = results.measured_costs("e");
  ASSERT_EQ(costs.size(), 1U);
  EXPECT_EQ(costs[0].problem, "valley");
  EXPECT_EQ(costs[0].optimizer, "adam");
  EXPECT_EQ(costs[0].spent.steps, 7U) << "not of the interrupted one";
  EXPECT_DOUBLE_EQ(costs[0].spent.seconds(), 1.35);
  EXPECT_THAT(results.processors("e"), ElementsAre("a cpu"));
}

TEST_F(store_parts, lost_trials_have_a_result_until_the_next_command) {
  store results = open_main();
  results.save(whole, result_with(trial_status::lost, 0), origin);
  EXPECT_EQ(results.missing(plan_of({whole}).trials).size(), 1U);
  EXPECT_TRUE(results.unfinished(plan_of({whole}).trials).empty());
}

TEST_F(store_parts, lost_trials_keep_their_checkpoint_and_take_later_ones) {
  make_part("a");
  store results = open_main();
  results.save_checkpoint(begun.hash, bytes_of("earlier"), 1, origin);
  results.save(begun, result_with(trial_status::lost, 0), origin);
  ASSERT_TRUE(results.checkpoint_of(begun.hash));
  EXPECT_EQ(results.checkpoint_of(begun.hash)->state, bytes_of("earlier"));
  results.take(named("a"), "a");
  EXPECT_EQ(results.checkpoint_of(begun.hash)->state, bytes_of("state"));
}

}  // namespace
}  // namespace ravine
