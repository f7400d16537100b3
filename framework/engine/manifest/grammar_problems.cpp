#include "manifest/grammar_rows.hpp"
#include "manifest/names.hpp"

namespace ravine {
namespace grammar_rows {
namespace {

constexpr double largest_batch = 1e9;

constexpr auto dtype_words = words_of(dtypes);
constexpr std::array<std::string_view, 1> full_batch{"full"};

constexpr std::array problem_keys{
    key("use", use(provider::model, "a model"), "mlp", "The model, or a landscape (a test function).")
        .required("use is missing, which names a model"),
    key("with", with(provider::model), "{}", "The model's hyperparameters.").otherwise("the plugin's"),
    key("label", text(), "small net", "Name of the problem in results. Labels of problems are unique.")
        .otherwise("`use`, followed by the data source where that is not unique (`mlp digits`)"),
    key("data", or_null(block_of(grammar::data)), "{use: digits}", "The examples to learn from.")
        .otherwise("required, except for landscapes, which take none"),
    key("dtype", one_of(dtype_words), "f64", "Type of parameters and gradients.")
        .otherwise("`f32` with data, `f64` on a landscape"),
    key("start", list_of(number()), "[-1.2, 1]",
        "Landscapes only: the initial point, in the function's own coordinates.")
        .otherwise("the function's usual initial point"),
    key("instance", block_of(grammar::instance), "{rotate: true, shift: true}",
        "Landscapes only: random transformations of the function.")
        .otherwise("the function as it is"),
    key("noise", {.type = form::real, .noun = "a standard deviation", .minimum = 0}, "0.1",
        "Landscapes only: standard deviation of the normal noise that is added to each element of each "
        "gradient. Losses and metrics stay exact.")
        .by_default("0"),
    key("train", block_of(grammar::train), "{steps: 50}", "Budget and batches of this problem.")
        .otherwise("the manifest's `train`, key by key"),
    key("evaluate", block_of(grammar::evaluate), "{every: {steps: 100}}", "Evaluation of this problem.")
        .otherwise("the manifest's `evaluate`, key by key"),
};

constexpr std::array data_keys{
    key("use", use(provider::data_source, "a data source"), "digits",
        "The data source; `ravine data list` lists them.")
        .required("use is missing, which names a data source"),
    key("with", with(provider::data_source), "{}", "Its options, such as the number of validation examples.")
        .otherwise("the data source's"),
};

constexpr std::array instance_keys{
    key("rotate", flag(), "true",
        "Rotate the function about the mean of its minima. At most 1000 dimensions.")
        .by_default("false"),
    key("shift", flag(), "true",
        "Shift it so that its minima stay within the middle 80 % of its box, or draw no farther out where "
        "the "
        "rotation has put them beyond that.")
        .by_default("false"),
};

constexpr std::array train_keys{
    epochs.by_default("10").otherwise("with data"),
    steps.by_default("1000").otherwise("on a landscape"),
    key("evaluations", integer(1, most_steps), "500",
        "Evaluations of the gradient, or of the loss alone; a batch counts as one."),
    key("seconds", positive(longest), "60",
        "Time spent on gradients and optimizer steps; evaluations of metrics are not counted."),
    key("batch_size",
        searchable({.type = form::integer,
                    .noun = "a number of examples",
                    .minimum = 1,
                    .maximum = largest_batch,
                    .words = full_batch}),
        "64",
        "Examples in a batch; `full` is the whole training set. Several are a search axis: `{grid: [32, "
        "128]}`.")
        .by_default("128"),
    key("clip", block_of(grammar::clip), "{norm: 1.0}",
        "Clipping of gradients before the optimizer sees them.")
        .otherwise("no clipping"),
    key("scale_lr_with_batch", or_null(block_of(grammar::scale_lr_with_batch)), "{reference: 32}",
        "The linear scaling rule. `null` in a problem's block turns the manifest's off.")
        .otherwise("`lr` is used as it is"),
};

constexpr std::array clip_keys{
    key("norm", positive(), "1.0", "Scale the whole gradient down to this Euclidean norm.")
        .otherwise("unlimited"),
    key("value", positive(), "0.5", "Clamp each element to [-value, value].").otherwise("unlimited"),
};

constexpr std::array scale_lr_keys{
    key("reference", integer(1, largest_batch), "32", "The batch size that `lr` is meant for.")
        .required("reference is missing, the batch size that lr is meant for: {reference: 32}"),
};

constexpr std::array evaluate_keys{
    key("every", block_of(grammar::length), "{epochs: 1}", "Training between two evaluations.")
        .otherwise(
            "an epoch; a hundredth of the budget on a landscape (1000 steps if the budget is in seconds)"),
    key("target", block_of(grammar::target), "{validation_accuracy: 0.95}",
        "One or several values of a metric; the cost of reaching each first is measured.")
        .otherwise("none"),
    key("stop_at_target", flag(), "true", "Whether a trial ends at its target, the hardest of several.")
        .by_default("false"),
    key("curvature", or_null(block_of(grammar::curvature)), "{every: {steps: 100}}",
        "Measures the shape of the loss around the parameters. `null` in a problem's block turns the "
        "manifest's "
        "off.")
        .otherwise("it is not measured"),
};

constexpr std::array curvature_keys{
    key("every", block_of(grammar::length), "{steps: 100}", "Training between two measurements.")
        .required("every is missing, the training between two measurements: {every: {steps: 100}}"),
    key("examples", integer(2, largest_batch), "500",
        "Examples of the training set on which the loss is taken, always the same. A larger number than "
        "there is "
        "stands for all. Landscapes have none.")
        .by_default("1000"),
    key("rho", positive(), "0.1", "Radius of the ball in which `sam_sharpness` looks for the largest rise.")
        .by_default("0.05"),
};

constexpr auto target_keys = [] {
  std::array<key_grammar, metrics.size()> keys;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto& [name, where, description] = metrics[i];
    const bool accuracy = name.ends_with("accuracy");
    keys[i] = accuracy ? key(name, one_or_several(share()), "0.95", description)
                       : key(name, one_or_several(or_range(number(), grammar::range)),
                             name == "gap" ? "{from: 1e2, to: 1e-8, count: 51}" : "0.1", description);
  }
  return keys;
}();

constexpr double most_targets = 1000;

constexpr std::array range_keys{
    key("from", positive(), "1e2", "The easiest target.").required("from is missing, the easiest target"),
    key("to", positive(), "1e-8", "The hardest target.").required("to is missing, the hardest target"),
    key("count", integer(2, most_targets), "51", "How many targets, these two included.")
        .required("count is missing, the number of targets"),
};

constexpr std::array length_keys{epochs, steps};

constexpr std::array stage_length_keys{
    epochs, steps,
    key("share", share(), "0.1", "Share of the budget, which has to tell the number of steps.")};

}  // namespace
}  // namespace grammar_rows

