#include "program.hpp"
#include "results.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// ravine run: experiments from their manifest to their results file.
namespace {

namespace fs = std::filesystem;
using namespace ravine::testing;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

/// A landscape, drawn digits, schedules, clipping, a target: 8 trials in a fraction of a second.
constexpr auto small = R"(name: small
repetitions: 2
problems:
  - use: rosenbrock
    train: {steps: 50}
  - use: mlp
    label: net
    with: {hidden: [8], dropout: 0.1}
    data: {use: digits, with: {train: 100, validation: 20, test: 20}}
    train: {epochs: 2, batch_size: 32, clip: {norm: 1}}
evaluate: {target: {loss: 1e-6, validation_accuracy: 0.9}}
optimizers:
  - {use: sgd, with: {lr: 0.001}, schedule: {lr: [{use: warmup, for: {steps: 3}}, {use: cosine}]}}
  - use: adam
)";

TEST(run, fills_a_results_file_and_says_so_on_standard_error) {
  const work_folder folder;
  folder.write("small.yaml", small);
  const outcome done = run_ravine(folder, {"run", "small.yaml", "--jobs", "1"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, IsEmpty()) << "standard output is for results";
  EXPECT_THAT(done.err, HasSubstr("small: 8 of 8 trials to run, into small.db\n"));
  EXPECT_THAT(done.err, HasSubstr("[1/8] rosenbrock · sgd · repetition 1: completed, loss "));
  EXPECT_THAT(done.err, HasSubstr("[8/8] net · adam · repetition 2: completed, test_accuracy "));
  EXPECT_THAT(done.err, HasSubstr("\nsmall: 8 completed\n"));
  EXPECT_EQ(number_of(folder / "small.db", "SELECT count(*) FROM results WHERE status = 'completed'"), 8);
  EXPECT_THAT(rows_of(folder / "small.db", "PRAGMA integrity_check"), ElementsAre("ok"));
}

TEST(run, moves_groups_of_tensors_by_optimizers_of_their_own) {
  const work_folder folder;
  folder.write("groups.yaml", R"(name: groups
repetitions: 1
problems: [{use: mlp, with: {hidden: [8]}, data: {use: digits, with: {train: 100, validation: 20, test: 20}},
            train: {epochs: 1}}]
optimizers:
  - use: muon
    label: mixed
    groups:
      - {role: bias, use: adamw, with: {lr: {grid: [0.01, 0.001]}}, schedule: {lr: {use: cosine}}}
      - {tensors: "output.*", use: lookahead, inner: {use: momentum}}
)");
  const outcome done = run_ravine(folder, {"run", "groups.yaml", "--jobs", "1"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("[bias].lr=0.01"));
  EXPECT_EQ(number_of(folder / "groups.db", "SELECT count(*) FROM results WHERE status = 'completed'"), 2);
  const outcome compared = run_ravine(folder, {"compare", "groups.db"});
  EXPECT_EQ(compared.status, 0) << compared.err;
  EXPECT_THAT(compared.out, HasSubstr("[bias].lr=0.01"));
  EXPECT_EQ(run_ravine(folder, {"report", "groups.db", "-o", "groups.html"}).status, 0);
}

TEST(run, tells_of_a_long_trial_while_it_runs) {
  const work_folder folder;
  folder.write("long.yaml", R"(name: long
repetitions: 1
problems: [{use: rosenbrock, train: {seconds: 8}}]
optimizers: [{use: sgd, with: {lr: 1e-6}}]
)");
  const outcome done = run_ravine(folder, {"run", "long.yaml"});
  EXPECT_THAT(done.err, ::testing::ContainsRegex(
                            "\\[0/1\\] rosenbrock · sgd · repetition 1: [0-9]+ %, step [0-9,]+ · loss "));
  EXPECT_THAT(done.err, HasSubstr("[1/1] rosenbrock · sgd · repetition 1: completed"));
}

TEST(run, names_what_a_search_trial_is_judged_by_and_no_score_of_a_failure) {
  const work_folder folder;
  folder.write("tuned.yaml", R"(name: tuned
problems: [{use: mlp, label: net, with: {hidden: [8]},
            data: {use: digits, with: {train: 100, validation: 20, test: 20}}, train: {epochs: 1}}]
optimizers: [{use: sgd, with: {lr: {grid: [0.01, 1e30]}}}]
tuning: {method: grid}
)");
  const outcome done = run_ravine(folder, {"run", "tuned.yaml", "--jobs", "1"});
  EXPECT_THAT(done.err, HasSubstr("lr=0.01 · search repetition 1: completed, validation_loss "));
  EXPECT_THAT(done.err, HasSubstr("lr=1e+30 · search repetition 1: diverged ("));
  EXPECT_THAT(done.err, HasSubstr("lr=0.01 · repetition 1: completed, test_accuracy "));
}

TEST(run, draws_no_bar_where_there_is_no_terminal) {
  const work_folder folder;
  folder.write("small.yaml", small);
  const outcome done = run_ravine(folder, {"run", "small.yaml"}, {{"TERM", "xterm"}});
  for (const char* text : {"\x1b", "\r", "█", "░"}) EXPECT_THAT(done.err, Not(HasSubstr(text)));
}

TEST(run, draws_a_bar_on_a_terminal_and_takes_it_away) {
  const work_folder folder;
  folder.write("small.yaml", small);
  program running(folder, {"run", "small.yaml", "--jobs", "1"}, {{"TERM", "xterm"}}, error_stream::terminal);
  const outcome done = running.finish();
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("░ 1/8 rosenbrock · sgd · repetition 1"));
  EXPECT_THAT(
      done.err,
      ::testing::EndsWith(
          "\r\x1b[Ksmall: 8 completed\r\nsmall: next, ravine compare small.db or ravine report small.db\r\n"))
      << "on a line of its own";
}

TEST(run, names_what_tuning_tries_as_search) {
  const work_folder folder;
  folder.write("tuned.yaml", R"(name: tuned
problems: [{use: booth}]
train: {steps: 20}
tuning: {method: grid}
optimizers: [{use: sgd, with: {lr: {grid: [1e-3, 1e-2]}}}]
)");
  const outcome done = run_ravine(folder, {"run", "tuned.yaml"});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("booth · sgd · lr=0.001 · search repetition 1: completed"));
  EXPECT_THAT(done.err, HasSubstr("booth · sgd · lr=0.01 · repetition 1: completed"));
}

