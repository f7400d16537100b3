#include "train/rate_search.hpp"

#include "train/lr_scaling.hpp"
#include "train/trial.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

bool is_valid(double lr, const hyperparameter& range) {
  return (range.open_below ? lr > range.minimum : lr >= range.minimum) &&
         (range.open_above ? lr < range.maximum : lr <= range.maximum);
}

/// Collects the losses of a trial at a constant rate.
class loss_record : public trial_observer {
 public:
  explicit loss_record(bool on_data) : on_data_(on_data) {}

  command after_step(const cost&, std::uint64_t, double loss) override {
    if (on_data_) losses_.push_back(loss);
    return command::go_on;
  }
  void evaluated(const evaluation& point) override {
    const auto found = point.metrics.find(on_data_ ? "validation_loss" : "loss");
    if (found != point.metrics.end()) (on_data_ ? validation_ : losses_).push_back(found->second);
  }

  /// The last loss on validation data. Without any, the mean over the last quarter: one batch alone says
  /// little.
  double final_loss() const {
    double loss = infinity;
    if (!validation_.empty()) {
      loss = validation_.back();
    } else if (!losses_.empty()) {
      const auto last = std::span(losses_).last(std::max<std::size_t>(losses_.size() / 4, 1));
      loss = std::accumulate(last.begin(), last.end(), 0.0) / static_cast<double>(last.size());
    }
    if (!std::isfinite(loss)) return infinity;
    return loss;
  }
  /// Before the first step. Without validation data it is what the first batch, or the landscape, says.
  std::optional<double> first_loss() const {
    const std::vector<double>& from = validation_.empty() ? losses_ : validation_;
    return from.empty() ? std::nullopt : std::optional(from.front());
  }

 private:
  bool on_data_;
  std::vector<double> losses_;
  std::vector<double> validation_;
};

}  // namespace

rate_search::rate_search(trial_spec brief, const registry& plugins, const dataset* data, std::uint64_t most)
    : spec_(std::move(brief)),
      plugins_(plugins),
      range_(*plugins.get(component_kind::optimizer, driven().optimizer.use).find_hyperparameter("lr")),
      data_(data),
      left_(most) {
  driven().schedules.erase("lr");
}

void rate_search::run(double from) {
  if (!attempt(from)) return;
  if (!climb(from, 2)) climb(from, 0.5);
}

/// Whether it got anywhere.
bool rate_search::climb(double from, double factor) {
  double lr = from;
  while (attempt(lr * factor) && losses_.at(lr * factor) < losses_.at(lr)) lr *= factor;
  return lr != from;
}

/// False if it may not be tried.
bool rate_search::attempt(double lr) {
  if (left_ == 0 || !fault_.empty() || !is_valid(lr, range_)) return false;
  --left_;
  driven().optimizer.with["lr"] = lr;
  loss_record record(data_ != nullptr);
  const trial_result result = run_trial(spec_, plugins_, data_, record);
  if (is_fault(result.status)) {
    fault_ = fmt::format("at a constant lr of {:.3g}: {}: {}", lr, to_string(result.status), result.reason);
    return false;
  }
  if (!first_loss_) first_loss_ = record.first_loss();
  losses_[lr] = result.status == trial_status::completed ? record.final_loss() : infinity;
  return true;
}

}  // namespace ravine