namespace grammar {

constexpr block_grammar problem{"problem", "An entry of `problems`: a model with its data, or a landscape.",
                                grammar_rows::problem_keys};
constexpr block_grammar data{"data", "Where a problem's examples come from.", grammar_rows::data_keys};
constexpr block_grammar instance{"instance", "Random transformations of a landscape.",
                                 grammar_rows::instance_keys};
constexpr block_grammar train{"train",
                              "Budget, batches and gradients. At most one of the four budgets may be given.",
                              grammar_rows::train_keys};
constexpr block_grammar clip{"clip", "Clipping of gradients; both may be given.", grammar_rows::clip_keys};
constexpr block_grammar scale_lr_with_batch{
    "scale_lr_with_batch", "The linear scaling rule for learning rates.", grammar_rows::scale_lr_keys};
constexpr block_grammar evaluate{"evaluate", "Evaluation and target.", grammar_rows::evaluate_keys};
constexpr block_grammar curvature{"curvature", "The shape of the loss along training.",
                                  grammar_rows::curvature_keys};
constexpr block_grammar target{"target", "The values that a metric is to reach.", grammar_rows::target_keys};
constexpr block_grammar range{"range", "Targets at equal ratios: evenly spaced on a logarithmic scale.",
                              grammar_rows::range_keys};
constexpr block_grammar length{"length", "A length of training: exactly one of these keys.",
                               grammar_rows::length_keys, block_grammar::rule::exactly_one};
constexpr block_grammar stage_length{"stage_length", "The length of a stage: exactly one of these keys.",
                                     grammar_rows::stage_length_keys, block_grammar::rule::exactly_one};

}  // namespace grammar
}  // namespace ravine
