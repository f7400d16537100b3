#include "unit/manifest/manifest_support.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace ravine;
using namespace ravine::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(manifest_errors, are_all_reported_at_once_in_order) {
  EXPECT_EQ(
      report(R"(name: many
repetition: 5
problems:
  - use: mlpp
    data: {use: mnist}
  - use: rosenbrock
    with: {n: 1}
train: {epochs: 10, steps: 5, batch_size: 0}
optimizers:
  - use: adam
    with: {lr: -1, beta3: 0.9}
  - use: momentum
    lr: 0.1
    schedule: {form: {use: cosine}}
)"),
      "test.yaml:2:1: the manifest: unknown key repetition; did you mean repetitions?\n"
      "test.yaml:4:10: problems[0].use: there is no model mlpp; did you mean mlp?\n"
      "test.yaml:7:15: problems[1].with.n: found 1, expected an integer >= 2 and <= 1000000\n"
      "test.yaml:8:17: train.epochs: problems[1] (rosenbrock) is a landscape, which has no epochs; give it a "
      "budget of its own, problems[1]: train: {steps: …}\n"
      "test.yaml:8:28: train: expected one of epochs, steps, evaluations, seconds, not two of them\n"
      "test.yaml:8:43: train.batch_size: found 0, expected a number of examples from 1 to 1000000000, or "
      "full\n"
      "test.yaml:11:16: optimizers[0].with.lr: found -1, expected a real number >= 0\n"
      "test.yaml:11:20: optimizers[0].with: unknown key beta3; did you mean beta1?\n"
      "test.yaml:13:5: optimizers[1]: lr belongs under with: {lr: …}\n"
      "test.yaml:14:16: optimizers[1].schedule.form: form is fixed from the start of a trial; expected one "
      "of: "
      "lr, beta, weight_decay");
}

TEST(manifest_errors, an_empty_manifest_says_what_is_needed) {
  EXPECT_EQ(report(""),
            "test.yaml:1:1: optimizers are missing: optimizers: [{use: adam, with: {lr: 0.001}}]\n"
            "test.yaml:1:1: problems are missing: problems: [{use: mlp, data: {use: mnist}}]");
  EXPECT_EQ(report("just text"),
            "test.yaml:1:1: the manifest: found just text, expected a block such as {name: …}");
}

/// A manifest with one problem or optimizer of interest.
std::string on_problem(const std::string& problem) {
  return report("problems:\n  - {" + problem + "}\noptimizers: [{use: sgd}]\n");
}
std::string on_optimizer(const std::string& optimizer) {
  return report("problems: [{use: beale}]\noptimizers:\n  - {" + optimizer + "}\n");
}

TEST(manifest_errors, landscapes_and_data_do_not_mix) {
  EXPECT_THAT(on_problem("use: mlp"), HasSubstr("2:5: problems[0]: mlp needs data, such as data: {use: "));
  EXPECT_THAT(on_problem("use: beale, data: {use: mnist}"),
              HasSubstr("2:24: problems[0].data: beale is a landscape, which takes no data"));
  EXPECT_THAT(on_problem("use: softmax, data: {use: mnist}, start: [1]"),
              HasSubstr("only a landscape has one"));
  EXPECT_THAT(on_problem("use: beale, train: {epochs: 3}"),
              HasSubstr("problems[0].train.epochs: a landscape has no epochs; expected steps"));
  EXPECT_THAT(on_problem("use: beale, train: {batch_size: 3}"), HasSubstr("a landscape has no batches"));
  EXPECT_THAT(on_problem("use: beale, evaluate: {every: {epochs: 1}}"),
              HasSubstr("a landscape has no epochs"));
}

TEST(manifest_errors, a_start_has_the_landscapes_dimension) {
  EXPECT_THAT(on_problem("use: rosenbrock, with: {n: 4}, start: [1, 2]"),
              HasSubstr("problems[0].start: found 2 coordinates, expected 4"));
  EXPECT_EQ(on_problem("use: rosenbrock, with: {n: 4}, start: [1, 2, 3, 4]"), "");
}