TEST(run, a_second_time_runs_nothing) {
  const work_folder folder;
  folder.write("small.yaml", small);
  run_ravine(folder, {"run", "small.yaml"});
  const auto before =
      rows_of(folder / "small.db", "SELECT id, finished_at, optimizer_seconds FROM trials ORDER BY id");
  const outcome again = run_ravine(folder, {"run", "small.yaml"});
  EXPECT_EQ(again.status, 0);
  EXPECT_EQ(again.err, "small: all 8 trials are in small.db already\n");
  EXPECT_EQ(rows_of(folder / "small.db", "SELECT id, finished_at, optimizer_seconds FROM trials ORDER BY id"),
            before);
}

TEST(run, runs_what_a_change_adds_and_nothing_else) {
  const work_folder folder;
  folder.write("small.yaml", small);
  run_ravine(folder, {"run", "small.yaml"});
  const outcome more = run_ravine(folder, {"run", "small.yaml", "--set", "repetitions=3"});
  EXPECT_EQ(more.status, 0);
  EXPECT_THAT(more.err, HasSubstr("small: 4 of 12 trials to run, into small.db\n"));
  EXPECT_EQ(number_of(folder / "small.db", "SELECT count(*) FROM trials"), 12);
}

TEST(run, the_same_manifest_twice_gives_the_same_bits) {
  const work_folder folder;
  folder.write("small.yaml", small);
  run_ravine(folder, {"run", "small.yaml", "--out", "a.db", "--jobs", "1"});
  run_ravine(folder, {"run", "small.yaml", "--out", "b.db", "--jobs", "1"});
  const auto first = computed_in(folder / "a.db");
  EXPECT_GT(first.size(), 500U);
  EXPECT_EQ(first, computed_in(folder / "b.db"));
  run_ravine(folder, {"run", "small.yaml", "--out", "d.db", "--jobs", "3"});
  EXPECT_EQ(first, computed_in(folder / "d.db")) << "side by side too";
  run_ravine(folder, {"run", "small.yaml", "--out", "c.db", "--set", "seed=2"});
  EXPECT_NE(first, computed_in(folder / "c.db"));
}

TEST(run, a_dry_run_prints_the_plan_and_runs_nothing) {
  const work_folder folder;
  folder.write("small.yaml", small);
  const outcome plan = run_ravine(folder, {"run", "small.yaml", "--dry-run"});
  EXPECT_EQ(plan.status, 0);
  EXPECT_THAT(plan.err, IsEmpty());
  EXPECT_THAT(plan.out, HasSubstr("small: 8 trials\n"));
  EXPECT_THAT(plan.out, HasSubstr("net         adam       -         2            2 epochs  32\n"));
  EXPECT_THAT(plan.out, HasSubstr("\n8 of 8 trials still to be run into small.db\n"));
  EXPECT_FALSE(fs::exists(folder / "small.db"));
  run_ravine(folder, {"run", "small.yaml", "--set", "repetitions=1"});
  EXPECT_THAT(run_ravine(folder, {"run", "small.yaml", "--dry-run"}).out,
              HasSubstr("\n4 of 8 trials still to be run into small.db\n"));
}

