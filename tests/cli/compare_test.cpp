#include "program.hpp"
#include "results.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// ravine compare: every section in every format.
namespace {

using namespace ravine::testing;
using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr auto sweep = R"(name: sweep
repetitions: 6
problems:
  - {use: booth, instance: {shift: true, rotate: true}}
  - {use: matyas, instance: {shift: true}}
train: {steps: 60}
evaluate: {target: {gap: [1, 0.01]}}
optimizers:
  - {use: sgd, with: {lr: {grid: [0.01, 0.05, 0.1]}}}
  - {use: momentum, with: {lr: 0.02}}
)";

/// Where the sweep has been run.
const work_folder& swept() {
  static const work_folder folder;
  static const outcome done = [] {
    folder.write("sweep.yaml", sweep);
    return run_ravine(folder, {"run", "sweep.yaml"});
  }();
  EXPECT_EQ(done.status, 0) << done.err;
  return folder;
}

std::string compared(std::vector<std::string> options) {
  options.insert(options.begin(), {"compare", "sweep.db"});
  const outcome done = run_ravine(swept(), options);
  EXPECT_EQ(done.status, 0) << done.err;
  return done.out;
}

TEST(compare, counts_have_their_digits_in_threes_in_text_alone) {
  const work_folder folder;
  folder.write(
      "long.yaml",
      "problems: [{use: rosenbrock}]\ntrain: {steps: 2000}\nevaluate: {every: {steps: 1}, target: {gap: "
      "0.5}}\noptimizers: [{use: sgd, with: {lr: 0.0005}}]\n");
  EXPECT_THAT(run_ravine(folder, {"run", "long.yaml", "--dry-run"}).out, HasSubstr("  2,000 steps"));
  ASSERT_EQ(run_ravine(folder, {"run", "long.yaml"}).status, 0);
  EXPECT_THAT(run_ravine(folder, {"compare", "long.db"}).out, HasSubstr(" 1,940 "));
  EXPECT_THAT(run_ravine(folder, {"compare", "long.db", "--format", "csv"}).out, HasSubstr(",1940,"));
  EXPECT_THAT(run_ravine(folder, {"compare", "long.db", "--format", "json"}).out, Not(HasSubstr("1,940")));
}

TEST(compare, shows_what_has_something_to_say) {
  const std::string text = compared({});
  EXPECT_THAT(text,
              StartsWith("booth · 6 repetitions; medians: final value, cost to reach gap ≤ 0.01, the hardest "
                         "of 2 targets\n"));
  EXPECT_THAT(text, HasSubstr("\n  sensitivity  hyperparameter  best  "));
  EXPECT_THAT(text, Not(HasSubstr("sgd by lr: 0.01: ")));
  EXPECT_THAT(compared({"--show", "curves"}), HasSubstr("sgd by lr: 0.01: "));
  EXPECT_THAT(text, HasSubstr("\nperformance profile · share of 2 problems"));
  EXPECT_THAT(
      text, HasSubstr("\nruntime distribution · share of all pairs of a trial and a target, on 2 problems"));
  EXPECT_THAT(text, HasSubstr("\ndata profile · share of all targets, on 2 problems"));
  for (const char* hidden : {"P(better)", "interquartile", "k = 1", "expected to target"})
    EXPECT_THAT(text, Not(HasSubstr(hidden))) << "not asked for";
}

TEST(compare, ends_with_what_its_marks_and_columns_mean) {
  EXPECT_THAT(
      compared({}),
      EndsWith("\n\n  B/param: optimizer state in bytes per parameter. *: best, and told apart from every "
               "other. Column\n  best: the best value at any evaluation.\n"));
  EXPECT_THAT(
      compared({"--format", "markdown"}),
      EndsWith("\n\nB/param: optimizer state in bytes per parameter. Bold: best, and told apart from every "
               "other. Column best: the best value at any evaluation.\n\n"));
}

