#include "bench/speed.hpp"
#include "commands/command.hpp"
#include "options/plugin_options.hpp"
#include "options/usage.hpp"
#include "process/resources.hpp"
#include "process/sandbox.hpp"
#include "text/json_text.hpp"
#include "text/number_text.hpp"
#include "text/output.hpp"
#include "text/table_writer.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;
using table_rows = std::vector<std::vector<std::string>>;

constexpr std::chrono::hours longest(24);

usage bench_usage() {
  usage expected{
      .synopsis = "ravine bench [options]",
      .description =
          "Measures the speed of optimizer steps, training and trials on this machine against the "
          "hardware's peak:\n"
          "memory bandwidth and OpenBLAS, measured in the same turns. Takes a minute or two; other "
          "load on the machine\n"
          "distorts the results.\n",
      .options = {}};
  expected.options.add_options()("format",
                                 po::value<std::string>()->default_value("table")->value_name("FORMAT"),
                                 "table, markdown or json")(
      "quick", po::bool_switch(), "fewer rounds and shorter vectors, to check that everything works");
  add_plugin_options(expected.options);
  return expected;
}

/// "1.23 ns", "45.6 us", "7.89 ms", "1.2 s".
std::string duration_text(double seconds) {
  if (seconds < 1e-6) return fmt::format("{:.3g} ns", seconds * 1e9);
  if (seconds < 1e-3) return fmt::format("{:.3g} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.3g} ms", seconds * 1e3);
  return fmt::format("{:.3g} s", seconds);
}

std::string share_text(double share) { return fmt::format("{:.0f} %", 100 * share); }

/// Vectors that the caches next to a core don't hold: memory's speed is no limit for others.
bool is_bound_by_memory(const step_speed& each) { return each.parameters >= 1'000'000; }

struct measurements {
  std::vector<optimizer_speed> optimizers;
  std::vector<model_speed> models;
  std::vector<loop_speed> loops;
};

std::string tables(const measurements& all, text_style style) {
  const table_writer writer(style);
  table_rows steps{{"optimizer", "type", "parameters", "threads", "step", "GB/s", "share of bandwidth"}};
  table_rows wrappers{{"wrapper", "type", "parameters", "step", "of which sgd", "passes of its own"}};
  for (const optimizer_speed& measured : all.optimizers) {
    for (const step_speed& each : measured.steps) {
      if (each.inner_seconds != 0) {
        wrappers.push_back(
            {measured.optimizer, std::string(to_string(each.type)),
             fmt::format("{:.0e}", static_cast<double>(each.parameters)), duration_text(each.seconds),
             duration_text(each.inner_seconds),
             is_bound_by_memory(each) ? fmt::format("{:.1f}", each.own_passes()) : "in cache"});
        continue;
      }
      steps.push_back(
          {measured.optimizer, std::string(to_string(each.type)),
           fmt::format("{:.0e}", static_cast<double>(each.parameters)), std::to_string(each.threads),
           duration_text(each.seconds), fmt::format("{:.3g}", each.bytes / each.seconds / 1e9),
           is_bound_by_memory(each) ? share_text(each.memory_seconds / each.seconds) : "in cache"});
    }
  }
  table_rows models{{"model", "type", "loss", "loss and gradient", "products by OpenBLAS", "share of peak"}};
  for (const model_speed& each : all.models) {
    const bool known = each.product_seconds > 0;
    models.push_back({each.model, std::string(to_string(each.type)), duration_text(each.loss_seconds),
                      duration_text(each.gradient_seconds), known ? duration_text(each.product_seconds) : "—",
                      known ? share_text(each.product_seconds / each.gradient_seconds) : "—"});
  }
  table_rows loops{{"optimizer", "step", "step, recorded", "trial of one step", "such trials/s"}};
  for (const loop_speed& each : all.loops) {
    loops.push_back({each.optimizer, duration_text(each.step_seconds),
                     duration_text(each.recorded_step_seconds), duration_text(each.trial_seconds),
                     number_text(1 / each.trial_seconds)});
  }
  return writer.heading("Steps of optimizers",
                        "bytes that the update must move, against an in-place addition") +
         writer.table(steps) +
         writer.heading("Wrappers",
                        "around sgd, on one thread; a pass is the time in which memory reads or writes the "
                        "parameters once") +
         writer.table(wrappers) +
         writer.heading("Models",
                        "a batch of 128 generated digits on one thread; zeros in the input can be skipped") +
         writer.table(models) + writer.heading("Loop", "rosenbrock in two dimensions, f64") +
         writer.table(loops);
}

