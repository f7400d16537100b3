#pragma once

#include <ravine/abi.h>
#include <ravine/component.hpp>
#include <ravine/optimizer_state.hpp>
#include <ravine/step.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>

RAVINE_DECLARES(init)
RAVINE_DECLARES(gradient_point)
RAVINE_DECLARES(evaluation_point)

/// The functions of the contract around an author's struct.
namespace ravine {
namespace detail {

template <class Author>
struct optimizer_functions {
  using instance = optimizer_instance<Author>;

  static const instance& from(const void* self) { return *static_cast<const instance*>(self); }

  static rv_status create(const rv_host* host, const rv_layout* layout, const rv_config* config,
                          void** self) noexcept {
    return guard(host, [&] {
      auto made = std::make_unique<instance>(host, layout, config);
      state_list list(*layout);
      if constexpr (has_static_state<Author>) {
        for (const char* name : Author::state) list.per_parameter(name);
      } else if constexpr (has_state_function<Author>) {
        made->author.state(list);
      }
      if constexpr (has_static_scratch<Author>) {
        for (const char* name : Author::scratch) list.scratch(name);
      }
      made->state.assign(list.entries().begin(), list.entries().end());
      *self = made.release();
    });
  }

  static void destroy(void* self) noexcept { std::unique_ptr<instance>(static_cast<instance*>(self)); }

  static rv_status state(const void* self, const rv_state_sink* sink) noexcept {
    for (const rv_state_array& each : from(self).state) {
      if (const rv_status status = sink->add(sink->context, &each); status != RV_OK) return status;
    }
    return RV_OK;
  }

  /// Calls body(step<T, Author>) with T by the layout's dtype.
  template <class Body>
  static rv_status with_step(const void* self, const rv_step* raw, Body body) noexcept {
    const instance& own = from(self);
    return guard(own.host, [&] {
      return own.layout->dtype == RV_F32 ? body(ravine::step<float, Author>(own, *raw))
                                         : body(ravine::step<double, Author>(own, *raw));
    });
  }

  static rv_status step(const void* self, const rv_step* raw) noexcept {
    return with_step(self, raw, [&](auto s) -> rv_status {
      from(self).author.step(s);
      return RV_OK;
    });
  }

  static rv_status init_state(const void* self, const rv_step* raw) noexcept {
    return with_step(self, raw, [&](auto s) -> rv_status {
      from(self).author.init(s);
      return RV_OK;
    });
  }

  template <class T>
  static std::span<T> point_of(const ravine::step<T, Author>& s, void* point) {
    return {static_cast<T*>(point), s.params().size()};
  }

  static rv_status gradient_point(const void* self, const rv_step* raw, void* point) noexcept {
    return with_step(self, raw, [&](auto s) -> rv_status {
      return from(self).author.gradient_point(s, point_of(s, point)) ? RV_OK : RV_UNUSED;
    });
  }

