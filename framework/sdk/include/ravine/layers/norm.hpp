#pragma once

#include <ravine/layers/functions.hpp>
#include <ravine/layers/tape.hpp>
#include <ravine/vectors.hpp>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace ravine {

namespace detail {

template <class T>
class layer_norm_operation : public operation<T> {
 public:
  layer_norm_operation(variable x, variable y, parameter scale, parameter shift, double eps,
                       std::size_t at_once)
      : x_(x),
        y_(y),
        scale_(scale),
        shift_(shift),
        eps_(static_cast<T>(eps)),
        normalised_(x.size() * at_once),
        inverse_(x.positions * at_once) {}

  void forward(pass<T>& p) override {
    const std::span<const T> all = p.value(x_);
    const T *const scale = p.value(scale_).data(), *const shift = p.value(shift_).data();
    T* const to = p.value(y_).data();
    on_widest_vectors([&](auto) {
      const std::size_t n = x_.columns, rows = all.size() / n;
      for (std::size_t i = 0; i < rows; ++i) {
        const T* const x = all.data() + i * n;
        T *const y = to + i * n, *const unit = normalised_.data() + i * n;
        const T mean = vector_sum<T>(n, [=](std::size_t k) { return x[k]; }) / T(n);
        const T variance =
            vector_sum<T>(n, [=](std::size_t k) { return (x[k] - mean) * (x[k] - mean); }) / T(n);
        const T inverse = 1 / std::sqrt(variance + eps_);
        inverse_[i] = inverse;
        for (std::size_t k = 0; k < n; ++k) {
          unit[k] = (x[k] - mean) * inverse;
          y[k] = unit[k] * scale[k] + shift[k];
        }
      }
    });
  }

  void backward(pass<T>& p) override {
    const std::span<const T> all = p.gradient(y_);
    const T* const scale = p.value(scale_).data();
    T *const dscale = p.gradient(scale_).data(), *const dshift = p.gradient(shift_).data();
    T* const to = p.gradient(x_).data();
    on_widest_vectors([&](auto) {
      const std::size_t n = x_.columns, rows = all.size() / n;
      for (std::size_t i = 0; i < rows; ++i) {
        const T *const dy = all.data() + i * n, *const unit = normalised_.data() + i * n;
        for (std::size_t k = 0; k < n; ++k) {
          dscale[k] += dy[k] * unit[k];
          dshift[k] += dy[k];
        }
        T* const dx = to + i * n;
        const T mean = vector_sum<T>(n, [=](std::size_t k) { return dy[k] * scale[k]; }) / T(n);
        const T along = vector_sum<T>(n, [=](std::size_t k) { return dy[k] * scale[k] * unit[k]; }) / T(n);
        const T inverse = inverse_[i];
        for (std::size_t k = 0; k < n; ++k) dx[k] += inverse * (dy[k] * scale[k] - mean - unit[k] * along);
      }
    });
  }

 private:
  variable x_, y_;
  parameter scale_, shift_;
  T eps_;
  std::vector<T> normalised_;  // of mean 0 and variance 1
  std::vector<T> inverse_;     // 1 / standard deviation of each row
};

}  // namespace detail

namespace layers {

/// Each row to mean 0 and variance 1, then times `name`.scale plus `name`.shift (Ba, Kiros & Hinton 2016,
/// arXiv:1607.06450). The variance divides by the number of columns; eps is added to it, as in PyTorch.
template <class T>
variable layer_norm(tape<T>& net, const variable& x, const std::string& name, double eps = 1e-5) {
  const variable y = net.add_variable(x.positions, x.columns);
  const parameter scale =
      net.add_parameter({name + ".scale", RV_ROLE_NORM, 0, x.columns, start_values::constant(1)});
  const parameter shift =
      net.add_parameter({name + ".shift", RV_ROLE_NORM, 0, x.columns, start_values::constant(0)});
  net.take_room(net.at_once() * x.size());
  net.template record<detail::layer_norm_operation<T>>(x, y, scale, shift, eps, net.at_once());
  return y;
}

}  // namespace layers
}  // namespace ravine
