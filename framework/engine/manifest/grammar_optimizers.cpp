#include "manifest/grammar_rows.hpp"
#include "manifest/names.hpp"
#include "trial/tensor_selector.hpp"

namespace ravine {
namespace grammar_rows {
namespace {

constexpr auto unit_words = words_of(schedule_units);
constexpr std::array<std::string_view, 1> declared_ranges{"default"};

// Of optimizers and of those that wrappers work around.
constexpr auto use_key = key("use", use(provider::optimizer, "an optimizer"), "adam",
                             "The optimizer; `ravine plugins list` lists them.")
                             .required("use is missing, which names an optimizer");
constexpr auto with_key =
    key("with", with(provider::optimizer), "{lr: 0.01}",
        "Its hyperparameters. A [search expression](#search) in place of a value tries several.")
        .otherwise("the plugin's");
constexpr auto search_key =
    key("search", one_of(declared_ranges), "default",
        "Search every hyperparameter for which the plugin declares a range and `with` gives no value.")
        .otherwise("none")
        .with_hint("; other ranges belong under with: {lr: {log_uniform: [1e-4, 1]}}");
constexpr auto schedule_key =
    key("schedule",
        {.type = form::schedule,
         .count = arity::one_or_list,
         .inner = &grammar::stage,
         .from = provider::optimizer},
        "{lr: {use: cosine}}",
        "Schedules by hyperparameter: one [stage](#stage), or a list of stages that follow one another.")
        .otherwise("constant values");
constexpr auto inner_key =
    key("inner", block_of(grammar::inner_optimizer), "{use: adam}",
        "Of a wrapper, such as lookahead: the optimizer that it works around. Its searched values are named "
        "inner.NAME in results.")
        .otherwise("none; required for a wrapper");

constexpr auto groups_key =
    key("groups", list_of(block_of(grammar::group)), "[{role: bias, with: {lr: 0.01}}]",
        "Tensors with settings or an optimizer of their own. The first group that selects a tensor moves it; "
        "what no group selects is left to `use` and `with`.")
        .otherwise("none");

constexpr std::array optimizer_keys{
    use_key,
    with_key,
    key("label", text(), "Adam, tuned",
        "Name of the configuration in results. Labels are unique on each problem; the same label on "
        "different problems is one optimizer.")
        .otherwise("`use`"),
    key("on", one_or_several(text()), "[bowl]", "Labels of the problems that it is run on.")
        .otherwise("all problems"),
    search_key,
    schedule_key,
    inner_key,
    groups_key,
};

constexpr std::array inner_optimizer_keys{use_key, with_key, search_key, schedule_key, inner_key, groups_key};

constexpr std::array group_keys{
    key("tensors", text(), "\"*.bias\"",
        "A pattern for names of tensors: `*` stands for any text, `?` for one character, `[hm]` for one of "
        "these. `ravine plugins info MODEL` lists the names and roles.")
        .otherwise("`role` selects"),
    key("role", one_of(tensor_roles), "bias", "What the tensors are for.").otherwise("`tensors` selects"),
    key("use", use(provider::optimizer, "an optimizer"), "adamw",
        "An optimizer of its own, with that one's defaults.")
        .otherwise("that of the rest, with all that the group does not change"),
    with_key,
    search_key,
    schedule_key,
    inner_key,
};

constexpr std::array stage_keys{
    key("use", use(provider::scheduler, "a scheduler"), "cosine", "The scheduler.")
        .required("use is missing, which names a scheduler"),
    key("with", with(provider::scheduler), "{}", "Its hyperparameters. They can't be searched.")
        .otherwise("the plugin's"),
    key("for", block_of(grammar::stage_length), "{steps: 100}", "Length of the stage.")
        .otherwise("until the end of training; required for all stages but the last"),
    key("by", one_of(unit_words), "step", "Whether the value changes at each step or only at each epoch.")
        .by_default("step"),
};

constexpr std::array search_keys{
    key("grid", list_of(candidate()), "[0.01, 0.1]", "Each of these values."),
    key("choice", list_of(candidate()), "[0.01, 0.1]", "The same as `grid`."),
    key("uniform", two_of(number()), "[0.01, 0.1]", "Real numbers, drawn uniformly from the interval."),
    key("log_uniform", two_of(positive()), "[1e-4, 0.1]",
        "Real numbers, drawn uniformly in their logarithm."),
    key("int_uniform", two_of(whole_number()), "[1, 3]", "Whole numbers, both ends included."),
};

}  // namespace
}  // namespace grammar_rows

namespace grammar {

constexpr block_grammar optimizer{"optimizer", "An entry of `optimizers`.", grammar_rows::optimizer_keys};
constexpr block_grammar inner_optimizer{"inner_optimizer", "The optimizer that a wrapper works around.",
                                        grammar_rows::inner_optimizer_keys};
constexpr block_grammar group{"group",
                              "An entry of `groups`: which tensors, by `tensors` or by `role`, and what is "
                              "different for them. Searched "
                              "values are named [*.bias].lr or [norm].lr in results.",
                              grammar_rows::group_keys};
constexpr block_grammar stage{"stage", "One schedule of a sequence.", grammar_rows::stage_keys};
constexpr block_grammar search{
    "search", "A search expression, which stands in place of a value: exactly one of these keys.",
    grammar_rows::search_keys, block_grammar::rule::exactly_one};

}  // namespace grammar
}  // namespace ravine
