#include "run/in_process.hpp"

#include "train/openblas.hpp"
#include "train/trial.hpp"

#include <chrono>

namespace ravine {
namespace {

/// Passes on what a trial reports to the experiment's listener.
class forwarder : public trial_observer {
 public:
  forwarder(const planned_trial& trial, double seconds_before, run_listener& listener)
      : trial_(trial), seconds_before_(seconds_before), listener_(listener) {}

  trial_observer::command after_step(const cost& spent, std::uint64_t planned_steps, double loss) override {
    listener_.trial_advanced(trial_, spent, planned_steps, loss);
    return listener_.next() >= run_listener::command::leave ? trial_observer::command::stop
                                                            : trial_observer::command::go_on;
  }
  void checkpoint(std::span<const std::byte> bytes) override {
    const std::chrono::duration<double> seconds = clock::now() - began_;
    listener_.trial_checkpoint(trial_, bytes, seconds_before_ + seconds.count());
  }
  void end_state(std::span<const std::byte> bytes) override {
    const std::chrono::duration<double> seconds = clock::now() - began_;
    listener_.trial_end_state(trial_, bytes, seconds_before_ + seconds.count());
  }
  void went_on(const cost& from) override { listener_.trial_went_on(trial_, from); }
  void checkpoint_refused(const std::string& why) override { listener_.checkpoint_ignored(trial_, why); }
  void evaluated(const evaluation& point) override { listener_.trial_evaluated(trial_, point); }

 private:
  using clock = std::chrono::steady_clock;

  const planned_trial& trial_;
  double seconds_before_;
  clock::time_point began_ = clock::now();
  run_listener& listener_;
};

}  // namespace

void in_process_executor::run(const trial_list& trials, run_listener& listener) {
  for (const planned_trial trial : trials) {
    if (listener.next() != run_listener::command::go_on) return;
    const kept_checkpoint from = listener.checkpoint_of(trial);
    listener.trial_began(trial);
    forwarder observer(trial, from.seconds, listener);
    trial_result result =
        run_trial(trial.spec, plugins_, data_.of(trial.spec), observer, path_recording::thinned, from.bytes);
    result.blas = loaded_blas();
    listener.trial_ended(trial, result);
  }
}

}  // namespace ravine
