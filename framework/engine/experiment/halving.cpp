#include "experiment/halving.hpp"

#include "experiment/block.hpp"

#include <cmath>

namespace ravine {
namespace {

constexpr std::int64_t largest_factor = 100;
constexpr std::int64_t most_rungs = 20;

std::uint64_t read_or(const yaml_value* value, std::uint64_t usual, const char* name, integer_range range,
                      mistakes& found) {
  if (value == nullptr) return usual;
  const auto number = read_integer(*value, name, range, found);
  return number ? static_cast<std::uint64_t>(*number) : usual;
}

}  // namespace

std::vector<amount> rungs_of(const amount& budget, const halving& how) {
  std::vector<amount> rungs;
  for (std::uint64_t left = how.rungs; left > 0; --left) {
    const double share = std::pow(static_cast<double>(how.factor), static_cast<double>(left));
    const double count = std::ceil(budget.count / share);
    if (count < budget.count && (rungs.empty() || count > rungs.back().count))
      rungs.push_back({count, budget.unit});
  }
  return rungs;
}

std::size_t survivors_of(std::size_t points, const halving& how) {
  return (points + how.factor - 1) / how.factor;
}

std::optional<halving> read_halving(const yaml_value& value, mistakes& found) {
  const block in(value, "tuning.stop_early", {"factor", "rungs"}, found);
  if (!in.valid()) return std::nullopt;
  halving how;
  how.factor = read_or(in["factor"], how.factor, "tuning.stop_early.factor", {2, largest_factor}, found);
  how.rungs = read_or(in["rungs"], how.rungs, "tuning.stop_early.rungs", {1, most_rungs}, found);
  return how;
}

}  // namespace ravine
