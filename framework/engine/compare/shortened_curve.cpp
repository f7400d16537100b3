#include "compare/shortened_curve.hpp"

#include "compare/score.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ravine {
namespace {

bool is_score(std::string_view metric) {
  return !metric.starts_with("value.") && metric != "gradient_norm" && metric != "update_norm";
}

/// Best scores so far, and where the best one stands.
class best_points {
 public:
  void look_at(const evaluation& at, std::size_t index) {
    for (const auto& [metric, value] : at.metrics) {
      if (!is_score(metric)) continue;
      const auto [place, is_new] = best_.emplace(metric, std::pair(value, index));
      if (is_new || !is_better(value, place->second.first, metric)) continue;
      place->second = {value, index};
    }
  }
  void mark(std::vector<std::uint8_t>& kept) const {
    for (const auto& [metric, best] : best_) kept[best.second] = 1;
  }

 private:
  std::map<std::string_view, std::pair<double, std::size_t>> best_;
};

/// The points that are the first to meet a target.
void mark_hits(const std::vector<evaluation>& curve, const std::string& metric,
               const std::set<double>& targets, std::vector<std::uint8_t>& kept) {
  if (metric.empty()) return;
  std::vector<double> easiest_last(targets.begin(), targets.end());
  if (higher_is_better(metric)) std::ranges::reverse(easiest_last);
  for (std::size_t i = 0; i < curve.size() && !easiest_last.empty(); ++i) {
    const auto found = curve[i].metrics.find(metric);
    if (found == curve[i].metrics.end()) continue;
    while (!easiest_last.empty() && meets(metric, easiest_last.back(), found->second)) {
      easiest_last.pop_back();
      kept[i] = 1;
    }
  }
}

}  // namespace

void shorten_curve(stored_trial& trial, const std::set<double>& targets) {
  std::vector<evaluation>& curve = trial.result.evaluations;
  if (curve.empty()) return;
  std::vector<std::uint8_t> kept(curve.size());
  kept.front() = kept.back() = 1;
  best_points best;
  for (std::size_t i = 0; i < curve.size(); ++i) best.look_at(curve[i], i);
  best.mark(kept);
  mark_hits(curve, trial.target_metric, targets, kept);
  std::size_t count = 0;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    if (kept[i] == 0) continue;
    std::erase_if(curve[i].metrics, [](const auto& each) { return !is_score(each.first); });
    if (count != i) curve[count] = std::move(curve[i]);
    ++count;
  }
  curve.resize(count);
  curve.shrink_to_fit();
}

std::vector<std::vector<stored_trial>> read_shortened(std::span<const std::shared_ptr<const store>> files) {
  std::set<double> targets;  // one file may ask about what is only seen on the curves of another
  for (const auto& file : files) targets.merge(file->targets());
  std::vector<std::vector<stored_trial>> all;
  for (const auto& file : files) {
    all.push_back(file->trials([&](stored_trial& trial) { shorten_curve(trial, targets); }));
  }
  return all;
}

}  // namespace ravine