TEST(run, set_changes_the_manifest) {
  const work_folder folder;
  folder.write("small.yaml", small);
  const outcome plan = run_ravine(
      folder, {"run", "small.yaml", "--dry-run", "--set", "name=other", "--set",
               "problems.net.train.epochs=7", "--set", "optimizers.adam.with={lr: {grid: [0.1, 0.2]}}"});
  EXPECT_EQ(plan.status, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("other: 12 trials\n"));
  EXPECT_THAT(plan.out, HasSubstr("7 epochs"));
  EXPECT_THAT(plan.out, HasSubstr("lr=0.2"));
  EXPECT_THAT(plan.out, HasSubstr("into other.db\n"));
}

TEST(run, tells_all_errors_with_their_places) {
  const work_folder folder;
  folder.write("wrong.yaml", R"(problems:
  - use: rosenbrok
train: {steps: 20, clip: {nrm: 1}}
optimizers:
  - use: sgd
    with: {lr: -1}
)");
  const outcome wrong = run_ravine(folder, {"run", "wrong.yaml"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.out, IsEmpty());
  EXPECT_EQ(wrong.err,
            "ravine: a manifest can't be used:\n"
            "wrong.yaml:2:10: problems[0].use: there is no model rosenbrok; did you mean rosenbrock?\n"
            "wrong.yaml:3:27: train.clip: unknown key nrm; did you mean norm?\n"
            "wrong.yaml:6:16: optimizers[0].with.lr: found -1, expected a real number >= 0\n");
  EXPECT_FALSE(fs::exists(folder / "wrong.db"));
}

TEST(run, an_error_in_the_last_manifest_shows_before_the_first_is_run) {
  const work_folder folder;
  folder.write("small.yaml", small);
  const outcome wrong = run_ravine(folder, {"run", "small.yaml", "missing.yaml"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.err, HasSubstr("missing.yaml: there is no such file"));
  EXPECT_FALSE(fs::exists(folder / "small.db"));
}

TEST(run, several_manifests_share_a_file_if_asked) {
  const work_folder folder;
  folder.write("small.yaml", small);
  folder.write("one.yaml", "problems: [{use: beale, train: {steps: 5}}]\noptimizers: [{use: sgd}]\n");
  EXPECT_EQ(run_ravine(folder, {"run", "small.yaml", "one.yaml", "--out", "all.db"}).status, 0);
  EXPECT_THAT(rows_of(folder / "all.db", "SELECT experiment, count(*) FROM results GROUP BY 1 ORDER BY 1"),
              ElementsAre("one|1", "small|8"));
}

TEST(run, a_trial_that_fails_is_reported_and_the_others_go_on) {
  const work_folder folder;
  folder.write("faulty.yaml", R"(name: faulty
problems: [{use: rosenbrock, train: {steps: 5}}]
optimizers:
  - {use: throwing, with: {where: step}}
  - {use: sgd, with: {lr: 0.001}}
)");
  const std::vector<std::string> command{"run", "faulty.yaml", "--jobs",
                                         "1",   "--plugins",   RAVINE_TEST_OBJECT_DIR};
  const outcome done = run_ravine(folder, command);
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, HasSubstr("[1/2] rosenbrock · throwing · repetition 1: failed ("));
  EXPECT_THAT(done.err, HasSubstr(" s): throwing: step: thrown on purpose\n"));
  EXPECT_THAT(done.err, HasSubstr("[2/2] rosenbrock · sgd · repetition 1: completed"));
  EXPECT_THAT(done.err, HasSubstr("faulty: 1 completed, 1 failed\n"));
  EXPECT_THAT(done.err, HasSubstr("faulty: 1 trial failed; ravine compare faulty.db shows them\n"));
  EXPECT_EQ(run_ravine(folder, command).status, 1) << "it is still there";
}

TEST(run, divergence_is_a_result_and_no_failure) {
  const work_folder folder;
  folder.write(
      "wild.yaml",
      "problems: [{use: rosenbrock, train: {steps: 50}}]\noptimizers: [{use: sgd, with: {lr: 10}}]\n");
  const outcome done = run_ravine(folder, {"run", "wild.yaml"});
  EXPECT_EQ(done.status, 0);
  EXPECT_THAT(done.err, HasSubstr("wild: 1 escaped\n"));
}

TEST(run, a_file_of_something_else_is_left_alone) {
  const work_folder folder;
  folder.write("small.yaml", small);
  folder.write("notes.db", "these are my notes, which nobody should overwrite");
  const outcome refused = run_ravine(folder, {"run", "small.yaml", "--out", "notes.db"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("notes.db: it is not one of Ravine's results files; name another one"));
  EXPECT_EQ(fs::file_size(folder / "notes.db"), 49U);
}

TEST(run, tells_how_long_a_trial_took_with_evaluation_where_that_is_much_more) {
  const work_folder folder;
  folder.write("slow.yaml", R"(name: slow
problems: [{use: sphere, train: {steps: 5}, evaluate: {every: {steps: 5}}}]
optimizers: [{use: slow_to_evaluate}]
)");
  const outcome done = run_ravine(folder, {"run", "slow.yaml", "--plugins", RAVINE_TEST_OBJECT_DIR});
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.err, ContainsRegex("slow_to_evaluate · repetition 1: completed, loss [^ ]+ \\([^,]+, "
                                      "[0-9.]+ [a-z]+ with evaluation\\)"));
}

TEST(run, without_its_data_an_experiment_does_not_start) {
  const work_folder folder;
  folder.write("mnist.yaml", R"(name: mnist
problems: [{use: softmax, data: {use: mnist}}]
train: {epochs: 1}
optimizers: [{use: sgd}]
)");
  const outcome missing =
      run_ravine(folder, {"run", "mnist.yaml"}, {{"RAVINE_DATA", (folder / "nothing").string()}});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.err, HasSubstr("train-images-idx3-ubyte"));
  EXPECT_THAT(missing.err, Not(HasSubstr("[1/1]")));
}

