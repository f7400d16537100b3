#include "text/schedule_curve.hpp"

#include "manifest/manifest.hpp"
#include "manifest/schedules.hpp"
#include "manifest/yaml_value.hpp"
#include "options/setting_options.hpp"
#include "options/usage.hpp"
#include "process/sandbox.hpp"
#include "text/output.hpp"
#include "text/plot.hpp"
#include "text/terminal.hpp"
#include "train/schedule.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;

constexpr double curve_seconds = 30;

/// A scheduler's name with --set, or stages as the manifest writes them.
std::vector<schedule_stage> read_stages_option(const po::variables_map& options, const registry& plugins) {
  const yaml_value written = parse_yaml(options["schedule"].as<std::string>());
  if (written.is_scalar()) {
    const component& which = plugins.get(component_kind::scheduler, written.text);
    schedule_stage only;
    only.scheduler = {which.id, which.complete(read_settings(options, "set")), which.file->sha256};
    return {only};
  }
  if (options.count("set") != 0) throw usage_error("--set: give each stage of --schedule its own with: {…}");
  diagnostics errors({});
  std::vector<schedule_stage> stages = read_stages(written, "schedule", plugins, errors);
  errors.raise("--schedule");
  return stages;
}

void check_drawable(const std::vector<schedule_stage>& stages, const registry& plugins) {
  for (const schedule_stage& each : stages) {
    const std::string& id = each.scheduler.use;
    if (plugins.get(component_kind::scheduler, id).can(RV_SCHEDULER_OBSERVES)) {
      throw usage_error(fmt::format(
          "{} follows a metric of the training, so there is no curve without one; ravine run records the "
          "values that it gave, such as value.lr",
          id));
    }
    if (each.unit == schedule_unit::epoch || (each.length && each.length->unit == cost_unit::epochs)) {
      throw usage_error("--schedule: a curve is drawn by steps; give lengths in steps, and no by: epoch");
    }
  }
}

std::vector<double> values_of(const std::vector<schedule_stage>& stages, std::uint64_t steps, double base,
                              const registry& plugins) {
  const std::string bytes = in_sandbox(
      [&] {
        schedule_sequence sequence(stages, {steps, 0}, plugins);
        std::string made(steps * sizeof(double), 0);
        for (std::uint64_t step = 1; step <= steps; ++step) {
          const double value = sequence.value(step, base);
          std::memcpy(made.data() + (step - 1) * sizeof value, &value, sizeof value);
        }
        return made;
      },
      curve_seconds);
  std::vector<double> values(steps);
  if (bytes.size() != steps * sizeof(double)) throw plugin_error("a plugin wrote over the curve");
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

void print_csv(const std::vector<double>& values) {
  std::string text = "t,value\n";
  for (std::size_t t = 0; t < values.size(); ++t) text += fmt::format("{},{}\n", t, values[t]);
  write_result(text);
}

void print_plot(const std::vector<schedule_stage>& stages, const std::vector<double>& values, double base) {
  for (const schedule_stage& each : stages) {
    print_result("{} {}{}\n", each.scheduler.use, to_string(each.scheduler.with),
                 each.length
                     ? fmt::format(", for {} step{}", each.length->count, each.length->count == 1 ? "" : "s")
                     : "");
  }
  print_result("base value {}, by steps done\n\n{}", base, plot_on_terminal(values, 12));
}

}  // namespace

void print_schedule_curve(const po::variables_map& options, const registry& plugins) {
  for (const char* other : {"optimizer", "on", "landscape-set", "start"}) {
    if (options.count(other) != 0) {
      throw usage_error(fmt::format("--schedule draws a schedule by itself; leave out {}{}",
                                    std::string_view(other) == "optimizer" ? "the " : "--", other));
    }
  }
  const std::string format = read_choice(options, "format", {"plot", "csv"});
  const double base = options["base"].as<double>();
  try {
    const std::vector<schedule_stage> stages = read_stages_option(options, plugins);
    check_drawable(stages, plugins);
    const auto values = values_of(stages, read_steps(options), base, plugins);
    format == "csv" ? print_csv(values) : print_plot(stages, values, base);
  } catch (const yaml_error& problem) {
    throw usage_error(fmt::format("--schedule: {}", problem.what()));
  } catch (const manifest_error& problem) {
    throw usage_error(problem.what());
  } catch (const plugin_error& problem) {
    throw usage_error(problem.what());
  }
}

}  // namespace ravine::cli
