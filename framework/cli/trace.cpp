#include "command.hpp"
#include "experiment/scalar.hpp"
#include "plugin_options.hpp"
#include "schedule_curve.hpp"
#include "setting_options.hpp"
#include "train/trial.hpp"
#include "usage.hpp"

#include <charconv>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;
using texts = std::vector<std::string>;

usage trace_usage() {
  usage expected{
      .synopsis = "ravine trace [OPTIMIZER --on LANDSCAPE | --schedule SCHEDULE] [options]",
      .description =
          "Runs an optimizer on a landscape and prints its path as CSV: one row a step, the start as\n"
          "step 0, numbers that read back exactly.\n"
          "With --schedule, shows the values that a schedule would give each of so many steps instead. A\n"
          "schedule is a scheduler's name, or stages as in a manifest:\n"
          "  ravine trace --schedule cosine --set min=0.01 --base 0.1\n"
          "  ravine trace --schedule '[{use: warmup, for: {steps: 10}}, {use: cosine}]'\n",
      .options = po::options_description(),
      .positional = "optimizer"};
  expected.options.add_options()("on", po::value<std::string>()->value_name("LANDSCAPE"), "the landscape")(
      "set", po::value<texts>()->value_name("NAME=VALUE"),
      "a hyperparameter of the optimizer or scheduler (repeatable)")(
      "landscape-set", po::value<texts>()->value_name("NAME=VALUE"), "one of the landscape (repeatable)")(
      "start", po::value<std::string>()->value_name("X,Y,…"),
      "starting point (default: the landscape's own)")(
      "steps", po::value<std::uint64_t>()->default_value(100)->value_name("N"), "steps to take")(
      "dtype", po::value<std::string>()->default_value("f64")->value_name("TYPE"), "f32 or f64")(
      "schedule", po::value<std::string>()->value_name("SCHEDULE"), "a schedule to show")(
      "base", po::value<double>()->default_value(1)->value_name("VALUE"),
      "the scheduled hyperparameter's own value")(
      "format", po::value<std::string>()->default_value("plot")->value_name("FORMAT"),
      "of a schedule: plot or csv");
  add_plugin_options(expected.options);
  return expected;
}

std::vector<double> read_point(const std::string& text) {
  std::vector<double> point;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const auto number = parse_real(text.substr(begin, end - begin));
    if (!number) throw usage_error(fmt::format("--start: found {}, expected numbers such as -1.2,1", text));
    point.push_back(*number);
    begin = end + 1;
  }
  return point;
}

trial_spec read_spec(const po::variables_map& found, const registry& plugins) {
  if (found.count("optimizer") == 0 || found["optimizer"].as<texts>().size() != 1 || found.count("on") == 0) {
    throw usage_error(
        "one optimizer and its landscape are needed\nUsage: ravine trace OPTIMIZER --on LANDSCAPE [options]");
  }
  const component& optimizer = plugins.get(component_kind::optimizer, found["optimizer"].as<texts>()[0]);
  const component& landscape = plugins.get(component_kind::model, found["on"].as<std::string>());
  if (!landscape.can(RV_MODEL_LANDSCAPE)) {
    throw usage_error(
        fmt::format("{} is a model of data, not a landscape; ravine run trains it", landscape.id));
  }
  trial_spec spec;
  spec.optimizer.optimizer = {optimizer.id, optimizer.complete(read_settings(found, "set")),
                              optimizer.file->sha256};
  spec.problem.model = {landscape.id, landscape.complete(read_settings(found, "landscape-set")),
                        landscape.file->sha256};
  if (found.count("start") != 0) spec.problem.start = read_point(found["start"].as<std::string>());
  const std::string type = found["dtype"].as<std::string>();
  if (type != "f32" && type != "f64")
    throw usage_error(fmt::format("--dtype: found {}, expected f32 or f64", type));
  spec.problem.type = type == "f32" ? dtype::f32 : dtype::f64;
  spec.train.budget = {static_cast<double>(found["steps"].as<std::uint64_t>()), cost_unit::steps};
  spec.evaluate.every = spec.train.budget;
  return spec;
}

/// Nobody watches, nothing interrupts.
class silent : public trial_observer {
 public:
  wish after_step(const cost&, std::uint64_t, double) override { return wish::go_on; }
};

void print_path(const trajectory& path) {
  std::string text = "step,evaluations,loss";
  for (std::size_t i = 0; i < path.dimension; ++i) text += fmt::format(",x{}", i);
  text += '\n';
  for (std::size_t row = 0; row < path.steps.size(); ++row) {
    text += fmt::format("{},{},{}", path.steps[row], path.evaluations[row], path.losses[row]);
    for (std::size_t i = 0; i < path.dimension; ++i)
      text += fmt::format(",{}", path.points[row * path.dimension + i]);
    text += '\n';
  }
  fmt::print("{}", text);
}

exit_status trace(std::span<const std::string> arguments) {
  const auto found = parse(trace_usage(), arguments);
  if (!found) return exit_status::ok;
  const std::uint64_t steps = (*found)["steps"].as<std::uint64_t>();
  if (steps == 0 || steps > 100'000'000) throw usage_error("--steps: expected 1 to 100000000");
  const registry plugins = load_plugins(*found);
  if (found->count("schedule") != 0) {
    print_schedule_curve(*found, plugins);
    return exit_status::ok;
  }
  silent observer;
  trial_spec spec;
  try {
    spec = read_spec(*found, plugins);
  } catch (const plugin_error& problem) {
    throw usage_error(problem.what());
  }
  const trial_result result = run_trial(spec, plugins, nullptr, observer, path_recording::every_step);
  print_path(result.path);
  if (result.succeeded()) return exit_status::ok;
  fmt::print(stderr, "{} after {} steps: {}\n", to_string(result.status), result.spent.steps, result.reason);
  return result.status == trial_status::failed ? exit_status::trial_failed : exit_status::ok;
}

}  // namespace

const command trace_command{
    "trace", "print the path of an optimizer over a landscape, or the curve of a schedule", &trace};

}  // namespace ravine::cli