  static rv_status evaluation_point(const void* self, const rv_step* raw, void* point) noexcept {
    return with_step(self, raw, [&](auto s) -> rv_status {
      return from(self).author.evaluation_point(s, point_of(s, point)) ? RV_OK : RV_UNUSED;
    });
  }
};

/// Whether Author's functions can be called for both element types.
template <class Author, class T>
concept has_step = requires(const Author& author, ravine::step<T, Author> s) {
  author.step(s);
};
template <class Author, class T>
concept has_init = requires(const Author& author, ravine::step<T, Author> s) {
  author.init(s);
};
template <class Author, class T>
concept has_gradient_point = requires(const Author& author, ravine::step<T, Author> s, std::span<T> point) {
  { author.gradient_point(s, point) } -> std::same_as<bool>;
};
template <class Author, class T>
concept has_evaluation_point = requires(const Author& author, ravine::step<T, Author> s, std::span<T> point) {
  { author.evaluation_point(s, point) } -> std::same_as<bool>;
};

/// Names under which a hook is looked for in vain.
template <class Author, class... Arguments>
concept init_elsewhere = RAVINE_TAKES(initialise) || RAVINE_TAKES(initialize) || RAVINE_TAKES(init_state) ||
    RAVINE_TAKES(initial_state) || RAVINE_TAKES(setup) || RAVINE_TAKES(set_up) || RAVINE_TAKES(start) ||
    RAVINE_TAKES(begin) || RAVINE_TAKES(reset);
template <class Author, class... Arguments>
concept gradient_point_elsewhere = RAVINE_TAKES(gradient_at) || RAVINE_TAKES(gradients_at) ||
    RAVINE_TAKES(grad_point) || RAVINE_TAKES(gradient_points) || RAVINE_TAKES(gradient_position) ||
    RAVINE_TAKES(look_ahead) || RAVINE_TAKES(lookahead);
template <class Author, class... Arguments>
concept evaluation_point_elsewhere = RAVINE_TAKES(evaluation_at) || RAVINE_TAKES(evaluate_at) ||
    RAVINE_TAKES(eval_point) || RAVINE_TAKES(evaluation_points) || RAVINE_TAKES(evaluation_position) ||
    RAVINE_TAKES(evaluated_point);
template <class Author, class... Arguments>
concept state_elsewhere = RAVINE_TAKES(states) || RAVINE_TAKES(state_arrays) || RAVINE_TAKES(declare_state) ||
    RAVINE_TAKES(init_state) || requires {
  Author::states.size();
} || requires {
  Author::state_arrays.size();
};

template <class Author>
constexpr bool step_fits = has_step<Author, float>&& has_step<Author, double>;
template <class Author>
constexpr bool init_fits = declares_init<Author> ? has_init<Author, float>&& has_init<Author, double>
                                                 : !init_elsewhere<Author, ravine::step<double, Author>>;
template <class Author>
constexpr bool gradient_point_fits =
    declares_gradient_point<Author>
        ? has_gradient_point<Author, float>&& has_gradient_point<Author, double>
        : !gradient_point_elsewhere<Author, ravine::step<double, Author>, std::span<double>>;
template <class Author>
constexpr bool evaluation_point_fits =
    declares_evaluation_point<Author>
        ? has_evaluation_point<Author, float>&& has_evaluation_point<Author, double>
        : !evaluation_point_elsewhere<Author, ravine::step<double, Author>, std::span<double>>;
template <class Author>
constexpr bool state_fits = declares_state<Author> ? has_static_state<Author> || has_state_function<Author>
                                                   : !state_elsewhere<Author, state_list&>;

/// The author's functions that do not fit are left out: <ravine/export.hpp> has reported them.
template <class Author>
constexpr rv_optimizer optimizer_table = [] {
  using functions = optimizer_functions<Author>;
  rv_optimizer table{};
  table.struct_size = sizeof(rv_optimizer);
  table.create = functions::create;
  table.destroy = functions::destroy;
  table.state = functions::state;
  if constexpr (step_fits<Author>) table.step = functions::step;
  if constexpr (has_init<Author, float> && has_init<Author, double>) table.init_state = functions::init_state;
  if constexpr (has_gradient_point<Author, float> && has_gradient_point<Author, double>) {
    table.gradient_point = functions::gradient_point;
  }
  if constexpr (has_evaluation_point<Author, float> && has_evaluation_point<Author, double>) {
    table.evaluation_point = functions::evaluation_point;
  }
  return table;
}();

template <class Author>
constexpr std::uint64_t optimizer_capabilities = [] {
  std::uint64_t bits = is_elementwise<Author> ? RV_OPTIMIZER_ELEMENTWISE : 0;
  if constexpr (requires { Author::closure; }) bits |= RV_OPTIMIZER_CLOSURE;
  if constexpr (requires { Author::wraps; }) bits |= RV_OPTIMIZER_WRAPS;
  if constexpr (requires { Author::may_wrap; }) bits |= RV_OPTIMIZER_MAY_WRAP;
  if constexpr (requires { Author::no_gradient; }) bits |= RV_OPTIMIZER_NO_GRADIENT;
  if constexpr (!reads_total<Author>) bits |= RV_OPTIMIZER_IGNORES_TOTAL;
  return bits;
}();

template <class Author>
inline constexpr rv_component optimizer_component = describe_component<Author>(RV_OPTIMIZER,
                                                                               optimizer_capabilities<Author>,
                                                                               &optimizer_table<Author>);

}  // namespace detail
}  // namespace ravine