TEST(manifest_errors, instances_and_noise_are_of_landscapes) {
  EXPECT_EQ(on_problem("use: beale, instance: {rotate: true, shift: true}, noise: 0.1"), "");
  EXPECT_THAT(on_problem("use: softmax, data: {use: digits}, instance: {rotate: true}"),
              HasSubstr("problems[0].instance: only a landscape has it; leave it out"));
  EXPECT_THAT(on_problem("use: softmax, data: {use: digits}, noise: 1"),
              HasSubstr("problems[0].noise: only a landscape has it; leave it out"));
  EXPECT_THAT(on_problem("use: beale, instance: {rotated: true}"),
              HasSubstr("problems[0].instance: unknown key rotated; did you mean rotate?"));
  EXPECT_THAT(on_problem("use: beale, instance: {shift: 3}"),
              HasSubstr("problems[0].instance.shift: found 3"));
  EXPECT_THAT(on_problem("use: beale, noise: -1"),
              HasSubstr("problems[0].noise: found -1, expected a standard deviation, at least 0"));
  EXPECT_THAT(on_problem("use: sphere, with: {n: 1001}, instance: {rotate: true}"),
              HasSubstr("problems[0].instance.rotate: found 1001 dimensions, expected at most 1000"));
}

TEST(manifest_errors, names_are_looked_for_where_they_may_have_been_meant) {
  EXPECT_THAT(on_problem("use: sgd"), HasSubstr("there is no model sgd; sgd is an optimizer"));
  EXPECT_THAT(on_optimizer("use: booth"), HasSubstr("there is no optimizer booth; booth is a landscape"));
  EXPECT_THAT(on_problem("use: mnist"), HasSubstr("mnist is a data source"));
  EXPECT_THAT(on_problem("use: mlp, data: {use: mnis}"),
              HasSubstr("problems[0].data.use: there is no data source mnis; did you mean mnist?"));
  EXPECT_THAT(on_problem("use: mlp, data: {use: mnist, validation: 3}"),
              HasSubstr("problems[0].data: validation belongs under with: {validation: …}"));
  EXPECT_THAT(on_optimizer("with: {lr: 1}"),
              HasSubstr("3:5: optimizers[0]: use is missing, which names an optimizer"));
  EXPECT_THAT(on_optimizer("use: quantum_annealer"),
              AllOf(HasSubstr("expected one of: accumulate, "), HasSubstr("sgd")));
}

TEST(manifest_errors, data_options_are_checked) {
  EXPECT_THAT(on_problem("use: mlp, data: {use: mnist, with: {validation: -1}}"),
              HasSubstr("problems[0].data.with.validation: found -1, expected a whole number, at least 0"));
  EXPECT_THAT(on_problem("use: mlp, data: {use: idx}"),
              AllOf(HasSubstr("problems[0].data.with: "), HasSubstr(" is missing (")));
}

TEST(manifest_errors, values_say_what_was_found_and_expected) {
  EXPECT_THAT(on_optimizer("use: sgd, with: {lr: 0,1}"), HasSubstr("unknown key 1"));
  EXPECT_THAT(on_optimizer("use: sgd, with: {lr: '0.1'}"),
              HasSubstr("found \"0.1\", expected a real number"));
  EXPECT_THAT(on_optimizer("use: sgd, with: {lr: 1_000}"), HasSubstr("numbers are written without _: 1000"));
  EXPECT_THAT(on_optimizer("use: sgd, with: {lr: [0.1, 0.2]}"),
              HasSubstr("to try several values: {grid: […]}"));
  EXPECT_THAT(on_optimizer("use: sgd, with: {lr: }"), HasSubstr("found nothing, expected a real number"));
  EXPECT_THAT(on_optimizer("use: momentum, with: {form: heavyball}"),
              HasSubstr("found heavyball, expected one of velocity, ema, heavy_ball"));
  EXPECT_THAT(on_problem("use: mlp, with: {hidden: 64}, data: {use: mnist}"),
              HasSubstr("found 64, expected a list of integers, each >= 1"));
  EXPECT_THAT(on_problem("use: mlp, with: {hidden: [64, big]}, data: {use: mnist}"),
              HasSubstr("problems[0].with.hidden: found big, expected an integer"));
  EXPECT_THAT(on_problem("use: beale, dtype: f16"),
              HasSubstr("problems[0].dtype: found f16, expected f32 or f64"));
}

