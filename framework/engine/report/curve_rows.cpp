#include "report/curve_rows.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string_view>
#include <utility>

namespace ravine {
namespace {

using row_list = std::vector<std::size_t>;

/// The rows of each metric, once where several have the same, fewest first.
std::vector<row_list> measured_rows(const std::vector<evaluation>& curve) {
  std::map<std::string_view, row_list> by_metric;
  for (std::size_t row = 0; row < curve.size(); ++row) {
    for (const auto& each : curve[row].metrics) by_metric[each.first].push_back(row);
  }
  std::set<row_list> distinct;
  for (auto& each : by_metric) distinct.insert(std::move(each.second));
  std::vector<row_list> all(distinct.begin(), distinct.end());
  std::ranges::stable_sort(all, {}, &row_list::size);
  return all;
}

/// Takes out rows that are most of another metric's: with every so many-th of those come enough of them. A
/// metric that now and then has no value does not make the rows of one repetition other than those of the
/// next.
void take_out_gaps(std::vector<row_list>& all) {
  for (std::size_t i = 0; i < all.size();) {
    const auto fills_up = [&](const row_list& other) {
      return other.size() < 2 * all[i].size() && std::ranges::includes(other, all[i]);
    };
    if (std::ranges::any_of(all.begin() + static_cast<std::ptrdiff_t>(i) + 1, all.end(), fills_up)) {
      all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
}

void add_thinned(const row_list& rows, std::size_t most, row_list& to) {
  const std::size_t count = rows.size();
  const std::size_t whole = count <= most ? count : most / 2;
  const std::size_t rest = most - whole;
  const std::size_t stride = count <= most ? 1 : (count - whole + rest - 1) / rest;
  for (std::size_t i = 0; i < count; i += i < whole ? 1 : stride) to.push_back(rows[i]);
  to.push_back(rows.back());
}

}  // namespace

std::vector<std::size_t> curve_rows(const std::vector<evaluation>& curve, std::size_t most) {
  row_list kept;
  if (curve.size() <= most) {
    kept.resize(curve.size());
    std::iota(kept.begin(), kept.end(), std::size_t{0});
    return kept;
  }
  kept = {0, curve.size() - 1};
  std::vector<row_list> all = measured_rows(curve);
  take_out_gaps(all);
  std::size_t left = most;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t share = std::min(left / (all.size() - i), all[i].size());
    if (share > 0) add_thinned(all[i], share, kept);  // 0: there are more metrics than rows to draw
    left -= share;
  }
  std::ranges::sort(kept);
  kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
  return kept;
}

}  // namespace ravine
