#include "manifest/expansion.hpp"
#include "manifest/grammar_rows.hpp"
#include "manifest/names.hpp"

#include <algorithm>

namespace ravine {
namespace grammar_rows {
namespace {

constexpr double largest_seed = value_grammar::exact_limit;  // JSON readers may know doubles only
constexpr double most_threads = 1024;
constexpr std::size_t most_entries = 1000;  // each problem is run with each optimizer
constexpr double most_points = 1e5;
constexpr double most_search_repetitions = 1000;
constexpr double largest_factor = 100;
constexpr double most_rungs = 20;

constexpr auto method_words = words_of(search_methods);

constexpr bool may_tune(const metric_grammar& metric) {
  return metric.where != metric_grammar::measured_on::test;
}
constexpr auto tuning_words = [] {
  std::array<std::string_view, std::ranges::count_if(metrics, may_tune)> names;
  std::size_t count = 0;
  for (const metric_grammar& metric : metrics) {
    if (may_tune(metric)) names[count++] = metric.name;
  }
  return names;
}();

constexpr std::array manifest_keys{
    key("name", {.type = form::text, .noun = "text without /"}, "mnist-optimizers",
        "Name of the experiment. Results go to `NAME.db`.")
        .otherwise("the file's name")
        .with_hint(": results go to NAME.db"),
    key("description", prose(), "Which optimizer needs the fewest epochs?",
        "What the experiment is for. It has no effect.")
        .otherwise("none"),
    key("seed", integer(0, largest_seed), "3",
        "Seed of every random number: initial weights, order of examples, instances, noise and search "
        "points.")
        .by_default("1"),
    key("repetitions", integer(1, static_cast<double>(plan_limit)), "5",
        "Trials of each configuration. Repetition *i* has the same random numbers for every optimizer.")
        .by_default("1"),
    key("problems", list_of(block_of(grammar::problem), most_entries), "[{use: mlp, data: {use: digits}}]",
        "What is trained.")
        .required("problems are missing: problems: [{use: mlp, data: {use: mnist}}]")
        .or_instead("suite"),
    key("suite", {.type = form::text, .noun = "the name of a suite"}, "small",
        "In place of `problems`: those of a suite, which are frozen with their budgets, targets, tuning, "
        "seed and repetitions. What else is in the manifest may not contradict it.")
        .otherwise("none"),
    key("train", block_of(grammar::train), "{epochs: 5}",
        "Budget and batches of every problem that does not set its own.")
        .otherwise("that of each key"),
    key("evaluate", block_of(grammar::evaluate), "{every: {steps: 50}}",
        "When to evaluate, and the target, of every problem that does not set its own.")
        .otherwise("that of each key"),
    key("optimizers", list_of(block_of(grammar::optimizer), most_entries), "[{use: adam, with: {lr: 0.001}}]",
        "The optimizers to compare.")
        .required("optimizers are missing: optimizers: [{use: adam, with: {lr: 0.001}}]"),
    key("baseline", {.type = form::text, .noun = "the label of an optimizer"}, "adam",
        "The optimizer that `ravine compare` and `ravine report` compare the others with, fixed before there "
        "are results. It has no effect on trials.")
        .otherwise("none; `--baseline` can name one"),
    key("tuning", block_of(grammar::tuning), "{method: random, trials: 12}",
        "How hyperparameters are tuned before the repetitions.")
        .otherwise("none: every search point is run with all repetitions"),
    key("limits", block_of(grammar::limits), "{seconds: 600, memory: 2 GiB}",
        "Time and memory after which a trial is ended.")
        .otherwise("that of each key"),
    key("threads_per_trial", integer(1, most_threads), "2",
        "OpenBLAS threads of each trial. Another number sums in another order, so it makes different trials.")
        .by_default("1"),
    key("checkpoint", or_null(block_of(grammar::checkpoint)), "{every: {epochs: 1}}",
        "When trials save their state, to be resumed after an interruption or with a longer budget.")
        .otherwise("none"),
};

constexpr std::array tuning_keys{
    key("method", one_of(method_words), "sobol",
        "`random` draws points independently, `sobol` from a quasi-random sequence; `grid` tries every point "
        "of the lists.")
        .by_default("random"),
    key("trials", integer(1, most_points), "12",
        "Points to try for each optimizer on each problem, with `repetitions` trials each.")
        .otherwise("required, except for `grid`, which tries all points"),
    key("repetitions", integer(1, most_search_repetitions), "3",
        "Trials of each search point, with random numbers that no result shares.")
        .by_default("1"),
    key("finalists", integer(2, most_points), "4",
        "The best points of each optimizer on each problem, which are run again before one is chosen: with "
        "2 x `repetitions` further trials each.")
        .otherwise("none: all points have equally many trials"),
    key("studies", integer(1, static_cast<double>(most_studies)), "5",
        "Independent repetitions of the whole tuning, each with points and random numbers of its own, and "
        "with "
        "all `repetitions` of what it chooses.")
        .by_default("1"),
    key("metric", one_of(tuning_words), "validation_accuracy",
        "The metric that selects the best point, at the end of training, averaged over the repetitions of "
        "the search. Landscapes always use `loss`.")
        .by_default("validation_loss"),
    key("stop_early", block_of(grammar::stop_early), "{factor: 3, rungs: 2}",
        "Successive halving of the search points.")
        .otherwise("none: every search trial gets the full budget"),
};

constexpr std::array stop_early_keys{
    key("factor", integer(2, largest_factor), "4",
        "At each rung the best one in `factor` points continues, with `factor` times the budget.")
        .by_default("3"),
    key("rungs", integer(1, most_rungs), "1", "Rungs before the full budget.").by_default("2"),
};

constexpr std::array limits_keys{
    key("seconds", positive(), "600", "Wall-clock time, including that before a checkpoint.")
        .otherwise("unlimited"),
    key("memory", size(), "2 GiB", "Memory beyond what the process had when the trial began.")
        .otherwise("most of the machine's memory, divided by the jobs"),
};

constexpr std::array checkpoint_keys{
    key("every", block_of(grammar::length), "{steps: 1000}",
        "Training between two checkpoints. An interval in epochs does not apply to landscapes.")
        .otherwise("none are taken on the way"),
    key("at_end", flag(), "true",
        "Whether the state at the end of each trial is kept, for the same trial with a longer budget.")
        .by_default("false"),
};

}  // namespace
}  // namespace grammar_rows

namespace grammar {

constexpr block_grammar manifest{"manifest", "The top level of the file.", grammar_rows::manifest_keys};
constexpr block_grammar tuning{"tuning", "The search for hyperparameters.", grammar_rows::tuning_keys};
constexpr block_grammar stop_early{"stop_early", "Successive halving.", grammar_rows::stop_early_keys};
constexpr block_grammar limits{"limits", "Limits of each trial.", grammar_rows::limits_keys};
constexpr block_grammar checkpoint{"checkpoint", "Saved states of trials.", grammar_rows::checkpoint_keys,
                                   block_grammar::rule::at_least_one};

}  // namespace grammar
}  // namespace ravine
