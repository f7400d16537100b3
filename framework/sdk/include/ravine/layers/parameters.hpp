#pragma once

#include <ravine/model.hpp>
#include <ravine/random.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ravine {

/// How the elements of a tensor start: all equal, even between two bounds, or normal around 0.
class start_values {
 public:
  static start_values constant(double value) { return {value, 0, 0}; }
  static start_values uniform(double bound) { return {0, bound, 0}; }  ///< over [-bound, bound)
  static start_values normal(double standard_deviation) { return {0, 0, standard_deviation}; }

  /// Glorot & Bengio 2010: even, with the variance 2 / (fan_in + fan_out).
  static start_values glorot(std::size_t fan_in, std::size_t fan_out) {
    return uniform(std::sqrt(6 / static_cast<double>(fan_in + fan_out)));
  }
  /// Even over [-1 / sqrt(fan_in), 1 / sqrt(fan_in)), as PyTorch starts weights and biases of nn.Linear.
  static start_values by_fan_in(std::size_t fan_in) {
    return uniform(1 / std::sqrt(static_cast<double>(fan_in)));
  }

  template <class T>
  void fill(std::span<T> elements, random_stream& random) const {
    for (T& each : elements) {
      each = static_cast<T>(bound_ > 0       ? random.uniform(-bound_, bound_)
                            : deviation_ > 0 ? random.normal(0, deviation_)
                                             : value_);
    }
  }

 private:
  start_values(double value, double bound, double deviation)
      : value_(value), bound_(bound), deviation_(deviation) {}

  double value_, bound_, deviation_;
};

/// A tensor of the parameter vector: rows x columns, or a vector of `columns` where there are no rows.
struct parameter_spec {
  std::string name;
  std::uint32_t role;  ///< RV_ROLE_…
  std::size_t rows, columns;
  start_values start;

  std::size_t size() const { return (rows == 0 ? 1 : rows) * columns; }
};

/// Where a tensor lies in the parameter vector.
struct parameter {
  std::size_t offset, size;
};

/// The tensors of a network, in the order of the parameter vector.
class parameter_list {
 public:
  parameter add(parameter_spec spec) {
    const parameter made{size_, spec.size()};
    size_ += made.size;
    specs_.push_back(std::move(spec));
    return made;
  }
  std::size_t size() const { return size_; }  ///< in elements

  void layout(layout_builder& tensors) const {
    for (const parameter_spec& each : specs_) {
      if (each.rows == 0) {
        tensors.add(each.name, each.role, {each.columns}, 0, 0);
      } else {
        tensors.add(each.name, each.role, {each.rows, each.columns}, each.rows, each.columns);
      }
    }
  }

  /// One stream of random numbers for all tensors, in order.
  template <class T>
  void init(std::uint64_t seed, std::span<T> params) const {
    random_stream random(seed);
    for (const parameter_spec& each : specs_) {
      each.start.fill(params.first(each.size()), random);
      params = params.subspan(each.size());
    }
  }

 private:
  std::vector<parameter_spec> specs_;
  std::size_t size_ = 0;
};

}  // namespace ravine
