#include "core/settings_json.hpp"
#include "explore/jobs.hpp"
#include "explore/request.hpp"
#include "process/interrupt.hpp"
#include "report/short_numbers.hpp"
#include "run/worker_executor.hpp"
#include "store/store.hpp"
#include "tuning/run_experiment.hpp"

#include <chrono>
#include <cmath>
#include <string>

#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

json number(double value) { return std::isfinite(value) ? json(short_number(value)) : json(); }

/// Turns what happens into events.
class teller : public experiment_listener {
 public:
  explicit teller(const std::function<void(const json&)>& tell) : tell_(tell) {}

  void stage_began(const plan& stage, std::size_t missing) override {
    tell_({{"event", "stage"}, {"tuned", !stage.tuning_metric.empty()}, {"missing", missing}});
  }

  void trial_began(const planned_trial& trial) override { tell_(event("trial", trial)); }
  void trial_advanced(const planned_trial& trial, const cost& spent, std::uint64_t planned_steps,
                      double loss) override {
    json all = event("step", trial);
    all.update({{"steps", spent.steps}, {"planned_steps", planned_steps}, {"loss", number(loss)}});
    tell_(all);
  }
  void trial_evaluated(const planned_trial& trial, const evaluation& point) override {
    json all = event("evaluation", trial);
    all.update({{"step", point.at.steps},
                {"epochs", number(point.at.epochs)},
                {"evaluations", point.at.evaluations},
                {"seconds", number(point.at.seconds())},
                {"metrics", json::object()}});
    for (const auto& [name, value] : point.metrics) all["metrics"][name] = number(value);
    tell_(all);
  }
  void trial_ended(const planned_trial& trial, const trial_result& result) override {
    json all = event("end", trial);
    all.update({{"status", to_string(result.status)}, {"reason", result.reason}});
    tell_(all);
  }
  command next() override { return interrupt_watch::count() > 0 ? command::stop_now : command::go_on; }

 private:
  json event(const char* name, const planned_trial& trial) const {
    return {{"event", name},
            {"trial", trial.hash},
            {"label", trial.spec.optimizer.label},
            {"role", trial.role == trial_role::search ? "search" : "result"},
            {"repetition", trial.spec.repetition},
            {"point", settings_to_json(trial.spec.point)}};
  }

  const std::function<void(const json&)>& tell_;
};

}  // namespace

void train_job(const json& request, const registry& plugins, unsigned jobs,
               const std::function<void(const json&)>& tell) {
  const plan wanted = read_train_request(request, plugins);
  store results = store::in_memory();
  worker_executor executor(plugins, jobs);
  teller listener(tell);
  run_experiment(wanted, results, executor, listener, current_provenance(jobs));
  tell({{"event", "done"}});
}

}  // namespace ravine
