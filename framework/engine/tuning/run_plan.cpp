#include "tuning/run_plan.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>

namespace ravine {
namespace {

/// Saves what ends, and passes everything on.
class saving_listener : public run_listener {
 public:
  saving_listener(store& results, const provenance& origin, run_listener& then)
      : results_(results), origin_(origin), then_(then) {}

  void trial_began(const planned_trial& trial) override { then_.trial_began(trial); }
  void trial_advanced(const planned_trial& trial, const cost& spent, std::uint64_t planned_steps,
                      double loss) override {
    then_.trial_advanced(trial, spent, planned_steps, loss);
  }
  void trial_evaluated(const planned_trial& trial, const evaluation& point) override {
    then_.trial_evaluated(trial, point);
  }
  void trial_ended(const planned_trial& trial, const trial_result& result) override {
    results_.save(trial, result, origin_);
    then_.trial_ended(trial, result);
  }
  kept_checkpoint checkpoint_of(const planned_trial& trial) override {
    auto kept = results_.checkpoint_of(trial.hash);
    if (!kept) return end_of_shorter(trial);
    if (!same_bits(kept->origin, origin_)) {
      checkpoint_ignored(trial,
                         "was made by another build or on another processor; the trial begins at its start");
      return {};
    }
    return {std::move(kept->state), kept->seconds};
  }
  void trial_checkpoint(const planned_trial& trial, std::span<const std::byte> checkpoint,
                        double seconds) override {
    if (may_keep(trial, checkpoint)) results_.save_checkpoint(trial.hash, checkpoint, seconds, origin_);
    then_.trial_checkpoint(trial, checkpoint, seconds);
  }
  void trial_end_state(const planned_trial& trial, std::span<const std::byte> state,
                       double seconds) override {
    if (may_keep(trial, state)) {
      results_.save_end_state(lineage_hash(trial.spec), state, seconds, origin_);
    }
    then_.trial_end_state(trial, state, seconds);
  }
  void trial_went_on(const planned_trial& trial, const cost& from) override {
    then_.trial_went_on(trial, from);
  }
  void checkpoint_ignored(const planned_trial& trial, const std::string& why) override {
    then_.checkpoint_ignored(trial, why);
  }
  void parts_advanced(const parts_progress& now) override { then_.parts_advanced(now); }
  void noticed(const std::string& what) override { then_.noticed(what); }
  command next() override { return then_.next(); }

 private:
  /// One that would go on to other bits is of no use, and nobody waits for it.
  kept_checkpoint end_of_shorter(const planned_trial& trial) {
    if (!trial.spec.checkpoint_at_end) return {};
    auto kept = results_.end_state_of(lineage_hash(trial.spec));
    if (!kept || !same_bits(kept->origin, origin_)) return {};
    return {std::move(kept->state), kept->seconds};
  }

  bool may_keep(const planned_trial& trial, std::span<const std::byte> checkpoint) {
    if (checkpoint.size() <= store::largest_checkpoint) return true;
    checkpoint_ignored(trial,
                       fmt::format("of {} MiB is too large to be kept, at most {}; the trial goes on without",
                                   checkpoint.size() >> 20U, store::largest_checkpoint >> 20U));
    return false;
  }

  store& results_;
  const provenance& origin_;
  run_listener& then_;
};

}  // namespace

void run_plan(const plan& experiment, store& results, executor& by, run_listener& listener,
              const provenance& origin) {
  run_plan(experiment, results.missing(experiment.trials), results, by, listener, origin);
}

void run_plan(const plan& experiment, const trial_list& missing, store& results, executor& by,
              run_listener& listener, const provenance& origin) {
  by.prepare(missing.configurations());
  results.begin(experiment);
  saving_listener saving(results, origin, listener);
  by.run(missing, saving);
}

}  // namespace ravine
