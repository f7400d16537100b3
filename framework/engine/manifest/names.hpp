#pragma once

#include "trial/search_axis.hpp"
#include "trial/trial_spec.hpp"
#include "tuning/search_points.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace ravine {

/// A word of the manifest and what it stands for.
template <class T>
struct named {
  std::string_view name;
  T value;
};

inline constexpr std::array<named<search_method::kind>, 3> search_methods{
    {{"grid", search_method::kind::grid},
     {"random", search_method::kind::random},
     {"sobol", search_method::kind::sobol}}};

inline constexpr std::array<named<dtype>, 2> dtypes{{{"f32", dtype::f32}, {"f64", dtype::f64}}};

inline constexpr std::array<named<schedule_unit>, 2> schedule_units{
    {{"step", schedule_unit::step}, {"epoch", schedule_unit::epoch}}};

/// The search expressions that are intervals.
inline constexpr std::array<named<search_range::distribution>, 3> intervals{
    {{"uniform", search_range::distribution::uniform},
     {"log_uniform", search_range::distribution::log_uniform},
     {"int_uniform", search_range::distribution::int_uniform}}};

/// A metric that can be a target, or by which hyperparameters can be tuned.
struct metric_grammar {
  enum class measured_on { landscape, training, validation, test };

  std::string_view name;
  measured_on where;
  std::string_view description;
};

inline constexpr std::array<metric_grammar, 7> metrics{{
    {"gap", metric_grammar::measured_on::landscape,
     "Loss above the landscape's minimum, f - f*, of landscapes that declare one."},
    {"loss", metric_grammar::measured_on::landscape,
     "Value of the landscape. Its minimum need not be 0: prefer `gap`."},
    {"train_loss", metric_grammar::measured_on::training, "Mean batch loss since the last evaluation."},
    {"validation_loss", metric_grammar::measured_on::validation, "Mean loss on the validation examples."},
    {"validation_accuracy", metric_grammar::measured_on::validation,
     "Share of the validation examples that are classified correctly."},
    {"test_loss", metric_grammar::measured_on::test,
     "Mean loss on the test examples. Reported only: nothing stops at it."},
    {"test_accuracy", metric_grammar::measured_on::test,
     "Share of the test examples that are classified correctly. Reported only: nothing stops at it."},
}};

template <class T, std::size_t n>
constexpr std::array<std::string_view, n> words_of(const std::array<named<T>, n>& all) {
  std::array<std::string_view, n> names;
  for (std::size_t i = 0; i < n; ++i) names[i] = all[i].name;
  return names;
}

}  // namespace ravine
