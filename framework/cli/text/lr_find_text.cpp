#include "text/lr_find_text.hpp"

#include "text/csv_text.hpp"
#include "text/indented.hpp"
#include "text/json_text.hpp"
#include "text/number_text.hpp"
#include "text/plot.hpp"
#include "text/terminal.hpp"
#include "text/text_table.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine::cli {
namespace {

std::string optional_text(const std::optional<double>& value) { return value ? number_text(*value) : "—"; }

/// Up to the divergence: what follows would press the rest of the curve flat.
std::vector<double> smoothed_losses(const range_curve& curve) {
  std::vector<double> values;
  for (const range_point& point : curve.points) values.push_back(point.smoothed);
  if (curve.diverged_at && values.size() > 1 && curve.points.back().lr == *curve.diverged_at)
    values.pop_back();
  return values;
}

std::string curve_text(const found_rate& each) {
  const std::vector<double> values = smoothed_losses(each.curve);
  if (values.size() < 2) return "";
  return fmt::format("\n{} · {}: smoothed loss by step, lr {} to {}\n{}", each.problem, each.optimizer,
                     number_text(each.curve.points.front().lr),
                     number_text(each.curve.points[values.size() - 1].lr), plot_on_terminal(values, 8));
}

nlohmann::json as_json(const std::optional<double>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json();
}

}  // namespace

std::string rates_text(const std::vector<found_rate>& all) {
  std::vector<std::vector<std::string>> rows{{"problem", "optimizer", "suggested lr", "diverges at"}};
  std::string faults;
  std::string curves;
  for (const found_rate& each : all) {
    rows.push_back({each.problem, each.optimizer, optional_text(each.curve.suggestion),
                    optional_text(each.curve.diverged_at)});
    if (!each.curve.fault.empty())
      faults +=
          fmt::format("  - {} on {}: {}\n", each.optimizer, each.problem, indented(each.curve.fault, "    "));
    curves += curve_text(each);
  }
  return text_table(rows) + faults + curves;
}

std::string rates_csv(const std::vector<found_rate>& all) {
  std::string text = csv_line({"problem", "optimizer", "step", "lr", "loss", "smoothed", "suggested"});
  for (const found_rate& each : all) {
    std::uint64_t step = 0;
    for (const range_point& point : each.curve.points) {
      text += csv_line({each.problem, each.optimizer, std::to_string(++step), exact_text(point.lr),
                        exact_text(point.loss), exact_text(point.smoothed),
                        each.curve.suggestion == point.lr ? "1" : "0"});
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
                       {"diverged_at", as_json(each.curve.diverged_at)},
                       {"fault", each.curve.fault},
                       {"curve", nlohmann::json::array()}};
    for (const range_point& point : each.curve.points) {
      one["curve"].push_back({{"lr", point.lr}, {"loss", point.loss}, {"smoothed", point.smoothed}});
    }
    list.push_back(std::move(one));
  }
  return json_text(list);
}

}  // namespace ravine::cli
