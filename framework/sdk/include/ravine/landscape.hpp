#pragma once

#include <ravine/abi.h>
#include <ravine/component.hpp>
#include <ravine/hooks.hpp>
#include <ravine/model.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

/// Writing a landscape, a function without data: a struct with about, hyper (optional) and
///
///     ravine::landscape_facts facts() const
///     template <class T> T loss_gradient(std::span<const T> x, std::span<T> g) const
///
/// which returns f(x) and overwrites g with its gradient. A landscape whose coordinates are those of several
/// tensors names them by void layout(ravine::layout_builder& tensors) const; else they are one, x. A
/// constructor from ravine::config<itself> is optional. RAVINE_LANDSCAPE(itself) exports it.
RAVINE_DECLARES(layout)

namespace ravine {

/// What is known of a landscape. All vectors have one element per dimension.
struct landscape_facts {
  std::vector<double> lower;  ///< the box that is usually searched and drawn
  std::vector<double> upper;
  std::vector<double> start;                                  ///< the customary starting point
  std::vector<std::vector<double>> minima{};                  ///< known global minima within the box
  double minimum = std::numeric_limits<double>::quiet_NaN();  ///< the loss there
  bool unbounded_below = false;                               ///< somewhere, be it far outside the box
  std::vector<double> noise{};  ///< standard deviations of what Ravine adds to gradients; empty: nothing
};

/// What one dimension of a landscape is like whose dimensions are all alike.
struct dimension_facts {
  double lower;
  double upper;
  std::array<double, 2> start;  ///< of even and odd dimensions by turns: no start is on the diagonal
  double minimum_at;            ///< the coordinate of the one global minimum
  double minimum;               ///< the loss there, in all dimensions together
};

inline landscape_facts same_in_each_dimension(std::size_t n, const dimension_facts& each) {
  landscape_facts known{.lower = std::vector<double>(n, each.lower),
                        .upper = std::vector<double>(n, each.upper),
                        .start = std::vector<double>(n, each.start[1]),
                        .minima = {std::vector<double>(n, each.minimum_at)},
                        .minimum = each.minimum};
  for (std::size_t i = 0; i < n; i += 2) known.start[i] = each.start[0];
  return known;
}

namespace detail {

template <class Author>
class landscape_instance {
 public:
  landscape_instance(const rv_host* given_host, const rv_config* config, rv_dtype given_dtype)
      : host(given_host),
        dtype(given_dtype),
        values(config),
        author(make_author<Author>(values)),
        facts_(author.facts()),
        scratch_(facts_.lower.size() * sizeof(double)) {
    if (!facts_.noise.empty() && facts_.noise.size() != facts_.lower.size()) {
      throw bad_config("noise has " + std::to_string(facts_.noise.size()) + " elements, expected " +
                       std::to_string(facts_.lower.size()));
    }
    for (const auto& minimum : facts_.minima) minima_.insert(minima_.end(), minimum.begin(), minimum.end());
    described_.struct_size = sizeof(rv_landscape);
    described_.flags = facts_.unbounded_below ? RV_LANDSCAPE_UNBOUNDED_BELOW : 0;
    described_.dimension = facts_.lower.size();
    described_.lower = facts_.lower.data();
    described_.upper = facts_.upper.data();
    described_.start = facts_.start.data();
    described_.minima_count = facts_.minima.size();
    described_.minima = minima_.empty() ? nullptr : minima_.data();
    described_.minimum = facts_.minimum;
    described_.noise = facts_.noise.empty() ? nullptr : facts_.noise.data();
  }

  const rv_landscape& described() const { return described_; }
  std::size_t dimension() const { return facts_.lower.size(); }

  template <class T>
  double loss_gradient(const void* params, void* grads) {
    // Every landscape writes its gradient; one that nobody wants goes to a scratch array.
    void* target = grads == nullptr ? scratch_.data() : grads;
    return static_cast<double>(
        author.loss_gradient(std::span<const T>(static_cast<const T*>(params), dimension()),
                             std::span<T>(static_cast<T*>(target), dimension())));
  }

  const rv_host* host;
  rv_dtype dtype;
  kept_config values;
  Author author;

