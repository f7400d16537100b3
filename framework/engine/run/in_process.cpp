#include "run/in_process.hpp"

#include "train/trial.hpp"

namespace ravine {
namespace {

/// Passes on what a trial reports to the experiment's listener.
class forwarder : public trial_observer {
 public:
  forwarder(const planned_trial& trial, run_listener& listener) : trial_(trial), listener_(listener) {}

  trial_observer::wish after_step(const cost& spent, std::uint64_t planned_steps, double loss) override {
    listener_.trial_advanced(trial_, spent, planned_steps, loss);
    return listener_.next() == run_listener::wish::stop_now ? trial_observer::wish::stop
                                                            : trial_observer::wish::go_on;
  }

 private:
  const planned_trial& trial_;
  run_listener& listener_;
};

}  // namespace

void in_process_executor::run(std::span<const planned_trial> trials, run_listener& listener) {
  for (const planned_trial& trial : trials) {
    if (listener.next() != run_listener::wish::go_on) return;
    listener.trial_began(trial);
    forwarder observer(trial, listener);
    listener.trial_ended(trial, run_trial(trial.spec, plugins_, data_.of(trial.spec), observer));
  }
}

}  // namespace ravine
