#include "report/landscape_image.hpp"

#include "plugin/memory.hpp"
#include "report/short_numbers.hpp"
#include "train/landscape_instance.hpp"
#include "train/objective.hpp"

#include <span>

#include <nlohmann/json.hpp>

namespace ravine {
namespace {

constexpr std::size_t dimension = 2;
using point = std::array<double, dimension>;

point as_point(std::span<const double> from) { return {from[0], from[1]}; }

/// From the function's coordinates to the optimizer's.
class place_finder {
 public:
  place_finder(const trial_spec& spec, const rv_landscape& original) {
    if (spec.problem.instance != instance_spec{}) {
      instance_.emplace(original, spec.problem.instance, spec.seed, spec.repetition);
    }
  }

  point operator()(const double* function_point) const {
    const std::span<const double> place(function_point, dimension);
    return instance_ ? as_point(instance_->to_optimizer(place)) : as_point(place);
  }

 private:
  std::optional<landscape_instance> instance_;
};

void fill(landscape_image& image, objective<double>& drawn) {
  aligned_array place(RV_F64, dimension, "point");
  auto* const at = static_cast<double*>(place.data());
  const auto middle = [&](std::size_t axis, std::size_t cell, std::size_t cells) {
    const double share = (static_cast<double>(cell) + 0.5) / static_cast<double>(cells);
    return image.frame.lower.at(axis) + share * (image.frame.upper.at(axis) - image.frame.lower.at(axis));
  };
  for (std::size_t row = 0; row < image.rows; ++row) {
    for (std::size_t column = 0; column < image.columns; ++column) {
      at[0] = middle(0, column, image.columns);
      at[1] = middle(1, row, image.rows);
      image.losses.push_back(drawn.loss_gradient(at, nullptr));
    }
  }
}

}  // namespace

std::optional<landscape_image> draw_landscape(const trial_spec& spec, const registry& plugins,
                                              std::size_t columns, const std::optional<image_frame>& frame) {
  trial_spec exact = spec;
  exact.problem.type = dtype::f64;
  exact.problem.gradient_noise = 0;
  objective<double> drawn(exact, plugins, nullptr);
  const rv_landscape* const facts = drawn.landscape();
  if (facts == nullptr || facts->dimension != dimension) return std::nullopt;
  const place_finder place(spec, *facts);
  landscape_image image;
  image.frame =
      frame ? *frame : image_frame{as_point({facts->lower, dimension}), as_point({facts->upper, dimension})};
  image.columns = image.rows = columns;
  for (std::uint64_t i = 0; i < facts->minima_count; ++i) {
    image.minima.push_back(place(facts->minima + i * dimension));
  }
  image.minimum = facts->minimum;
  constexpr std::array<point, 3> axes{point{0, 0}, point{1, 0}, point{0, 1}};
  for (std::size_t i = 0; i < axes.size(); ++i) image.function_axes.at(i) = place(axes.at(i).data());
  image.start = place(spec.problem.start ? spec.problem.start->data() : facts->start);
  fill(image, drawn);
  return image;
}

nlohmann::json to_json(const landscape_image& image) {
  return {{"lower", image.frame.lower},
          {"upper", image.frame.upper},
          {"columns", image.columns},
          {"rows", image.rows},
          {"losses", short_numbers(image.losses)},
          {"minima", image.minima},
          {"minimum", image.minimum},
          {"function_axes", image.function_axes},
          {"start", image.start}};
}

}  // namespace ravine
