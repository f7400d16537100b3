#include "core/settings_json.hpp"
#include "explore/jobs.hpp"
#include "explore/network_view.hpp"
#include "explore/request.hpp"
#include "process/interrupt.hpp"
#include "process/sandbox.hpp"
#include "report/short_numbers.hpp"
#include "run/worker_executor.hpp"
#include "store/store.hpp"
#include "train/checkpoint.hpp"
#include "train/checkpoint_content.hpp"
#include "tuning/run_experiment.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

json number(double value) { return std::isfinite(value) ? json(short_number(value)) : json(); }

bool is_of(const stored_trial& stored, const planned_trial& trial) {
  return trial.role == stored.role && trial.spec.optimizer.label == stored.optimizer &&
         trial.spec.problem.label == stored.problem && trial.spec.repetition == stored.repetition;
}

/// Whether the state is that in which this very trial ended, of all that differ in their length alone: what
/// is trained here has a budget of epochs, which are known in steps.
bool is_end_of(std::span<const std::byte> state, const trial_spec& spec, const trial_result& result) {
  try {
    const checkpoint_content kept = read_checkpoint(state, spec, [](const blas_library&) {});
    return kept.result.spent.steps == result.spent.steps && kept.total_steps == result.spent.steps;
  } catch (const error&) {  // nor can it be drawn, then
    return false;
  }
}

std::string_view role_name(trial_role role) { return role == trial_role::search ? "search" : "result"; }

/// Turns what happens into events.
class teller : public experiment_listener {
 public:
  struct surroundings {
    const registry& plugins;
    store& results;
    worker_executor& by;
    unsigned jobs;
    const std::function<void(const json&)>& tell;
  };

  explicit teller(const surroundings& around) : around_(around) {}

  void stage_began(const plan& stage, std::size_t missing) override {
    tell({{"event", "stage"}, {"tuned", !stage.tuning_metric.empty()}, {"missing", missing}});
    std::size_t results = 0;
    for (const planned_trial& each : stage.trials) results += each.role == trial_role::result ? 1 : 0;
    constexpr std::size_t most_side_by_side = 12;  // optimizers that a page drives
    around_.by.use_jobs(std::max<std::size_t>(around_.jobs, std::min(results, most_side_by_side)));
    show_examples(stage);
    around_.results.begin(stage);
    for (const stored_trial& each : around_.results.trials()) {
      if (each.experiment == stage.name) tell_of_stored(each, stage);
    }
  }

  void trial_began(const planned_trial& trial) override { tell(event("trial", trial)); }
  void trial_advanced(const planned_trial& trial, const cost& spent, std::uint64_t planned_steps,
                      double loss) override {
    json all = event("step", trial);
    all.update({{"steps", spent.steps}, {"planned_steps", planned_steps}, {"loss", number(loss)}});
    tell(all);
  }
  void trial_evaluated(const planned_trial& trial, const evaluation& point) override {
    tell_evaluation(event("evaluation", trial), point);
  }
  void trial_checkpoint(const planned_trial& trial, std::span<const std::byte> checkpoint, double) override {
    constexpr auto often = std::chrono::seconds(1);
    const auto now = std::chrono::steady_clock::now();
    const auto last = viewed_.find(trial.hash);
    if (last != viewed_.end() && now - last->second < often) return;
    show(trial, checkpoint);
    viewed_[trial.hash] = std::chrono::steady_clock::now();
  }
  void trial_end_state(const planned_trial& trial, std::span<const std::byte> state, double) override {
    show(trial, state);
  }
  void trial_ended(const planned_trial& trial, const trial_result& result) override {
    tell_end(event("end", trial), result);
  }
  command next() override { return interrupt_watch::count() > 0 ? command::stop_now : command::go_on; }

 private:
  void tell(const json& event) const { around_.tell(event); }

  static json event(const char* name, const planned_trial& trial) {
    return {{"event", name},
            {"label", trial.spec.optimizer.label},
            {"role", role_name(trial.role)},
            {"repetition", trial.spec.repetition},
            {"point", settings_to_json(trial.spec.point)}};
  }

  void tell_evaluation(json all, const evaluation& point) const {
    all.update({{"step", point.at.steps},
                {"epochs", number(point.at.epochs)},
                {"evaluations", point.at.evaluations},
                {"seconds", number(point.at.seconds())},
                {"metrics", json::object()}});
    for (const auto& [name, value] : point.metrics) all["metrics"][name] = number(value);
    tell(all);
  }

  void tell_end(json all, const trial_result& result) const {
    all.update({{"status", to_string(result.status)}, {"reason", result.reason}});
    tell(all);
  }

  /// A result that is there already, as if it were computed now.
  void tell_of_stored(const stored_trial& stored, const plan& stage) {
    if (stored.role != trial_role::result || stored.result.status == trial_status::interrupted) return;
    for (const planned_trial& trial : stage.trials) {
      if (!is_of(stored, trial)) continue;
      trial_began(trial);
      for (const evaluation& each : stored.result.evaluations) trial_evaluated(trial, each);
      show_end_of(trial, stored.result);
      trial_ended(trial, stored.result);
    }
  }

  /// A shorter or longer training of the same kind leaves its own network in place of this one's.
  void show_end_of(const planned_trial& trial, const trial_result& result) {
    if (!has_images_) return;
    const auto kept = around_.results.end_state_of(lineage_hash(trial.spec));
    if (kept && is_end_of(kept->state, trial.spec, result)) return show(trial, kept->state);
    json all = event("view", trial);
    all["problem"] = "the network at the end of this training is not kept";
    tell(all);
  }

  void show_examples(const plan& stage) {
    if (stage.trials.empty()) return;
    const dataset* const data = around_.by.data_of(stage.trials.front().spec);
    const json images = example_images(*data);
    has_images_ = !images.is_null();
    if (!has_images_) return;
    json all{{"event", "examples"}};
    all.update(images);
    tell(all);
  }

  /// What a network looks like is worth no training: where it can't be told, the page goes without.
  void show(const planned_trial& trial, std::span<const std::byte> checkpoint) {
    constexpr double most_seconds = 5;
    if (!has_images_ || trial.role != trial_role::result) return;
    const dataset* const data = around_.by.data_of(trial.spec);
    json all = event("view", trial);
    try {
      const std::string text = in_sandbox(
          [&] { return network_view(trial.spec, around_.plugins, *data, checkpoint).dump(); }, most_seconds);
      all.update(json::parse(text));
    } catch (const error& problem) {
      all["problem"] = problem.what();
    }
    tell(all);
  }

  surroundings around_;
  bool has_images_ = false;
  std::map<std::string, std::chrono::steady_clock::time_point> viewed_;  ///< trials, by hash
};

}  // namespace

void train_job(const json& request, const registry& plugins, unsigned jobs, const std::filesystem::path& file,
               const std::function<void(const json&)>& tell) {
  const plan wanted = read_train_request(request, plugins);
  worker_executor executor(plugins, jobs);
  store results = file.empty() ? store::in_memory() : store::open(file);
  teller listener({plugins, results, executor, jobs, tell});
  run_experiment(wanted, results, executor, listener, current_provenance(jobs));
  tell({{"event", "done"}});
}

}  // namespace ravine