TEST(compare, shows_all_sections_within_a_hundred_columns) {
  const std::string text = compared({"--show", "all", "--baseline", "sgd"});
  for (const char* heading :
       {"interquartile mean", "expected to target", "P(better)", "p (Holm)", "within 5 % of it",
        "best loss of k points  k = 1", "τ = 1 ", "expected evaluations to gap ", "  ever\n"})
    EXPECT_THAT(text, HasSubstr(heading));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto characters = std::count_if(
        line.begin(), line.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
    EXPECT_LE(characters, 100) << line;
  }
}

TEST(compare, shows_only_the_sections_that_are_named) {
  const std::string text = compared({"--show", "expected,budget"});
  EXPECT_THAT(text, HasSubstr("expected to target"));
  EXPECT_THAT(text, HasSubstr("k = 2"));
  EXPECT_THAT(text, Not(HasSubstr("sensitivity")));
  EXPECT_THAT(compared({"--show", "scores"}), Not(HasSubstr("performance profile")));
}

TEST(compare, tells_no_range_of_hyperparameters_that_were_drawn_together) {
  const work_folder folder;
  folder.write("drawn.yaml", R"(name: drawn
problems: [{use: booth}]
train: {steps: 20}
tuning: {method: random, trials: 3}
optimizers:
  - {use: sgd, with: {lr: {log_uniform: [1e-3, 1e-2]}}}
  - {use: momentum, with: {lr: {log_uniform: [1e-3, 1e-2]}, beta: {uniform: [0.5, 0.9]}}}
)");
  ASSERT_EQ(run_ravine(folder, {"run", "drawn.yaml"}).status, 0);
  const std::string text = run_ravine(folder, {"compare", "drawn.db", "--show", "sensitivity"}).out;
  EXPECT_THAT(text, HasSubstr("  sgd          lr  "));
  EXPECT_THAT(text, Not(HasSubstr("  momentum     lr  ")));
  const std::string csv =
      run_ravine(folder, {"compare", "drawn.db", "--show", "sensitivity", "--format", "csv"}).out;
  EXPECT_THAT(csv, HasSubstr("booth,momentum,lr,")) << "the scores are given all the same";
}

TEST(compare, writes_markdown_with_its_tables) {
  const std::string text = compared({"--format", "markdown", "--show", "all", "--baseline", "sgd"});
  EXPECT_THAT(text, StartsWith("### booth\n"));
  EXPECT_THAT(
      text,
      HasSubstr("\n| loss against the baseline | pairs | difference | 95 % interval | P(better) | p |"));
  EXPECT_THAT(text, HasSubstr("\n### performance profile\n"));
  EXPECT_THAT(text, HasSubstr("\n| best loss of k points | k = 1 | k = 2 | k = 3 |\n"));
}

TEST(compare, writes_a_table_of_csv_for_each_section) {
  const std::string lines = compared({"--format", "csv"});
  EXPECT_THAT(lines, StartsWith("problem,optimizer,point,chosen,repetitions,"));
  EXPECT_THAT(
      lines,
      HasSubstr(",loss median,loss mean,loss sd,loss best,loss median lower,loss median upper,loss iqm,"));
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 1 + 8);
  EXPECT_THAT(compared({"--format", "csv", "--show", "paired", "--baseline", "sgd"}),
              StartsWith("problem,optimizer,metric,pairs,mean "
                         "difference,difference,lower,upper,confidence,P(better),p,p Holm,correlation,sd,sd "
                         "unpaired,pairs needed,unpaired needed\n"
                         "booth,momentum,loss,6,"));
  const std::string sensitivity = compared({"--format", "csv", "--show", "sensitivity"});
  EXPECT_THAT(sensitivity, StartsWith("problem,optimizer,hyperparameter,metric,value,score,best,within 5 %\n"
                                      "booth,sgd,lr,loss,0.01,"));
  EXPECT_EQ(std::count(sensitivity.begin(), sensitivity.end(), '\n'), 1 + 6);
  EXPECT_THAT(compared({"--format", "csv", "--show", "budget"}),
              StartsWith("problem,optimizer,metric,points,expected best\nbooth,sgd,loss,1,"));
  EXPECT_THAT(compared({"--format", "csv", "--show", "profile"}),
              StartsWith("optimizer,problem,ratio\nsgd,booth,"));
  EXPECT_THAT(lines, HasSubstr(",target value,reached,reached at start,lost later,target epochs median,"));
  const std::string targets = compared({"--format", "csv", "--show", "targets"});
  EXPECT_THAT(targets, StartsWith("problem,optimizer,point,metric,target,reached,unit,expected\n"
                                  "booth,sgd,lr=0.01,gap,1,0,evaluations,inf\n"));
  EXPECT_EQ(std::count(targets.begin(), targets.end(), '\n'), 1 + 2 * 8);
  EXPECT_THAT(compared({"--format", "csv", "--show", "runtimes"}),
              StartsWith("unit,optimizer,distribution,cost,share\nevaluations,sgd,runtimes,"));
}