TEST(manifest_errors, schedules_fit_the_optimizer_and_its_problems) {
  EXPECT_THAT(on_optimizer("use: sgd, schedule: {rate: {use: cosine}}"),
              HasSubstr("unknown key rate; expected one of: lr"));
  EXPECT_THAT(on_optimizer("use: sgd, schedule: {lr: {use: cosin}}"),
              HasSubstr("optimizers[0].schedule.lr.use: there is no scheduler cosin; did you mean cosine?"));
  EXPECT_THAT(on_optimizer("use: sgd, schedule: {lr: [{use: warmup}, {use: cosine}]}"),
              HasSubstr("3:32: optimizers[0].schedule.lr[0]: for is missing"));
  EXPECT_THAT(on_optimizer("use: sgd, schedule: {lr: {use: warmup, for: {epochs: 1}}}"),
              HasSubstr("problems[0] (beale) is a landscape, which has no epochs"));
  EXPECT_THAT(on_optimizer("use: sgd, schedule: {lr: {use: warmup, by: epoch}}"), HasSubstr("has no epochs"));
  EXPECT_THAT(on_optimizer("use: sgd, schedule: {lr: {use: cosine, with: {min: {grid: [0, 1]}}}}"),
              HasSubstr("no search here"));
}

TEST(manifest_errors, schedules_that_need_a_length_get_one) {
  const auto under = [](const std::string& budget, const std::string& optimizer) {
    return report("problems: [{use: beale}]\ntrain: {" + budget +
                  "}\nevaluate: {every: {steps: 5}}\noptimizers:\n  - {" + optimizer + "}\n");
  };
  EXPECT_EQ(
      under("seconds: 1", "use: sgd, schedule: {lr: {use: cosine}}"),
      "test.yaml:5:5: optimizers[0].schedule.lr: cosine needs a length, but a budget of seconds does not "
      "tell "
      "how many steps problems[0] (beale) takes; add for: {steps: …}, or give a budget in steps or epochs");
  EXPECT_THAT(
      under("seconds: 1", "use: sgd, schedule: {lr: [{use: constant, for: {steps: 9}}, {use: one_cycle}]}"),
      HasSubstr("one_cycle needs a length"));
  EXPECT_THAT(under("evaluations: 99", "use: sam, schedule: {lr: {use: polynomial}}"),
              HasSubstr("a budget of evaluations does not tell"));
  EXPECT_EQ(under("evaluations: 99", "use: sgd, schedule: {lr: {use: polynomial}}"), "");
  EXPECT_EQ(under("seconds: 1", "use: sgd, schedule: {lr: {use: cosine, for: {steps: 100}}}"), "");
  EXPECT_EQ(
      under("seconds: 1", "use: sgd, schedule: {lr: [{use: warmup, for: {steps: 9}}, {use: inverse_sqrt}]}"),
      "");
  EXPECT_EQ(under("steps: 9", "use: sgd, schedule: {lr: {use: cosine}}"), "");
  EXPECT_THAT(under("evaluations: 99", "use: lookahead, inner: {use: sgd, schedule: {lr: {use: cosine}}}"),
              "");
  EXPECT_THAT(under("seconds: 1", "use: lookahead, inner: {use: sgd, schedule: {lr: {use: cosine}}}"),
              HasSubstr("optimizers[0].inner.schedule.lr: cosine needs a length"));
  EXPECT_THAT(under("evaluations: 99", "use: lookahead, inner: {use: sam, schedule: {lr: {use: cosine}}}"),
              HasSubstr("optimizers[0].inner.schedule.lr: cosine needs a length"));
}

TEST(manifest_errors, shares_of_a_budget_need_one_in_steps) {
  const auto under = [](const std::string& budget, const std::string& length) {
    return report("problems: [{use: beale}]\ntrain: {" + budget +
                  "}\nevaluate: {every: {steps: 5}}\noptimizers:\n"
                  "  - {use: sgd, schedule: {lr: [{use: warmup, for: " +
                  length + "}, {use: inverse_sqrt}]}}\n");
  };
  EXPECT_EQ(under("steps: 9", "{share: 0.1}"), "");
  EXPECT_EQ(under("evaluations: 9", "{share: 1}"), "");
  EXPECT_EQ(
      under("seconds: 1", "{share: 0.1}"),
      "test.yaml:5:5: optimizers[0].schedule.lr: the length of a stage is a share, but a budget of seconds "
      "does not tell how many steps problems[0] (beale) takes; add for: {steps: …}, or give a budget in "
      "steps or epochs");
  EXPECT_THAT(under("steps: 9", "{share: 1.5}"), HasSubstr("lr[0].for.share"));
  EXPECT_THAT(under("steps: 9", "{share: 0}"), HasSubstr("lr[0].for.share"));
  EXPECT_THAT(under("steps: 9", "{share: 0.1, steps: 3}"),
              HasSubstr("expected one of epochs, steps, share, not two of them"));
  EXPECT_THAT(report("problems: [{use: beale}]\nevaluate: {every: {share: 0.1}}\noptimizers: [{use: sgd}]\n"),
              HasSubstr("unknown key share"));
}

