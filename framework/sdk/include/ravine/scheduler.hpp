#pragma once

#include <ravine/abi.h>
#include <ravine/component.hpp>

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string_view>
#include <vector>

RAVINE_DECLARES(observe)

/// Writing a scheduler: a struct with about, hyper (optional) and
///
///     double value(ravine::schedule_point<itself> s) const
///
/// the hyperparameter's value at s.t of s.total, given its base value s.base. One that follows a metric
/// also declares `static constexpr auto state = ravine::scalars("best", …)` (doubles, zero at first) and
/// void observe(ravine::schedule_memory<itself> memory, double metric) const, called after each evaluation,
/// lower being better. One that calls s.length() or s.share() declares `static constexpr bool needs_length =
/// true`, so that a manifest without a length is refused before anything runs. RAVINE_SCHEDULER(itself)
/// exports it.
namespace ravine {

/// Names of numbers that a scheduler remembers from evaluation to evaluation.
template <class... Names>
consteval auto scalars(Names... names) {
  return std::array<const char*, sizeof...(Names)>{names...};
}

namespace detail {

template <class Author>
struct scheduler_instance {
  scheduler_instance(const rv_host* given_host, const rv_config* config)
      : host(given_host), values(config), author(make_author<Author>(values)) {}

  const rv_host* host;
  kept_config values;
  Author author;
};

/// The place of a remembered number, found by its name while compiling.
template <class Author>
class scalar_name {
 public:
  consteval scalar_name(const char* name) : name_(name), index_(find(name)) {
    const int no_scalar_of_that_name_is_declared = 0;
    if (index_ == Author::state.size()) error_ = &no_scalar_of_that_name_is_declared;
  }
  constexpr std::size_t index() const { return index_; }

 private:
  static consteval std::size_t find(std::string_view name) {
    std::size_t i = 0;
    while (i < Author::state.size() && name != Author::state[i]) ++i;
    return i;
  }

  const char* name_;
  std::size_t index_;
  const int* error_ = nullptr;
};

}  // namespace detail

/// Where a schedule stands, with its hyperparameters and remembered numbers.
template <class Author>
class schedule_point : public config<Author> {
 public:
  schedule_point(const rv_config* values, double given_base, const rv_progress& progress,
                 const void* const* state)
      : config<Author>(values),
        base(given_base),
        t(progress.t),
        total(progress.total),
        by_epoch(progress.unit == RV_UNIT_EPOCH),
        state_(state) {}

  double remembered(detail::scalar_name<Author> name) const {
    return *static_cast<const double*>(state_[name.index()]);
  }

  /// total, where the schedule can't do without one. Throws for a schedule without a planned end.
  double length() const {
    if (!std::isfinite(total)) {
      throw std::runtime_error("needs a planned length: give `for:`, or a budget in steps or epochs");
    }
    return total;
  }

  /// The part of the schedule that is over: t / length, 1 at most.
  double share() const { return t < length() ? t / total : 1.0; }

  double base;    ///< the hyperparameter's value in the manifest
  double t;       ///< steps or epochs since the schedule began, 0 at first
  double total;   ///< steps or epochs that it lasts; infinite if it has no planned end
  bool by_epoch;  ///< what t counts

 private:
  const void* const* state_;
};

/// What observe may change.
template <class Author>
class schedule_memory : public config<Author> {
 public:
  schedule_memory(const rv_config* values, void* const* state) : config<Author>(values), state_(state) {}

  double& remembered(detail::scalar_name<Author> name) const {
    return *static_cast<double*>(state_[name.index()]);
  }

 private:
  void* const* state_;
};

namespace detail {

template <class Author>
struct scheduler_functions {
  using instance = scheduler_instance<Author>;

  static const instance& from(const void* self) { return *static_cast<const instance*>(self); }

  static rv_status create(const rv_host* host, const rv_config* config, void** self) noexcept {
    return guard(host, [&] { *self = std::make_unique<instance>(host, config).release(); });
  }

  static void destroy(void* self) noexcept { std::unique_ptr<instance>(static_cast<instance*>(self)); }

  static rv_status state(const void*, const rv_state_sink* sink) noexcept {
    for (const char* name : Author::state) {
      const rv_state_array array{sizeof(rv_state_array), RV_F64, name, 1, 0};
      if (const rv_status status = sink->add(sink->context, &array); status != RV_OK) return status;
    }
    return RV_OK;
  }

  static rv_status value(const void* self, double base, const rv_progress* progress, const void* const* state,
                         double* value) noexcept {
    return guard(from(self).host, [&] {
      const auto& own = from(self);
      *value = own.author.value(schedule_point<Author>(own.values.get(), base, *progress, state));
    });
  }

  static rv_status observe(const void* self, void* const* state, double metric) noexcept {
    return guard(from(self).host, [&] {
      const auto& own = from(self);
      own.author.observe(schedule_memory<Author>(own.values.get(), state), metric);
    });
  }
};

template <class Author>
concept value_fits = requires(const Author& a, schedule_point<Author> s) {
  { a.value(s) } -> std::convertible_to<double>;
};
template <class Author>
concept observes = requires(const Author& a, schedule_memory<Author> m) {
  a.observe(m, 0.0);
};
template <class Author>
concept has_scalars = requires {
  { *Author::state.data() } -> std::convertible_to<const char*>;
};

/// Names under which a hook is looked for in vain.
template <class Author, class... Arguments>
concept observe_elsewhere = RAVINE_TAKES(on_metric) || RAVINE_TAKES(on_evaluation) ||
    RAVINE_TAKES(observed) || RAVINE_TAKES(observe_metric) || RAVINE_TAKES(update) || RAVINE_TAKES(step);

template <class Author>
constexpr bool observe_fits =
    declares_observe<Author> ? observes<Author> : !observe_elsewhere<Author, schedule_memory<Author>, double>;
template <class Author>
constexpr bool scalars_fit = declares_state<Author> ? has_scalars<Author> : !requires {
  Author::states.size();
}
&&!requires { Author::scalars.size(); };

/// The author's functions that do not fit are left out: <ravine/export.hpp> has reported them.
template <class Author>
constexpr rv_scheduler scheduler_table = [] {
  using functions = scheduler_functions<Author>;
  rv_scheduler table{};
  table.struct_size = sizeof(rv_scheduler);
  table.create = functions::create;
  table.destroy = functions::destroy;
  if constexpr (value_fits<Author>) table.value = functions::value;
  if constexpr (has_scalars<Author>) table.state = functions::state;
  if constexpr (observes<Author>) table.observe = functions::observe;
  return table;
}();

template <class Author>
constexpr std::uint64_t scheduler_capabilities = [] {
  std::uint64_t bits = observes<Author> ? RV_SCHEDULER_OBSERVES : 0;
  if constexpr (requires { Author::needs_length; })
    bits |= Author::needs_length ? RV_SCHEDULER_NEEDS_LENGTH : 0;
  return bits;
}();

template <class Author>
inline constexpr rv_component scheduler_component = describe_component<Author>(RV_SCHEDULER,
                                                                               scheduler_capabilities<Author>,
                                                                               &scheduler_table<Author>);

}  // namespace detail
}  // namespace ravine