TEST(compare, tells_what_became_of_trials_after_the_target) {
  const work_folder folder;
  // Along x = y = -t the function falls without bound: momentum passes the minimum on its way there.
  folder.write("lost.yaml", R"(name: lost
problems: [{use: mccormick}]
train: {steps: 200}
evaluate: {every: {steps: 1}, target: {gap: 0.5}}
optimizers: [{use: momentum, with: {lr: 0.5}}, {use: sgd, with: {lr: 0.02}}]
)");
  ASSERT_EQ(run_ravine(folder, {"run", "lost.yaml"}).status, 0);
  const std::string text = run_ravine(folder, {"compare", "lost.db"}).out;
  EXPECT_THAT(text, ContainsRegex("  1/1, 1 escaped later +4  "));
  EXPECT_THAT(text, ContainsRegex("  1/1 +22  ")) << "nobody is first: momentum did not stay";
  EXPECT_THAT(text, HasSubstr("  best  "));
  EXPECT_THAT(text, ContainsRegex("Column[ \n]+best: the"));
  const std::string expected = run_ravine(folder, {"compare", "lost.db", "--show", "expected"}).out;
  EXPECT_THAT(expected, HasSubstr("  momentum            1/1, 1 escaped later  "));
}

TEST(compare, warns_of_a_target_that_a_start_of_a_model_meets) {
  const work_folder folder;
  folder.write("early.yaml", R"(name: early
problems: [{use: mlp, data: {use: digits, with: {train: 200, validation: 100, test: 100}}}]
train: {epochs: 1}
evaluate: {target: {validation_loss: 100}}
optimizers: [{use: sgd}]
)");
  ASSERT_EQ(run_ravine(folder, {"run", "early.yaml"}).status, 0);
  EXPECT_THAT(
      run_ravine(folder, {"compare", "early.db"}).out,
      HasSubstr(
          "warning: the target, validation_loss ≤ 100, was met before the first step in 1 of 1 trial:"));
}

TEST(compare, asks_about_other_targets_without_running_a_trial_again) {
  const work_folder folder;
  const auto manifest = [](const std::string& gaps) {
    return "name: again\nproblems: [{use: booth}]\ntrain: {steps: 50}\nevaluate: {target: {gap: " + gaps +
           "}}\noptimizers: [{use: adam, with: {lr: 0.5}}]\n";
  };
  folder.write("again.yaml", manifest("1e-3"));
  ASSERT_EQ(run_ravine(folder, {"run", "again.yaml"}).status, 0);
  folder.write("again.yaml", manifest("[100, 10, 1e-3]"));
  const outcome second = run_ravine(folder, {"run", "again.yaml"});
  EXPECT_THAT(second.out + second.err, HasSubstr("the trial is in again.db already"));
  const std::string text = run_ravine(folder, {"compare", "again.db", "--show", "targets"}).out;
  EXPECT_THAT(text, HasSubstr("expected evaluations to gap  100  10 "));
}

TEST(compare, writes_everything_as_json) {
  const std::string text = compared({"--format", "json", "--baseline", "sgd"});
  EXPECT_THAT(text, StartsWith("{\n"));
  for (const char* key :
       {"interquartile_mean_interval", "adjusted_p_value", "expected_best", "sensitivities", "profile",
        "repetitions_alike", "lost_later", "at_start", "runtimes", "simplex_gradients"})
    EXPECT_THAT(text, HasSubstr(key));
}

