#include "text/lr_find_text.hpp"

#include "text/csv_text.hpp"
#include "text/indented.hpp"
#include "text/json_text.hpp"
#include "text/number_text.hpp"
#include "text/plot.hpp"
#include "text/terminal.hpp"
#include "text/text_table.hpp"

#include <cmath>
#include <cstdint>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine::cli {
namespace {

std::string optional_text(const std::optional<double>& value) { return value ? number_text(*value) : "—"; }

/// lr grows by a constant factor, so that points evenly spaced in steps are evenly spaced in log lr.
std::string curve_text(const found_rate& each) {
  const std::vector<range_point>& points = each.curve.points;
  if (points.size() < 2) return "";
  std::vector<double> values;
  values.reserve(points.size());
  for (const range_point& point : points) values.push_back(point.smoothed);
  const double first = points.front().lr;
  const double last = points.back().lr;
  return fmt::format(
      "\n{} · {}: smoothed loss by lr, from {} to {}\n{}", each.problem, each.optimizer, number_text(first),
      number_text(last),
      plot_on_terminal(values, {number_text(first), number_text(std::sqrt(first * last)), number_text(last)},
                       8));
}

/// Why there is no suggestion, or why it is not what the curve alone would say.
std::string reasons_text(const found_rate& each) {
  const range_curve& curve = each.curve;
  std::string text;
  for (const std::string& reason : {curve.fault, curve.refusal}) {
    if (!reason.empty())
      text += fmt::format("  - {} on {}: {}\n", each.optimizer, each.problem, indented(reason, "    "));
  }
  if (curve.suggestion && curve.tries.size() > 1 &&
      (*curve.suggestion == curve.tries.front().lr || *curve.suggestion == curve.tries.back().lr)) {
    text += fmt::format("  - {} on {}: {} is the {} rate tried, and a {} one may be better; see --tries\n",
                        each.optimizer, each.problem, number_text(*curve.suggestion),
                        *curve.suggestion == curve.tries.front().lr ? "lowest" : "highest",
                        *curve.suggestion == curve.tries.front().lr ? "lower" : "higher");
  }
  return text;
}

nlohmann::json as_json(const std::optional<double>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json();
}

}  // namespace

std::string rates_text(const std::vector<found_rate>& all) {
  std::vector<std::vector<std::string>> rows{
      {"problem", "optimizer", "suggested lr", "steepest fall", "minimum / 10", "diverges at"}};
  std::string reasons;
  std::string curves;
  for (const found_rate& each : all) {
    rows.push_back({each.problem, each.optimizer, optional_text(each.curve.suggestion),
                    optional_text(each.curve.steepest), optional_text(each.curve.tenth_of_minimum),
                    optional_text(each.curve.diverged_at)});
    reasons += reasons_text(each);
    curves += curve_text(each);
  }
  return text_table(rows) + reasons + curves;
}

std::string rates_csv(const std::vector<found_rate>& all) {
  std::string text = csv_line({"problem", "optimizer", "step", "lr", "loss", "smoothed", "steepest"});
  for (const found_rate& each : all) {
    std::uint64_t step = 0;
    for (const range_point& point : each.curve.points) {
      text += csv_line({each.problem, each.optimizer, std::to_string(++step), exact_text(point.lr),
                        exact_text(point.loss), exact_text(point.smoothed),
                        each.curve.steepest == point.lr ? "1" : "0"});
    }
  }
  return text;
}

std::string rates_json(const std::vector<found_rate>& all) {
  nlohmann::json list = nlohmann::json::array();
  for (const found_rate& each : all) {
    nlohmann::json one{{"problem", each.problem},
                       {"optimizer", each.optimizer},
                       {"suggestion", as_json(each.curve.suggestion)},
                       {"steepest", as_json(each.curve.steepest)},
                       {"tenth_of_minimum", as_json(each.curve.tenth_of_minimum)},
                       {"diverged_at", as_json(each.curve.diverged_at)},
                       {"fault", each.curve.fault},
                       {"refusal", each.curve.refusal},
                       {"tries", nlohmann::json::array()},
                       {"curve", nlohmann::json::array()}};
    for (const range_try& one_try : each.curve.tries) {
      one["tries"].push_back({{"lr", one_try.lr}, {"loss", one_try.loss}});
    }
    for (const range_point& point : each.curve.points) {
      one["curve"].push_back({{"lr", point.lr}, {"loss", point.loss}, {"smoothed", point.smoothed}});
    }
    list.push_back(std::move(one));
  }
  return json_text(list);
}

}  // namespace ravine::cli
