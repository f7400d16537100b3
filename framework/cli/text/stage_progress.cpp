#include "text/stage_progress.hpp"

#include "core/counted.hpp"
#include "text/output.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace ravine::cli {

void stage_progress::stage_began(const plan& stage, std::size_t missing) {
  finish_stage();
  if (stage.trials.empty()) return;
  if (missing == 0) {
    const std::size_t all = stage.trials.size();
    print_note("{}: {} in {} already\n", stage.name,
               all == 1 ? "the trial is" : fmt::format("all {} are", counted(all, "trial")), file_);
    return;
  }
  print_note("{}: {} of {} to run, into {}\n", stage.name, count_text(missing),
             counted(stage.trials.size(), "trial"), file_);
  name_ = stage.name;
  if (!shown_) shown_.emplace(std::max(trials_, stage.trials.size()), stage.tuning_metric, place_);
  shown_->set_ended(stage.trials.size() - missing);
  in_stage_ = true;
}

void stage_progress::data_unknown(const plan& stage, std::size_t count) {
  finish_stage();
  print_note(
      "{}: results of {} in {} lack the digest of their data, which older versions did not store; these "
      "results are kept, and new ones are computed on today's data\n",
      stage.name, counted(count, "trial"), file_);
}

void stage_progress::trial_ended(const planned_trial& trial, const trial_result& result) {
  ++counts_[result.status];
  shown_->trial_ended(trial, result);
}

void stage_progress::trial_went_on(const planned_trial&, const cost& from) {
  ++went_on_[from.epochs > 0 ? fmt::format("{:g} epoch{}", from.epochs, from.epochs == 1 ? "" : "s")
                             : counted(from.steps, "step")];
}

void stage_progress::parts_advanced(const parts_progress& now) {
  for (const auto& [status, count] : now.ended) counts_[status] += count;
  shown_->parts_advanced(now);
}

void stage_progress::finish_stage() {
  if (!in_stage_) return;
  in_stage_ = false;
  shown_->clear();
  std::string text;
  for (const auto& [status, count] : std::exchange(counts_, {})) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count_text(count), to_string(status));
  }
  print_note("{}: {}\n", name_, text.empty() ? "no trial was run" : text);
  for (const auto& [length, count] : std::exchange(went_on_, {})) {
    print_note("{}: {} went on from the end of {}, of {}\n", name_, counted(count, "trial"),
               count == 1 ? "a shorter one" : "shorter ones", length);
  }
}

}  // namespace ravine::cli
