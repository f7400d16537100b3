#include "slice/slice_document.hpp"

#include "core/error.hpp"
#include "slice/followed_path.hpp"
#include "slice/plane.hpp"
#include "train/objective.hpp"
#include "train/steady_loss.hpp"
#include "trial/streams.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

using json = nlohmann::json;

constexpr std::size_t most_points = 200;  // of a path

struct chosen_plane {
  plane of;
  std::array<std::string, 2> axes;
  json explained = nullptr;
};

chosen_plane choose(const std::vector<followed_path>& paths, const rv_layout& layout,
                    const slice_settings& how) {
  const auto end = [&](std::size_t i) { return paths[i].points.back(); };
  if (how.through == slice_plane::random) {
    return {filter_normalised(layout, end(0), stream_seed(how.seed, 0, "slice")),
            {"first random direction", "second random direction"}};
  }
  if (how.through == slice_plane::ends) {
    return {through({end(0), end(1), end(2)}), {"towards the second end", "towards the third end"}};
  }
  principal_plane found = principal_components(paths[0].points);
  return {std::move(found.of),
          {fmt::format("first principal component ({:.1f} %)", 100 * found.explained[0]),
           fmt::format("second principal component ({:.1f} %)", 100 * found.explained[1])},
          found.explained};
}

/// Of a plane of random directions one filter length each way; else where the paths are, with a fifth more.
struct frame {
  std::array<double, 2> lower{-1, -1}, upper{1, 1};
};

frame frame_of(const json& paths, slice_plane through) {
  if (through == slice_plane::random) return {};
  frame all;
  for (const std::size_t axis : {0U, 1U}) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
    for (const json& path : paths) {
      for (const double each : path.at(axis == 0 ? "x" : "y").get<std::vector<double>>()) {
        low = std::min(low, each);
        high = std::max(high, each);
      }
    }
    const double room = std::max(0.2 * (high - low), 1e-9);
    all.lower.at(axis) = low - room;
    all.upper.at(axis) = high + room;
  }
  return all;
}

/// The loss of points of the space, of whatever type the problem's parameters have.
template <class T>
class loss_at {
 public:
  loss_at(steady_loss<T>& loss, std::size_t n)
      : loss_(loss), point_(dtype_of<T>, n, "a point of the plane") {}

  double operator()(std::span<const double> point) {
    const std::span<T> to = point_.template as<T>();
    std::ranges::transform(point, to.begin(), [](double x) { return static_cast<T>(x); });
    return loss_.at(to.data());
  }

 private:
  steady_loss<T>& loss_;
  aligned_array point_;
};

template <class T>
json path_json(const sliced_trial& trial, const followed_path& path, const plane& on, loss_at<T>& loss) {
  json all{{"label", trial.label}, {"step", path.steps}, {"status", to_string(path.result.status)}};
  for (const char* column : {"x", "y", "loss", "distance"}) all[column] = json::array();
  for (const std::vector<double>& point : path.points) {
    const std::array<double, 2> place = on.nearest(point);
    all["x"].push_back(place[0]);
    all["y"].push_back(place[1]);
    all["loss"].push_back(loss(point));
    all["distance"].push_back(on.distance(point, place));
  }
  return all;
}

template <class T>
json image_json(const plane& on, const frame& within, std::size_t cells, loss_at<T>& loss) {
  json losses = json::array();
  std::vector<double> point(on.origin.size());
  const auto middle = [&](std::size_t cell, std::size_t axis) {
    const double width = within.upper.at(axis) - within.lower.at(axis);
    return within.lower.at(axis) + (static_cast<double>(cell) + 0.5) / static_cast<double>(cells) * width;
  };
  for (std::size_t row = 0; row < cells; ++row) {
    for (std::size_t column = 0; column < cells; ++column) {
      const double a = middle(column, 0), b = middle(row, 1);
      for (std::size_t i = 0; i < point.size(); ++i) point[i] = on.origin[i] + a * on.x[i] + b * on.y[i];
      losses.push_back(loss(point));  // one that is not finite is written as null
    }
  }
  return {{"lower", within.lower},
          {"upper", within.upper},
          {"columns", cells},
          {"rows", cells},
          {"losses", losses}};
}

/// Empty if a trial that was run again has the steps and the metrics that it had.
std::string difference_to(const trial_result& now, const sliced_trial& before) {
  if (now.spent.steps != before.stored.spent.steps) {
    return fmt::format(
        "{} took another way when it was run again: it has {} steps, and had {}. Results of another build or "
        "processor need not repeat.",
        before.label, now.spent.steps, before.stored.spent.steps);
  }
  if (before.stored.evaluations.empty() || now.evaluations.empty()) return "";
  const auto& last = now.evaluations.back().metrics;
  for (const auto& [name, value] : before.stored.evaluations.back().metrics) {
    const auto found = last.find(name);
    if (found == last.end() || found->second == value || std::isnan(value)) continue;
    return fmt::format(
        "{} took another way when it was run again: {} is {} at its end, and was {}. Results of "
        "another build or processor need not repeat.",
        before.label, name, found->second, value);
  }
  return "";
}

template <class T>
json document_of(std::span<const sliced_trial> trials, const registry& plugins, const dataset* data,
                 const slice_settings& how) {
  const trial_spec& first = trials.front().spec;
  std::vector<followed_path> paths;
  json notes = json::array();
  for (const sliced_trial& each : trials) {
    paths.push_back(follow(each.spec, plugins, data, each.stored.spent.steps, most_points));
    const std::string note = difference_to(paths.back().result, each);
    if (!note.empty()) notes.push_back(note);
  }
  objective<T> of(first, plugins, data);
  steady_loss<T> steady(of, data, how.examples, stream_seed(first.seed, first.repetition, "curvature"));
  loss_at<T> loss(steady, of.layout().size());
  const chosen_plane chosen = choose(paths, *of.layout().raw(), how);
  json drawn = json::array();
  for (std::size_t i = 0; i < trials.size(); ++i) {
    drawn.push_back(path_json<T>(trials[i], paths[i], chosen.of, loss));
  }
  json image = image_json<T>(chosen.of, frame_of(drawn, how.through), how.cells, loss);
  return {{"axes", chosen.axes},
          {"explained", chosen.explained},
          {"image", std::move(image)},
          {"paths", std::move(drawn)},
          {"notes", std::move(notes)}};
}

}  // namespace

json slice_document(std::span<const sliced_trial> trials, const registry& plugins, const dataset* data,
                    const slice_settings& how) {
  const trial_spec& first = trials.front().spec;
  json all = (first.problem.type == dtype::f32 ? document_of<float> : document_of<double>)(trials, plugins,
                                                                                           data, how);
  all["problem"] = first.problem.label;
  all["plane"] = how.through == slice_plane::random ? "random"
                 : how.through == slice_plane::ends ? "ends"
                                                    : "path";
  return all;
}

}  // namespace ravine