TEST(manifest_errors, labels_are_unique_on_each_problem) {
  EXPECT_EQ(report("problems: [{use: beale}]\noptimizers: [{use: sgd, with: {lr: 1}}, {use: sgd}]\n"),
            "test.yaml:2:41: optimizers[1]: optimizers[0] has the label sgd on problems[0] (beale) already; "
            "give this "
            "one another, such as label: sgd 2");
  EXPECT_THAT(report("problems: [{use: beale}, {use: rosenbrock, label: beale}]\noptimizers: [{use: sgd}]\n"),
              HasSubstr("problems[1]: problems[0] has the label beale already"));
  EXPECT_THAT(report("problems: [{use: beale}, {use: rosenbrock}]\noptimizers: [{use: sgd, on: [beal]}]\n"),
              HasSubstr("optimizers[0].on: no problem has the label beal; did you mean beale?"));
  EXPECT_THAT(report("problems: [{use: beale}, {use: rosenbrock}]\noptimizers: [{use: sgd, on: beale}]\n"),
              HasSubstr("1:26: problems[1] (rosenbrock): no optimizer runs on it"));
}

std::string with_evaluate(const std::string& evaluate, const std::string& data = "mnist") {
  return report("problems: [{use: mlp, data: {use: " + data + "}}]\nevaluate: {" + evaluate +
                "}\noptimizers: [{use: sgd}]\n");
}

TEST(manifest_errors, targets_are_metrics_that_a_problem_has) {
  EXPECT_THAT(with_evaluate("target: {validation_acuracy: 0.9}"),
              HasSubstr("did you mean validation_accuracy?"));
  EXPECT_THAT(with_evaluate("target: {loss: 0.9}"),
              HasSubstr("evaluate.target.loss: no problem has this metric"));
  EXPECT_THAT(with_evaluate("target: {validation_loss: 1}", "mnist, with: {validation: 0}"),
              HasSubstr("as validation: 0 keeps no examples for it"));
  EXPECT_THAT(with_evaluate("target: {validation_loss: 1, train_loss: 1}"),
              HasSubstr("a problem has one target"));
  EXPECT_THAT(with_evaluate("target: {validation_accuracy: 95}"),
              HasSubstr("found 95, expected a share above 0 and at most 1, such as 0.95"));
  EXPECT_THAT(on_problem("use: beale, evaluate: {target: {train_loss: 1}}"),
              HasSubstr("problems[0] (beale) has no such metric; expected one of: gap, loss"));
}

TEST(manifest_errors, nothing_is_stopped_by_the_test_part) {
  EXPECT_EQ(with_evaluate("target: {test_accuracy: 0.9}"), "");
  EXPECT_EQ(with_evaluate("target: {validation_accuracy: 0.9}, stop_at_target: true"), "");
  EXPECT_THAT(
      with_evaluate("target: {test_accuracy: 0.9}, stop_at_target: true"),
      HasSubstr("2:58: evaluate.stop_at_target: test_accuracy is reported, and nothing may be chosen by it"));
  EXPECT_THAT(with_evaluate("stop_at_target: true"), HasSubstr("there is no target to stop at"));
}

TEST(manifest_errors, curvature_is_measured_where_there_are_such_steps) {
  EXPECT_EQ(with_evaluate("curvature: {every: {epochs: 1}, examples: 100, rho: 0.1}"), "");
  EXPECT_THAT(with_evaluate("curvature: {}"),
              HasSubstr("every is missing, the training between two measurements"));
  EXPECT_THAT(with_evaluate("curvature: {every: {steps: 0}}"),
              HasSubstr("evaluate.curvature.every.steps: found 0"));
  EXPECT_THAT(with_evaluate("curvature: {every: {steps: 5}, rho: 0}"),
              HasSubstr("evaluate.curvature.rho: found 0, expected a number above 0"));
  EXPECT_THAT(with_evaluate("curvature: {every: {steps: 5}, examples: 1}"),
              HasSubstr("evaluate.curvature.examples: found 1"));
  EXPECT_THAT(
      on_problem("use: beale, evaluate: {curvature: {every: {epochs: 1}}}"),
      HasSubstr("problems[0].evaluate.curvature.every: a landscape has no epochs; expected {steps: …}"));
  EXPECT_THAT(report("problems: [{use: beale}]\nevaluate: {curvature: {every: {epochs: 3}}}\noptimizers: "
                     "[{use: sgd}]\n"),
              HasSubstr("evaluate.curvature.every: no problem has data"));
}