std::string json(const measurements& all) {
  nlohmann::ordered_json document{{"steps", nlohmann::ordered_json::array()},
                                  {"models", nlohmann::ordered_json::array()},
                                  {"loops", nlohmann::ordered_json::array()}};
  for (const optimizer_speed& measured : all.optimizers) {
    for (const step_speed& each : measured.steps) {
      document["steps"].push_back({{"optimizer", measured.optimizer},
                                   {"dtype", to_string(each.type)},
                                   {"parameters", each.parameters},
                                   {"threads", each.threads},
                                   {"seconds", each.seconds},
                                   {"bytes", each.bytes},
                                   {"memory_seconds", each.memory_seconds}});
      if (each.inner_seconds == 0) continue;
      document["steps"].back().update(
          {{"around", "sgd"}, {"inner_seconds", each.inner_seconds}, {"own_passes", each.own_passes()}});
    }
  }
  for (const model_speed& each : all.models) {
    document["models"].push_back({{"model", each.model},
                                  {"dtype", to_string(each.type)},
                                  {"loss_seconds", each.loss_seconds},
                                  {"gradient_seconds", each.gradient_seconds},
                                  {"product_seconds", each.product_seconds}});
  }
  for (const loop_speed& each : all.loops) {
    document["loops"].push_back({{"optimizer", each.optimizer},
                                 {"step_seconds", each.step_seconds},
                                 {"recorded_step_seconds", each.recorded_step_seconds},
                                 {"trial_seconds", each.trial_seconds}});
  }
  return json_text(document);
}

exit_status bench(std::span<const std::string> arguments) {
  const auto options = parse(bench_usage(), arguments);
  if (!options) return exit_status::ok;
  const std::string format = read_choice(*options, "format", {"table", "markdown", "json"});
  const registry plugins = load_plugins(*options);
  const bool quick = (*options)["quick"].as<bool>();
  const measuring how = quick ? measuring{1, 1e-4} : measuring{};
  const std::vector<std::size_t> parameters =
      quick ? std::vector<std::size_t>{1'000, 200'000}
            : std::vector<std::size_t>{1'000, 100'000, 1'000'000, 10'000'000};
  std::vector<std::size_t> threads{1};
  if (const std::size_t cores = granted_resources().cores; cores > 1) threads.push_back(cores);
  measurements all;
  all.optimizers = measure_steps(plugins, parameters, threads, how);
  for (const optimizer_speed& each : all.optimizers) {
    if (!each.fault.empty()) print_note("warning: not measured: {}: {}\n", each.optimizer, each.fault);
  }
  const dataset digits = digits_for_speed();
  // Loops first: the trials that they run hold OpenBLAS to one thread, for the models too.
  const auto measure_the_rest = [&] {
    all.loops = measure_loops(plugins, how);
    all.models = measure_models(plugins, digits, how);
    return format == "json" ? json(all)
                            : tables(all, format == "markdown" ? text_style::markdown : text_style::terminal);
  };
  const sandbox_outcome outcome = try_in_sandbox(measure_the_rest, {.time = longest, .memory = 0});
  if (outcome.ended != sandbox_outcome::how::answered) throw error(failure_of(outcome));
  write_result(outcome.text);
  return exit_status::ok;
}

}  // namespace

const command bench_command{"bench", "measure the speed of steps and training on this machine", bench};

}  // namespace ravine::cli