TEST(run, that_stops_for_missing_data_leaves_no_file) {
  const work_folder folder;
  folder.write("m.yaml", R"(problems: [{use: mlp, data: {use: mnist}}]
optimizers: [{use: sgd, with: {lr: 0.1}}]
)");
  const outcome run = run_ravine(folder, {"run", "m.yaml"});
  EXPECT_NE(run.status, 0);
  EXPECT_THAT(run.err, HasSubstr("mnist"));
  for (const char* name : {"m.db", "m.db-wal", "m.db-shm"}) {
    EXPECT_FALSE(std::filesystem::exists(folder / name)) << name;
  }
}

TEST(run, names_file_and_experiment_of_a_stored_manifest_that_can_not_be_read) {
  const work_folder folder;
  folder.write("bell.yaml",
               "name: bell\nproblems: [{use: booth}]\ntrain: {steps: 5}\n"
               "optimizers: [{use: sgd}, {use: adam}]\n");
  ASSERT_EQ(run_ravine(folder, {"run", "bell.yaml"}).status, 0);
  make_manifest_unreadable(folder / "bell.db");
  const outcome again = run_ravine(folder, {"run", "bell.yaml"});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.err, HasSubstr("bell.db: the stored manifest of bell can't be read (line 2: "));
  EXPECT_THAT(again.err, HasSubstr("give the experiment another name"));
  const outcome renamed = run_ravine(folder, {"run", "bell.yaml", "--set", "name=chime", "--out", "bell.db"});
  EXPECT_EQ(renamed.status, 0) << renamed.err;
  EXPECT_THAT(renamed.err, HasSubstr("all 2 trials are in bell.db already"));
}

TEST(run, keeps_a_baseline_once_there_are_results) {
  const work_folder folder;
  folder.write("late.yaml", R"(name: late
problems: [{use: booth}]
train: {steps: 5}
optimizers: [{use: sgd}, {use: adam}]
)");
  ASSERT_EQ(run_ravine(folder, {"run", "late.yaml"}).status, 0);
  const outcome added = run_ravine(folder, {"run", "late.yaml", "--set", "baseline=sgd"});
  EXPECT_EQ(added.status, 0) << added.err;
  EXPECT_THAT(added.err,
              HasSubstr("late: the baseline sgd is fixed from now on; 2 trials had ended before\n"));
  for (const char* other : {"baseline=adam", "seed=1"}) {
    const outcome replaced = run_ravine(folder, {"run", "late.yaml", "--set", other});
    EXPECT_EQ(replaced.status, 1) << other;
    EXPECT_THAT(replaced.err, HasSubstr("but late.db has fixed sgd and has results; keep it"));
  }
  EXPECT_EQ(run_ravine(folder, {"run", "late.yaml", "--set", "baseline=sgd"}).status, 0);
}

TEST(run, shows_what_tuning_costs_before_it_runs) {
  const work_folder folder;
  folder.write("tuned.yaml", R"(repetitions: 5
problems: [{use: booth}]
train: {steps: 20}
tuning: {trials: 12, repetitions: 3, finalists: 4}
optimizers: [{use: sgd, with: {lr: {log_uniform: [1e-3, 1e-2]}}}, {use: adam}]
)");
  EXPECT_THAT(run_ravine(folder, {"run", "tuned.yaml", "--dry-run"}).out,
              StartsWith("tuned: 41 trials; then 24 of finalists, 5 of what tuning chooses: 70 in all\n"));
}

}  // namespace
