#pragma once

#include <ravine/abi.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string_view>

/// Declaring hyperparameters:
///
///     static constexpr auto hyper = ravine::hyperparameters(
///         ravine::real("lr", 1e-3).above(0).log().search(1e-5, 1e-1).doc("learning rate"),
///         ravine::choice("form", {"velocity", "ema"}).doc("how the gradient enters"));
///
/// Mistakes in a declaration do not compile; the message names the rule that was broken.
namespace ravine {

/// One hyperparameter: made by real, integer, boolean, choice, integer_list or file and refined by the
/// functions below, each of which answers a changed copy.
struct hyperparameter {
  static constexpr std::size_t capacity = 16;  ///< of choices and of a list's default

  std::uint32_t type;
  const char* name;
  double default_value = 0;
  const char* text = "";
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  std::uint64_t flags = 0;
  std::uint32_t scale = RV_SCALE_LINEAR;
  bool searched = false;
  double search_low = 0;
  double search_high = 0;
  std::array<const char*, capacity> choices{};
  std::array<std::int64_t, capacity> list{};
  std::size_t count = 0;  ///< entries used of choices or list

  /// Valid range; above and below exclude their bound.
  constexpr hyperparameter above(double bound) const {
    return at_least(bound).with_flag(RV_PARAM_OPEN_BELOW);
  }
  constexpr hyperparameter below(double bound) const { return at_most(bound).with_flag(RV_PARAM_OPEN_ABOVE); }
  constexpr hyperparameter at_least(double bound) const {
    auto changed = *this;
    changed.minimum = bound;
    return changed;
  }
  constexpr hyperparameter at_most(double bound) const {
    auto changed = *this;
    changed.maximum = bound;
    return changed;
  }
  /// The range worth searching when a manifest gives none.
  constexpr hyperparameter search(double low, double high) const {
    auto changed = *this;
    changed.searched = true;
    changed.search_low = low;
    changed.search_high = high;
    return changed;
  }
  /// Search and sliders are even in log x …
  constexpr hyperparameter log() const { return with_scale(RV_SCALE_LOG); }
  /// … or in log (1 - x), for decay rates near 1.
  constexpr hyperparameter log_one_minus() const { return with_scale(RV_SCALE_LOG_ONE_MINUS); }
  /// Not schedulable. Reals are schedulable otherwise, all else never is.
  constexpr hyperparameter fixed() const {
    auto changed = *this;
    changed.flags &= ~RV_PARAM_SCHEDULABLE;
    return changed;
  }
  /// One line for the user, with the unit if there is one.
  constexpr hyperparameter doc(const char* line) const {
    auto changed = *this;
    changed.text = line;
    return changed;
  }