TEST(manifest, turns_the_curvature_off_for_a_problem) {
  const plan all = parse(
      "problems: [{use: beale}, {use: booth, evaluate: {curvature: null}}]\n"
      "evaluate: {curvature: {every: {steps: 3}, rho: 0.2}}\noptimizers: [{use: sgd}]\n");
  EXPECT_EQ(all.trials[0].spec.evaluate.curvature, (curvature_spec{{3, cost_unit::steps}, 1000, 0.2}));
  EXPECT_EQ(all.trials[1].spec.evaluate.curvature, std::nullopt);
}

TEST(manifest_errors, common_settings_in_vain_are_errors) {
  EXPECT_THAT(report("problems: [{use: beale}]\ntrain: {batch_size: 3}\noptimizers: [{use: sgd}]\n"),
              HasSubstr("2:21: train.batch_size: no problem has data"));
  EXPECT_THAT(report("problems: [{use: beale}]\nevaluate: {every: {epochs: 3}}\noptimizers: [{use: sgd}]\n"),
              HasSubstr("evaluate.every: no problem has data"));
}

TEST(manifest_errors, an_unknown_model_brings_no_further_ones_about_its_kind) {
  EXPECT_THAT(
      report("problems: [{use: belae}]\ntrain: {epochs: 3, batch_size: 3}\noptimizers: [{use: sgd}]\n"),
      Not(HasSubstr("train")));
}

TEST(manifest_errors, text_steers_no_terminal) {
  const std::string rest = "train: {steps: 5}\noptimizers: [{use: sgd}]\n";
  for (const char* text :
       {"\\e[31m", "\\x9b", "\\u202e", "\\u2066", "\\u200f", "\\u061c", "\\u2028", "\\x7f", "\\0"}) {
    const std::string written = std::string("\"a") + text + "b\"";
    EXPECT_THAT(report("problems: [{use: sphere, label: " + written + "}]\n" + rest),
                HasSubstr("test.yaml:1:33: U+"))
        << text;
    EXPECT_THAT(report("description: " + written + "\nproblems: [{use: sphere}]\n" + rest),
                HasSubstr("is a control character; remove it from this text"))
        << text;
  }
  EXPECT_THAT(report("name: \"a\xe2\x80\xae\"\nproblems: [{use: sphere}]\n" + rest),
              HasSubstr("1:7: U+202E is a control character"));
  EXPECT_EQ(report("description: |\n  one\n  two\nproblems: [{use: sphere, label: \"שלום 🚀\"}]\n" + rest),
            "");
  try {
    parse_manifest("problems: [{use: sphere}]\n" + rest, "a\x1b[31m.yaml", {}, built_plugins());
    FAIL() << "the file's name is the experiment's";
  } catch (const manifest_error& errors) {
    EXPECT_THAT(errors.what(),
                HasSubstr("name: the file's name, a\\x1b[31m, has characters that are no text"));
  }
}

TEST(manifest_errors, counts_and_names_are_checked) {
  const std::string rest = "problems: [{use: beale}]\noptimizers: [{use: sgd}]\n";
  EXPECT_THAT(report("repetitions: 0\n" + rest),
              HasSubstr("1:14: repetitions: found 0, expected a whole number from 1"));
  EXPECT_THAT(report("seed: -1\n" + rest), HasSubstr("seed: found -1, expected a whole number, at least 0"));
  EXPECT_THAT(report("name: a/b\n" + rest), HasSubstr("name: found a/b, expected text without /"));
  EXPECT_THAT(report("name: " + std::string(201, 'x') + "\n" + rest),
              HasSubstr("1:7: name: found 201 bytes, expected at most 200"));
  EXPECT_THAT(report("description: {a: b}\n" + rest), HasSubstr("description: found a block, expected text"));
  EXPECT_THAT(report("train: {clip: {norm: 0}}\n" + rest),
              HasSubstr("train.clip.norm: found 0, expected a number above 0"));
  EXPECT_THAT(report("train: {steps: 1.5}\n" + rest),
              HasSubstr("train.steps: found 1.5, expected a whole number"));
}

