#include "text/progress.hpp"

#include "core/counted.hpp"
#include "core/settings.hpp"
#include "process/interrupt.hpp"
#include "text/indented.hpp"
#include "text/output.hpp"
#include "text/terminal.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine::cli {
namespace {

constexpr auto redraw_interval = std::chrono::milliseconds(100);
constexpr auto shortest_silence = std::chrono::seconds(1);  // between lines on parts
constexpr auto first_silence = std::chrono::seconds(5);
constexpr auto longest_silence = std::chrono::minutes(5);
constexpr std::size_t bar_width = 20;

std::string bar(double share) {
  const auto filled = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * bar_width);
  std::string text;
  for (std::size_t i = 0; i < bar_width; ++i) text += i < filled ? "█" : "░";
  return text;
}

/// The metric that tuning judges a search trial by; of a result, the most telling.
std::string metric_of(const planned_trial& trial, const std::map<std::string, double>& metrics,
                      const std::string& tuning_metric) {
  std::vector<std::string> candidates{"test_accuracy", "validation_accuracy", "loss", "test_loss"};
  if (trial.role == trial_role::search) candidates = {tuning_metric, "loss"};  // a landscape has no other
  for (const std::string& name : candidates) {
    const auto found = metrics.find(name);
    if (found != metrics.end()) return fmt::format(", {} {:.4g}", name, found->second);
  }
  return "";
}

/// The status, and what the last evaluation says. A trial that did not succeed has no score but the worst.
std::string outcome_of(const planned_trial& trial, const trial_result& result,
                       const std::string& tuning_metric) {
  std::string text(to_string(result.status));
  if (!result.succeeded() || result.evaluations.empty()) return text;
  return text + metric_of(trial, result.evaluations.back().metrics, tuning_metric);
}

/// Of the training, which is what is compared; and how long it took altogether, if that is much more.
std::string durations_text(double training, double altogether) {
  if (altogether < 1.5 * training + 0.5) return duration_text(training);
  return fmt::format("{}, {} with evaluation", duration_text(training), duration_text(altogether));
}

}  // namespace

std::string trial_name(const trial_spec& spec) {
  std::string name = fmt::format("{} · {}", spec.problem.label, spec.optimizer.label);
  if (!spec.point.empty()) name += " · " + to_string(spec.point);
  return fmt::format("{} · {}", name, repetition_name(spec.repetition));
}

progress::progress(std::size_t trials, std::string tuning_metric, run_place place)
    : trials_(trials),
      tuning_metric_(std::move(tuning_metric)),
      place_(place),
      terminal_(stderr_is_terminal()),
      silence_(first_silence) {}

progress::~progress() { clear(); }

void progress::trial_began(const planned_trial& trial) {
  trials_began_[trial.hash] = clock::now();
  if (terminal_) draw(trial, 0, "");
}

void progress::trial_advanced(const planned_trial& trial, const cost& spent, std::uint64_t planned_steps,
                              double loss) {
  const auto now = clock::now();
  if (terminal_ ? now - last_drawn_ < redraw_interval : now - last_told_ < silence_) return;
  const amount& budget = trial.spec.train.budget;
  const double share =
      planned_steps != 0 ? static_cast<double>(spent.steps) / static_cast<double>(planned_steps)
      : budget.unit == cost_unit::seconds ? spent.seconds() / budget.count
                                          : static_cast<double>(spent.evaluations) / budget.count;
  const std::string place = spent.epochs > 0 ? fmt::format("epoch {:.1f}", spent.epochs)
                                             : fmt::format("step {}", count_text(spent.steps));
  const std::string detail = fmt::format("{} · loss {:.4g}", place, loss);
  if (terminal_) return draw(trial, share, detail);
  tell_of_long(trial, share, detail);
}

std::string progress::ended_of_all() const {
  return fmt::format("[{}/{}]", count_text(ended_), count_text(trials_));
}

void progress::tell_of_long(const planned_trial& trial, double share, const std::string& detail) {
  say(fmt::format("{} {}: {:.0f} %, {}", ended_of_all(), trial_name(trial.spec), 100 * std::min(share, 1.0),
                  detail));
  silence_ = std::min<clock::duration>(2 * silence_, longest_silence);
}