 private:
  constexpr hyperparameter with_flag(std::uint64_t flag) const {
    auto changed = *this;
    changed.flags |= flag;
    return changed;
  }
  constexpr hyperparameter with_scale(std::uint32_t value) const {
    auto changed = *this;
    changed.scale = value;
    return changed;
  }
};

constexpr hyperparameter real(const char* name, double default_value) {
  return {.type = RV_REAL, .name = name, .default_value = default_value, .flags = RV_PARAM_SCHEDULABLE};
}

constexpr hyperparameter integer(const char* name, std::int64_t default_value) {
  return {.type = RV_INTEGER, .name = name, .default_value = static_cast<double>(default_value)};
}

constexpr hyperparameter boolean(const char* name, bool default_value) {
  return {.type = RV_BOOLEAN, .name = name, .default_value = default_value ? 1.0 : 0.0};
}

/// The learning rate, by the name that the host knows it by, searched from 1e-5 to 0.1; each may be refined:
/// ravine::learning_rate(0.01).search(1e-4, 1).
constexpr hyperparameter learning_rate(double default_value) {
  return real("lr", default_value).at_least(0).log().search(1e-5, 1e-1).doc("learning rate");
}

/// How much of an average is kept from step to step: from 0 to below 1, searched evenly in log(1 - x).
constexpr hyperparameter decay_rate(const char* name, double default_value) {
  return real(name, default_value).at_least(0).below(1).log_one_minus();
}

/// The first of the names is the default.
constexpr hyperparameter choice(const char* name, std::initializer_list<const char*> names) {
  hyperparameter made{.type = RV_CHOICE, .name = name};
  for (const char* each : names) made.choices.at(made.count++) = each;
  return made;
}

/// A list of integers; at_least and the like bound each element.
constexpr hyperparameter integer_list(const char* name, std::initializer_list<std::int64_t> default_list) {
  hyperparameter made{.type = RV_INTEGER_LIST, .name = name};
  for (std::int64_t each : default_list) made.list.at(made.count++) = each;
  return made;
}

/// A file that the user has to name, of models only: the host reads it, and its content is part of what a
/// trial is. Where the host checks the plugin no file is named, and the model makes do without one.
constexpr hyperparameter file(const char* name) { return {.type = RV_FILE, .name = name}; }

namespace detail {

// Called in constant evaluation only: the function's name is the message that the compiler prints.
inline void hyperparameter_needs_a_doc() {}
inline void hyperparameter_name_is_used_twice() {}
inline void hyperparameter_default_is_out_of_range() {}
inline void hyperparameter_search_range_is_out_of_range() {}
inline void log_scale_needs_a_search_range_above_0() {}
inline void log_one_minus_scale_needs_a_search_range_below_1() {}
inline void choice_needs_at_least_one_name() {}

constexpr bool in_range(const hyperparameter& item, double value) {
  const bool low = (item.flags & RV_PARAM_OPEN_BELOW) != 0 ? value > item.minimum : value >= item.minimum;
  const bool high = (item.flags & RV_PARAM_OPEN_ABOVE) != 0 ? value < item.maximum : value <= item.maximum;
  return low && high;
}

consteval void check(const hyperparameter& item) {
  if (std::string_view(item.text).empty()) hyperparameter_needs_a_doc();
  if (item.type == RV_CHOICE && item.count == 0) choice_needs_at_least_one_name();
  if (item.type != RV_INTEGER_LIST && !in_range(item, item.default_value))
    hyperparameter_default_is_out_of_range();
  if (item.type == RV_INTEGER_LIST) {
    for (std::size_t i = 0; i < item.count; ++i) {
      if (!in_range(item, static_cast<double>(item.list[i]))) hyperparameter_default_is_out_of_range();
    }
  }
  if (item.searched && !(in_range(item, item.search_low) && in_range(item, item.search_high) &&
                         item.search_low < item.search_high)) {
    hyperparameter_search_range_is_out_of_range();
  }
  if (item.searched && item.scale == RV_SCALE_LOG && item.search_low <= 0)
    log_scale_needs_a_search_range_above_0();
  if (item.searched && item.scale == RV_SCALE_LOG_ONE_MINUS && item.search_high >= 1) {
    log_one_minus_scale_needs_a_search_range_below_1();
  }
}

}  // namespace detail

/// The hyperparameters of one component, in declared order.
template <std::size_t N>
using hyperparameter_set = std::array<hyperparameter, N>;

template <class... Items>
consteval auto hyperparameters(Items... items) {
  const hyperparameter_set<sizeof...(Items)> set{items...};
  for (std::size_t i = 0; i < set.size(); ++i) {
    detail::check(set[i]);
    for (std::size_t k = 0; k < i; ++k) {
      if (std::string_view(set[i].name) == set[k].name) detail::hyperparameter_name_is_used_twice();
    }
  }
  return set;
}

namespace detail {

/// Author's hyperparameters; none if it declares none.
template <class Author>
constexpr auto declared_hyper = [] {
  if constexpr (requires { Author::hyper.size(); }) {
    return Author::hyper;
  } else {
    return hyperparameter_set<0>{};
  }
}();

/// Whether errors are reported in the code for an element type, or for a model of it: every plugin is
/// compiled for float and for double, and one report is enough.
template <class>
inline constexpr bool reports_errors = true;
template <>
inline constexpr bool reports_errors<float> = false;
template <template <class> class Model>
inline constexpr bool reports_errors<Model<float>> = false;

}  // namespace detail

/// A hyperparameter's place, found by its name while compiling: `s["lr"]`. `Compiled` is the element type
/// that the code is compiled for, where there are several.
template <class Author, class Compiled = Author>
class hyper_name {
 public:
  consteval hyper_name(const char* name) : name_(name), index_(find(name)) {
    // Ends up in the compiler's message, beside the name, at the line of the author that has it.
    const int no_hyperparameter_of_that_name_is_declared = 0;
    if (detail::reports_errors<Compiled> && index_ == hyper.size()) {
      error_ = &no_hyperparameter_of_that_name_is_declared;
    }
  }
  constexpr std::size_t index() const { return index_; }

 private:
  static constexpr const auto& hyper = detail::declared_hyper<Author>;

  static consteval std::size_t find(std::string_view name) {
    std::size_t i = 0;
    while (i < hyper.size() && name != hyper[i].name) ++i;
    return i;
  }

  const char* name_;
  std::size_t index_;
  const int* error_ = nullptr;
};

}  // namespace ravine