TEST(manifest_errors, a_key_that_is_there_twice_is_named_at_its_second_place) {
  EXPECT_EQ(report(R"(problems: [{use: beale, "use": booth}]
train: {steps: 5, steps: 6}
optimizers: [{use: sgd, with: {lr: 1, lr: 2}}]
train: {steps: 7}
"optimizers": [{use: adam}]
)"),
            "test.yaml:1:25: problems[0]: the key use is there twice\n"
            "test.yaml:2:19: train: the key steps is there twice\n"
            "test.yaml:3:39: optimizers[0].with: the key lr is there twice\n"
            "test.yaml:4:1: the manifest: the key train is there twice\n"
            "test.yaml:5:1: the manifest: the key optimizers is there twice");
  const std::string rest = "problems: [{use: beale}]\noptimizers: [{use: sgd}]\n";
  EXPECT_EQ(report(rest, {"train={steps: 5, steps: 6}"}),
            "--set train={steps: 5, steps: 6}: train: the key steps is there twice");
  EXPECT_EQ(report(rest, {"train.steps=5", "train.steps=6"}), "") << "the last of two changes counts";
}

TEST(manifest_errors, models_of_classes_get_no_numbers_and_those_of_numbers_no_classes) {
  const auto on = [](const std::string& model, const std::string& data, const std::string& rest = "") {
    return report("problems: [{use: " + model + ", data: {use: " + data + "}}]\noptimizers: [{use: sgd}]\n" +
                  rest);
  };
  const std::string numbers = "csv, with: {file: t.csv, task: regression, validation: 5}";
  EXPECT_EQ(on("regression", numbers), "");
  EXPECT_THAT(
      on("mlp", numbers),
      HasSubstr("problems[0].data: mlp predicts classes, but the targets of csv are numbers; use a model "
                "that predicts numbers, such as regression, or leave out task: regression"));
  EXPECT_THAT(
      on("regression", "digits"),
      HasSubstr("problems[0].data: regression predicts numbers, but the targets of digits name classes; "
                "give it csv or npy with task: regression"));
  EXPECT_EQ(on("regression", "csv, with: {file: t.csv, task: regresion}").find("predicts numbers"),
            std::string::npos)
      << "one fault, one message";
  EXPECT_THAT(on("regression", numbers, "evaluate: {target: {validation_accuracy: 0.9}}\n"),
              HasSubstr("no problem has this metric"));
  EXPECT_THAT(on("regression", numbers, "tuning: {trials: 3, metric: validation_accuracy}\n"),
              HasSubstr("has no validation_accuracy, as it predicts numbers; use a loss"));
}

TEST(manifest_errors, text_that_is_no_yaml_has_a_place) {
  EXPECT_THAT(report("problems: [{use: beale}\noptimizers: 3\n"),
              HasSubstr("test.yaml:1:11: not valid YAML: "));
  for (const char* text : {"a: 1\n\tb: 2\n", "a:\n\t- b\n", "a:\n\tb: 1\n"}) {
    EXPECT_THAT(report(text),
                HasSubstr("test.yaml:2:1: not valid YAML: a tab in the indentation; YAML is indented "
                          "with spaces"))
        << text;
  }
  EXPECT_THAT(report("a:\n  b: {\n\tc: 1,\n\td: }]\n"), Not(HasSubstr("a tab in")));
  // As old Macs wrote lines; and a byte-order mark takes no column.
  EXPECT_THAT(report("problems: 1\rtrain: 2\r"),
              HasSubstr("test.yaml:1:12: a carriage return without a line feed"));
  EXPECT_THAT(report("\xef\xbb\xbfproblms: 1\r\n"),
              HasSubstr("test.yaml:1:1: the manifest: unknown key problms"));
  EXPECT_THAT(report("a: \xff"), HasSubstr("test.yaml:1:4: not UTF-8"));
  EXPECT_THAT(report(std::string(40, '[') + std::string(40, ']')),
              HasSubstr("more than 32 lists or blocks within one another"));
  EXPECT_THAT(report(std::string((1 << 20) + 1, ' ')), HasSubstr("is too long for a manifest"));
}

}  // namespace