void progress::trial_ended(const planned_trial& trial, const trial_result& result) {
  ++ended_;
  ++run_;
  double altogether = 0;
  if (const auto began = trials_began_.find(trial.hash); began != trials_began_.end()) {
    altogether = std::chrono::duration<double>(clock::now() - began->second).count();
    trials_began_.erase(began);
  }
  const bool worth_a_line = !terminal_ || !result.succeeded();
  silence_ = first_silence;
  if (worth_a_line) {
    const std::string why = result.reason.empty() ? "" : ": " + indented(result.reason, "  ");
    say(fmt::format("{} {}: {} ({}){}", ended_of_all(), trial_name(trial.spec),
                    outcome_of(trial, result, tuning_metric_),
                    durations_text(result.spent.seconds(), altogether), why));
  }
}

void progress::parts_advanced(const parts_progress& now) {
  for (const auto& [status, count] : now.ended) {
    ended_ += count;
    run_ += count;
  }
  const auto time = clock::now();
  std::string line;
  if (now.running + now.waiting == 0) {
    line = "all parts have arrived";
  } else if (now.running == 0) {
    line = fmt::format("{} waiting{}", counted(now.waiting, "part"),
                       now.reason.empty() ? "" : " (" + now.reason + ")");
  } else {
    line = fmt::format("{} on {}{}", counted(now.running, "part"), fmt::join(now.nodes, " "),
                       now.waiting == 0 ? "" : fmt::format(", {} waiting", count_text(now.waiting)));
  }
  if (terminal_) {
    if (time - last_drawn_ >= redraw_interval) draw(line, 0);
    return;
  }
  if (now.ended.empty() && time - last_told_ < silence_) return;
  if (time - last_told_ < shortest_silence && ended_ < trials_) return;
  silence_ = now.ended.empty() ? std::min<clock::duration>(2 * silence_, longest_silence) : first_silence;
  say(fmt::format("{} {}", ended_of_all(), line));
}

void progress::checkpoint_ignored(const planned_trial& trial, const std::string& why) {
  say(fmt::format("{}: the checkpoint {}", trial_name(trial.spec), why));
}

run_listener::command progress::next() {
  const interruption asked = interrupt_watch::asked();
  const bool is_new = asked > heard_;
  if (is_new) heard_ = asked;
  switch (asked) {
    case interruption::none:
      return command::go_on;
    case interruption::finish:
      if (is_new) {
        say(place_ == run_place::here ? "interrupted: finishing the trials in progress; once more to stop now"
                                      : "interrupted: taking in what has arrived, and leaving the jobs; once "
                                        "more within 3 s to cancel "
                                        "them");
      }
      return command::finish_trials;
    case interruption::leave:
      if (is_new) {
        say(place_ == run_place::here ? "asked to end: saving checkpoints, where there are any, and stopping"
                                      : "asked to end: taking in what has arrived, and leaving the jobs");
      }
      return command::leave;
    case interruption::stop:
      if (is_new) {
        say(place_ == run_place::here ? "interrupted: stopping" : "interrupted: cancelling the jobs");
      }
      break;
  }
  return command::stop_now;
}

void progress::draw(const planned_trial& trial, double share, const std::string& detail) {
  draw(detail.empty() ? trial_name(trial.spec) : trial_name(trial.spec) + " · " + detail, share);
}

void progress::draw(const std::string& what, double share) {
  last_drawn_ = clock::now();
  const double seconds = std::chrono::duration<double>(last_drawn_ - began_).count();
  const double done = static_cast<double>(ended_) + share;
  const double run = static_cast<double>(run_) + share;
  std::string left;  // before the rest, which a narrow terminal cuts off
  if (seconds > 1 && run > 0) {
    left = fmt::format("{} left · ", duration_text(seconds / run * (static_cast<double>(trials_) - done)));
  }
  const std::size_t number = std::min(place_ == run_place::here ? ended_ + 1 : ended_, trials_);
  const std::string line = fmt::format("{} {}/{} {}{}", bar(done / static_cast<double>(trials_)),
                                       count_text(number), count_text(trials_), left, what);
  draw_status_line(line);
  drawn_ = true;
}

void progress::clear() {
  if (drawn_) clear_status_line();
  drawn_ = false;
}

void progress::say(const std::string& line) {
  clear();
  print_note("{}\n", line);
  last_told_ = clock::now();
}

}  // namespace ravine::cli
