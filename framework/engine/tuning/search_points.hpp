#pragma once

#include "core/settings.hpp"
#include "trial/search_axis.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// How the points of a search are found.
struct search_method {
  enum class kind { grid, random, sobol };

  kind by = kind::random;
  std::uint64_t trials = 0;  ///< points for each optimizer on each problem; a grid has its own number
};

/// A point that is tried.
struct search_point {
  settings values;
  std::map<std::string, double> shares;  ///< see planned_trial
};

/// The points that are tried: all of the lists' product for a grid; else as many as asked, drawn
/// independently or from a Sobol sequence with a random shift (Cranley & Patterson 1976). They depend on the
/// seed, the study and the axes alone: two optimizers with the same axes try the same points.
std::vector<search_point> search_points(const search_method& method, std::span<const search_axis> axes,
                                        std::uint64_t seed, std::uint64_t study = 0);

}  // namespace ravine
