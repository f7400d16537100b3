#include "commands/command.hpp"
#include "core/scalar.hpp"
#include "options/plugin_options.hpp"
#include "options/rule_option.hpp"
#include "options/setting_options.hpp"
#include "options/usage.hpp"
#include "plugin/instance.hpp"
#include "process/sandbox.hpp"
#include "text/output.hpp"
#include "text/schedule_curve.hpp"
#include "train/trial.hpp"
#include "trial/trial_bytes.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;
using texts = std::vector<std::string>;

constexpr double dimension_seconds = 5;          // to make a landscape
constexpr std::chrono::hours longest(24 * 365);  // whoever watches decides how long a path takes
constexpr std::size_t largest_path = std::size_t{2} << 30U;

usage trace_usage() {
  usage expected{
      .synopsis = "ravine trace [OPTIMIZER --on LANDSCAPE | --schedule SCHEDULE] [options]",
      .description =
          "Runs an optimizer on a landscape and prints its path as CSV: one row per step, from the initial\n"
          "point at step 0, in full precision. Wrappers are written around an optimizer:\n"
          "  ravine trace 'lookahead(adam)' --on beale --set k=10 --set inner.lr=0.1\n"
          "With --schedule, shows the value of a schedule at each step instead. A schedule is a scheduler's\n"
          "name, or stages as in a manifest:\n"
          "  ravine trace --schedule cosine --set min=0.01 --base 0.1\n"
          "  ravine trace --schedule '[{use: warmup, for: {steps: 10}}, {use: cosine}]'\n",
      .options = po::options_description(),
      .positional = "optimizer"};
  expected.options.add_options()("on", po::value<std::string>()->value_name("LANDSCAPE"), "the landscape")(
      "set", po::value<texts>()->value_name("NAME=VALUE"),
      "set a hyperparameter of the optimizer or scheduler (repeatable)")(
      "landscape-set", po::value<texts>()->value_name("NAME=VALUE"),
      "set a hyperparameter of the landscape (repeatable)")(
      "start", po::value<std::string>()->value_name("X,Y,.."),
      "initial point, in the function's own coordinates (default: the landscape's)")(
      "instance", po::value<std::string>()->value_name("KIND"),
      "rotate, shift or rotate,shift: transform the landscape at random by the seed; the path is in the "
      "optimizer's coordinates")("noise", po::value<double>()->default_value(0)->value_name("SD"),
                                 "standard deviation of normal noise on each gradient element")(
      "seed", po::value<std::uint64_t>()->default_value(1)->value_name("N"), "seed of instance and noise")(
      "steps", po::value<std::string>()->default_value("100")->value_name("N"), "number of steps")(
      "dtype", po::value<std::string>()->default_value("f64")->value_name("TYPE"), "f32 or f64")(
      "schedule", po::value<std::string>()->value_name("SCHEDULE"), "the schedule to show")(
      "base", po::value<double>()->default_value(1)->value_name("VALUE"),
      "base value of the scheduled hyperparameter")(
      "format", po::value<std::string>()->default_value("plot")->value_name("FORMAT"),
      "format of a schedule: plot or csv");
  add_plugin_options(expected.options);
  return expected;
}

std::vector<double> read_point(const std::string& text) {
  std::vector<double> point;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const auto number = parse_real(text.substr(begin, end - begin));
    if (!number) throw wrong_value("start", text, "numbers such as -1.2,1");
    point.push_back(*number);
    begin = end + 1;
  }
  return point;
}

instance_spec read_instance(const std::string& text) {
  if (text == "rotate") return {.rotate = true, .shift = false};
  if (text == "shift") return {.rotate = false, .shift = true};
  if (text == "rotate,shift" || text == "shift,rotate") return {.rotate = true, .shift = true};
  throw wrong_value("instance", text, "rotate, shift or rotate,shift");
}

double read_noise(double deviation) {
  if (std::isfinite(deviation) && deviation >= 0) return deviation;
  throw wrong_value("noise", deviation, "a standard deviation, at least 0");
}