 private:
  landscape_facts facts_;
  std::vector<double> minima_;
  std::vector<std::byte> scratch_;
  rv_landscape described_{};
};

template <class Author>
concept has_layout = requires(const Author& author, layout_builder& tensors) {
  author.layout(tensors);
};
template <class Author>
constexpr bool named_coordinates_fit = !declares_layout<Author> || has_layout<Author>;

template <class Author>
struct landscape_functions {
  using instance = landscape_instance<Author>;

  static const instance& from(const void* self) { return *static_cast<const instance*>(self); }

  static rv_status create(const rv_host* host, const rv_data_spec* data, const rv_config* config,
                          rv_dtype dtype, void** self) noexcept {
    return guard(host, [&] {
      if (data != nullptr) throw bad_config("a landscape takes no data: remove `data` from the problem");
      *self = std::make_unique<instance>(host, config, dtype).release();
    });
  }

  static void destroy(void* self) noexcept { std::unique_ptr<instance>(static_cast<instance*>(self)); }

  static rv_status layout(const void* self, const rv_tensor_sink* sink) noexcept {
    if constexpr (has_layout<Author>) {
      return guard(from(self).host, [&]() -> rv_status {
        layout_builder tensors(sink);
        from(self).author.layout(tensors);
        return tensors.status();
      });
    }
    const std::uint64_t dimension = from(self).dimension();
    rv_tensor tensor{};
    tensor.struct_size = sizeof(rv_tensor);
    tensor.role = RV_ROLE_COORDINATE;
    tensor.name = "x";
    tensor.rank = 1;
    tensor.shape = &dimension;
    return sink->add(sink->context, &tensor);
  }

  static rv_status init(const void* self, std::uint64_t, void* params) noexcept {
    const instance& own = from(self);
    const std::span<const double> start(own.described().start, own.dimension());
    if (own.dtype == RV_F32) {
      std::transform(start.begin(), start.end(), static_cast<float*>(params),
                     [](double x) { return static_cast<float>(x); });
    } else {
      std::copy(start.begin(), start.end(), static_cast<double*>(params));
    }
    return RV_OK;
  }

  static rv_status loss_gradient(void* self, const void* params, const rv_batch*, double* loss,
                                 void* grads) noexcept {
    instance& own = *static_cast<instance*>(self);
    return guard(own.host, [&] {
      *loss = own.dtype == RV_F32 ? own.template loss_gradient<float>(params, grads)
                                  : own.template loss_gradient<double>(params, grads);
    });
  }

  static const void* get_extension(const void* self, const char* name) noexcept {
    return std::string_view(name) == RV_EXT_LANDSCAPE ? &from(self).described() : nullptr;
  }
};

template <class Author>
concept facts_fit = requires(const Author& a) {
  { a.facts() } -> std::convertible_to<landscape_facts>;
};
template <class Author, class T>
concept has_loss_gradient_of_point = requires(const Author& a, std::span<const T> x, std::span<T> g) {
  { a.loss_gradient(x, g) } -> std::same_as<T>;
};
template <class Author>
concept loss_gradient_of_point_fits =
    has_loss_gradient_of_point<Author, float> && has_loss_gradient_of_point<Author, double>;

/// Empty if one of the author's functions does not fit: <ravine/export.hpp> has reported it.
template <class Author>
constexpr rv_model landscape_table = [] {
  rv_model table{};
  if constexpr (facts_fit<Author> && loss_gradient_of_point_fits<Author> && constructor_fits<Author>) {
    using functions = landscape_functions<Author>;
    table.struct_size = sizeof(rv_model);
    table.create = functions::create;
    table.destroy = functions::destroy;
    table.layout = functions::layout;
    table.init = functions::init;
    table.loss_gradient = functions::loss_gradient;
    table.get_extension = functions::get_extension;
  }
  return table;
}();

template <class Author>
inline constexpr rv_component landscape_component = describe_component<Author>(RV_MODEL, RV_MODEL_LANDSCAPE,
                                                                               &landscape_table<Author>);

}  // namespace detail
}  // namespace ravine