TEST(compare, gives_no_p_value_for_repetitions_that_are_identical) {
  const work_folder folder;
  folder.write("same.yaml",
               "name: same\nrepetitions: 5\nproblems: [{use: booth}]\ntrain: {steps: 20}\n"
               "optimizers: [{use: sgd}, {use: adam}]\n");
  ASSERT_EQ(run_ravine(folder, {"run", "same.yaml"}).status, 0);
  const std::string text = run_ravine(folder, {"compare", "same.db", "--baseline", "sgd"}).out;
  EXPECT_THAT(text, HasSubstr("warning: the repetitions of adam and of the baseline are identical"));
  EXPECT_THAT(text, Not(HasSubstr("  best  "))) << "all end at their best";
  EXPECT_THAT(text, Not(ContainsRegex("Column[ \n]+best")));
  EXPECT_THAT(text, HasSubstr(" ± 0 ")) << "no spread, not even of rounding";
  EXPECT_THAT(text, ContainsRegex("0  — +— +—\n")) << "neither p";
}

TEST(compare, corrects_for_what_where_hides) {
  const work_folder folder;
  folder.write("three.yaml", R"(name: three
repetitions: 6
problems: [{use: booth, noise: 0.1}]
train: {steps: 20}
optimizers: [{use: sgd}, {use: momentum}, {use: adam}]
)");
  ASSERT_EQ(run_ravine(folder, {"run", "three.yaml"}).status, 0);
  const std::vector<std::string> paired{"compare", "three.db", "--baseline", "sgd",
                                        "--show",  "paired",   "--format",   "csv"};
  const std::string whole = run_ravine(folder, paired).out;
  std::vector<std::string> filtered = paired;
  filtered.insert(filtered.end(), {"--where", "optimizer=sgd,adam"});
  const std::string part = run_ravine(folder, filtered).out;
  EXPECT_EQ(std::count(part.begin(), part.end(), '\n'), 3) << "by loss and by gap: " << part;
  std::istringstream lines(part);
  for (std::string line; std::getline(lines, line);)
    EXPECT_THAT(whole, HasSubstr(line + '\n')) << "the same p-values";
  const std::string text =
      run_ravine(folder, {"compare", "three.db", "--baseline", "sgd", "--where", "optimizer=sgd,adam"}).out;
  EXPECT_THAT(text, HasSubstr("corrected for 2 tests with the baseline, shown or not."));
  EXPECT_THAT(text, HasSubstr("6 pairs with the baseline: after Holm's correction for 2 tests"));
}

TEST(compare, says_so_where_a_section_that_was_asked_for_is_empty) {
  const work_folder folder;
  folder.write("plain.yaml", R"(name: plain
repetitions: 2
problems: [{use: booth}]
train: {steps: 20}
optimizers: [{use: sgd}, {use: adam}]
)");
  ASSERT_EQ(run_ravine(folder, {"run", "plain.yaml"}).status, 0);
  EXPECT_THAT(
      run_ravine(folder, {"compare", "plain.db", "--show", "curves,paired"}).err,
      ::testing::AllOf(HasSubstr("--show curves: there is nothing to show: no hyperparameter was searched"),
                       HasSubstr("--show paired: there is nothing to show: no baseline is named")));
  EXPECT_EQ(run_ravine(folder, {"compare", "plain.db", "--show", "all"}).err, "");
  EXPECT_THAT(run_ravine(folder, {"report", "plain.db", "-o", "nowhere/plain.html"}).err,
              HasSubstr("nowhere/plain.html: it can't be written: No such file or directory\n"));
  EXPECT_THAT(run_ravine(folder, {"report", "plain.db", "-o", "plain.pdf"}).err,
              HasSubstr("--output: found plain.pdf, expected a name that ends in .html"));
}