/// The starting point, with as many coordinates as the landscape has.
std::vector<double> read_start(const std::string& text, const component& landscape, const settings& with) {
  std::vector<double> start = read_point(text);
  const std::string dimension =
      in_sandbox([&] { return std::to_string(model(landscape, nullptr, with, RV_F64).layout().size()); },
                 dimension_seconds);
  if (std::to_string(start.size()) != dimension) {
    throw usage_error(fmt::format("--start: found {} coordinates, expected {}: {} has as many", start.size(),
                                  dimension, landscape.id));
  }
  return start;
}

trial_spec read_spec(const po::variables_map& options, const registry& plugins) {
  if (options.count("optimizer") == 0 || options["optimizer"].as<texts>().size() != 1 ||
      options.count("on") == 0) {
    throw usage_error(
        "one optimizer and its landscape are needed\nUsage: ravine trace OPTIMIZER --on LANDSCAPE [options]");
  }
  const component& landscape = plugins.get(component_kind::model, options["on"].as<std::string>());
  if (!landscape.can(RV_MODEL_LANDSCAPE)) {
    throw usage_error(
        fmt::format("{} is a model of data, not a landscape; ravine run trains it", landscape.id));
  }
  trial_spec spec;
  spec.optimizer = read_rule(options["optimizer"].as<texts>()[0], read_settings(options, "set"), plugins);
  spec.problem.model = {landscape.id, landscape.complete(read_settings(options, "landscape-set")),
                        landscape.file->sha256};
  if (options.count("start") != 0) {
    spec.problem.start = read_start(options["start"].as<std::string>(), landscape, spec.problem.model.with);
  }
  if (options.count("instance") != 0)
    spec.problem.instance = read_instance(options["instance"].as<std::string>());
  spec.problem.gradient_noise = read_noise(options["noise"].as<double>());
  spec.seed = options["seed"].as<std::uint64_t>();
  const std::string type = options["dtype"].as<std::string>();
  if (type != "f32" && type != "f64") throw wrong_value("dtype", type, "f32 or f64");
  spec.problem.type = type == "f32" ? dtype::f32 : dtype::f64;
  spec.train.budget = {static_cast<double>(read_steps(options)), cost_unit::steps};
  spec.evaluate.every = spec.train.budget;
  return spec;
}

/// Nobody watches, nothing interrupts.
class silent : public trial_observer {
 public:
  command after_step(const cost&, std::uint64_t, double) override { return command::go_on; }
};

/// The trial's result from a process of its own.
trial_result run_in_sandbox(const trial_spec& spec, const registry& plugins) {
  const sandbox_outcome outcome = try_in_sandbox(
      [&] {
        silent observer;
        byte_writer made;
        made << run_trial(spec, plugins, nullptr, observer, path_recording::every_step);
        return std::string(reinterpret_cast<const char*>(made.bytes().data()), made.bytes().size());
      },
      {.time = longest, .answer = largest_path});
  trial_result result;
  std::string fault;
  if (outcome.ended != sandbox_outcome::how::answered) {
    fault = failure_of(outcome);
  } else {
    try {
      byte_reader made(std::as_bytes(std::span(outcome.text)));
      made >> result;
      return result;
    } catch (const bytes_error& problem) {
      fault = std::string("a plugin wrote over the path: ") + problem.what();
    }
  }
  result = {};
  result.status = trial_status::crashed;
  result.reason = std::move(fault);
  return result;
}

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
  write_result(text);
}

exit_status trace(std::span<const std::string> arguments) {
  const auto options = parse(trace_usage(), arguments);
  if (!options) return exit_status::ok;
  const registry plugins = load_plugins(*options);
  if (options->count("schedule") != 0) {
    print_schedule_curve(*options, plugins);
    return exit_status::ok;
  }
  trial_spec spec;
  try {
    spec = read_spec(*options, plugins);
  } catch (const plugin_error& problem) {
    throw usage_error(problem.what());
  }
  const trial_result result = run_in_sandbox(spec, plugins);
  print_path(result.path);
  if (result.succeeded()) return exit_status::ok;
  print_note("{}: {}\n", to_string(result.status), result.reason);
  return is_fault(result.status) ? exit_status::trial_failed : exit_status::ok;
}

}  // namespace

const command trace_command{"trace", "print an optimizer's path over a landscape, or the curve of a schedule",
                            &trace};

}  // namespace ravine::cli
