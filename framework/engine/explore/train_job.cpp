#include "explore/jobs.hpp"
#include "explore/request.hpp"
#include "process/interrupt.hpp"
#include "report/short_numbers.hpp"
#include "run/worker_executor.hpp"

#include <chrono>
#include <cmath>
#include <string>

#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

json number(double value) { return std::isfinite(value) ? json(short_number(value)) : json(); }

/// Turns what happens into events.
class teller : public run_listener {
 public:
  teller(const plan& wanted, const std::function<void(const json&)>& tell) : wanted_(wanted), tell_(tell) {}

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
    return {
        {"event", name}, {"trial", &trial - wanted_.trials.data()}, {"label", trial.spec.optimizer.label}};
  }

  const plan& wanted_;
  const std::function<void(const json&)>& tell_;
};

}  // namespace

void train_job(const json& request, const registry& plugins, unsigned jobs,
               const std::function<void(const json&)>& tell) {
  const plan wanted = read_train_request(request, plugins);
  worker_executor executor(plugins, jobs);
  executor.prepare(wanted.trials);
  teller listener(wanted, tell);
  executor.run(wanted.trials, listener);
  tell({{"event", "done"}});
}

}  // namespace ravine