TEST(compare, uses_the_baseline_that_the_manifest_fixed_and_says_where_another_is_asked_for) {
  const work_folder folder;
  folder.write("fixed.yaml", R"(name: fixed
baseline: sgd
repetitions: 6
problems: [{use: booth, noise: 0.1}]
train: {steps: 20}
optimizers: [{use: sgd}, {use: adam}]
)");
  ASSERT_EQ(run_ravine(folder, {"run", "fixed.yaml"}).status, 0);
  const auto compare = [&](std::vector<std::string> options) {
    options.insert(options.begin(), {"compare", "fixed.db"});
    return run_ravine(folder, options).out;
  };
  EXPECT_THAT(compare({}), HasSubstr("against the baseline"));
  EXPECT_THAT(compare({"--format", "json"}), HasSubstr("\"baseline\": \"sgd\""));
  EXPECT_THAT(compare({}), Not(HasSubstr("was chosen for this comparison")));
  EXPECT_THAT(compare({"--baseline", "sgd"}), Not(HasSubstr("was chosen for this comparison")));
  EXPECT_THAT(compare({"--baseline", "adam"}),
              HasSubstr("the baseline, adam, was chosen for this comparison; the manifest fixed sgd"));
  EXPECT_THAT(compare({"--where", "optimizer=adam"}),
              HasSubstr("the manifest's baseline, sgd, is not among what is shown"));
  EXPECT_THAT(compare({"--show", "enough"}), HasSubstr("for 80 % power"));
}

TEST(compare, warns_once_of_what_concerns_no_single_problem) {
  const work_folder folder;
  folder.write("two.yaml", R"(name: two
baseline: sgd
problems: [{use: booth}, {use: matyas}]
train: {steps: 20}
optimizers: [{use: sgd}, {use: adam}]
)");
  ASSERT_EQ(run_ravine(folder, {"run", "two.yaml"}).status, 0);
  const std::string told = "the baseline, adam, was chosen for this comparison";
  for (const char* format : {"table", "markdown", "json"}) {
    const std::string text =
        run_ravine(folder, {"compare", "two.db", "--baseline", "adam", "--format", format}).out;
    const std::size_t first = text.find(told);
    ASSERT_NE(first, std::string::npos) << format << text;
    EXPECT_EQ(text.find(told, first + 1), std::string::npos) << format << text;
  }
}

TEST(compare, does_without_a_stored_manifest_that_can_not_be_read) {
  const work_folder folder;
  folder.write("bell.yaml",
               "name: bell\nproblems: [{use: booth}]\ntrain: {steps: 5}\n"
               "optimizers: [{use: sgd}, {use: adam}]\n");
  ASSERT_EQ(run_ravine(folder, {"run", "bell.yaml"}).status, 0);
  make_manifest_unreadable(folder / "bell.db");
  const outcome shown = run_ravine(folder, {"compare", "bell.db", "--format", "json", "--baseline", "sgd"});
  EXPECT_EQ(shown.status, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("\"the manifest of bell can't be read (line 2: "));
  EXPECT_THAT(shown.out, HasSubstr("); it may fix a baseline\""));
  EXPECT_THAT(shown.out, HasSubstr("\"baseline\": \"sgd\""));
  const outcome reported = run_ravine(folder, {"report", "bell.db", "--data", "-o", "bell.json"});
  EXPECT_EQ(reported.status, 0) << reported.err;
  EXPECT_THAT(text_of(folder / "bell.json"), HasSubstr("the manifest of bell can't be read"));
}

TEST(compare, refuses_sections_that_do_not_exist) {
  const outcome wrong = run_ravine(swept(), {"compare", "sweep.db", "--show", "intervalls"});
  EXPECT_EQ(wrong.status, 2);
  EXPECT_THAT(wrong.out, IsEmpty());
  EXPECT_THAT(wrong.err, HasSubstr("--show: found intervalls, expected scores, intervals"));
  EXPECT_THAT(run_ravine(swept(), {"compare", "sweep.db", "--format", "csv", "--show", "all"}).err,
              HasSubstr("--show: csv is one table; name one section, or use json"));
}

}  // namespace
