#pragma once

#include <ravine/abi.h>
#include <ravine/component.hpp>
#include <ravine/optimizer_state.hpp>
#include <ravine/step.hpp>

#include <cstdint>
#include <memory>
#include <span>

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

template <class Author>
constexpr rv_optimizer optimizer_table = [] {
  using functions = optimizer_functions<Author>;
  using probe = ravine::step<double, Author>;
  static_assert(
      requires(const Author& a, probe s) { a.step(s); },
      "the optimizer needs: template <class T> void step(ravine::step<T, itself> s) const");
  rv_optimizer table{};
  table.struct_size = sizeof(rv_optimizer);
  table.create = functions::create;
  table.destroy = functions::destroy;
  table.state = functions::state;
  table.step = functions::step;
  if constexpr (requires(const Author& a, probe s) { a.init(s); }) table.init_state = functions::init_state;
  if constexpr (requires(const Author& a, probe s, std::span<double> p) { a.gradient_point(s, p); }) {
    table.gradient_point = functions::gradient_point;
  }
  if constexpr (requires(const Author& a, probe s, std::span<double> p) { a.evaluation_point(s, p); }) {
    table.evaluation_point = functions::evaluation_point;
  }
  return table;
}();

template <class Author>
constexpr std::uint64_t optimizer_capabilities = [] {
  std::uint64_t bits = is_elementwise<Author> ? RV_OPTIMIZER_ELEMENTWISE : 0;
  if constexpr (requires { Author::closure; }) bits |= RV_OPTIMIZER_CLOSURE;
  return bits;
}();

template <class Author>
inline constexpr rv_component optimizer_component = describe_component<Author>(RV_OPTIMIZER,
                                                                               optimizer_capabilities<Author>,
                                                                               &optimizer_table<Author>);

}  // namespace detail
}  // namespace ravine
