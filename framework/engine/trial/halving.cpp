#include "trial/halving.hpp"

#include <cmath>

namespace ravine {
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

}  // namespace ravine
