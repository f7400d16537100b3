#pragma once

#include <ravine/layers/functions.hpp>
#include <ravine/layers/products.hpp>
#include <ravine/layers/tape.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ravine {

/// What stands between dense layers. gelu is x times the normal distribution function of x (Hendrycks &
/// Gimpel 2016), not its approximation by tanh.
enum class activation_function { relu, tanh, sigmoid, gelu };

namespace detail {

template <class T>
class activation_operation : public operation<T> {
 public:
  activation_operation(variable x, variable y, activation_function f) : x_(x), y_(y), f_(f) {}

  void forward(pass<T>& p) override {
    const std::span<const T> from = p.value(x_);
    const std::span<T> to = p.value(y_);
    const auto map = [&](auto f) {
      on_widest_vectors([&](auto) {
        const T* const x = from.data();
        T* const y = to.data();
        for (std::size_t k = 0; k < to.size(); ++k) y[k] = f(x[k]);
      });
    };
    switch (f_) {
      case activation_function::relu:
        return map([](T x) { return x <= 0 ? T{0} : x; });  // what is no number stays so
      case activation_function::tanh:
        return map([](T x) { return vector_tanh(x); });
      case activation_function::sigmoid:
        return map([](T x) { return vector_sigmoid(x); });
      case activation_function::gelu:
        return map([](T x) { return x * vector_normal_cdf(x); });
    }
  }

  void backward(pass<T>& p) override {
    const std::span<const T> from = p.value(x_), to = p.value(y_), dto = p.gradient(y_);
    const std::span<T> dfrom = p.gradient(x_);
    const auto map = [&](auto slope) {
      on_widest_vectors([&](auto) {
        const T *const x = from.data(), *const y = to.data(), *const dy = dto.data();
        T* const dx = dfrom.data();
        for (std::size_t k = 0; k < to.size(); ++k) dx[k] += dy[k] * slope(x[k], y[k]);
      });
    };
    switch (f_) {
      case activation_function::relu:
        return map([](T, T y) { return y > 0 ? T{1} : T{0}; });
      case activation_function::tanh:
        return map([](T, T y) { return 1 - y * y; });
      case activation_function::sigmoid:
        return map([](T, T y) { return y * (1 - y); });
      case activation_function::gelu:
        return map([](T x, T) {
          constexpr T height = T(0.39894228040143268);  // 1 / sqrt(2 pi)
          return vector_normal_cdf(x) + x * height * vector_exp(-x * x / 2);
        });
    }
  }

 private:
  variable x_, y_;
  activation_function f_;
};

template <class T>
class dropout_operation : public operation<T> {
 public:
  dropout_operation(variable x, variable y, double share, std::size_t stream, std::size_t room)
      : x_(x), y_(y), share_(share), stream_(stream), factors_(room) {}

  void forward(pass<T>& p) override {
    const std::span<const T> x = p.value(x_);
    const std::span<T> y = p.value(y_);
    draw(p);
    for (std::size_t k = 0; k < y.size(); ++k) y[k] = x[k] * factors_[k];
  }
  void backward(pass<T>& p) override {
    const std::span<const T> dy = p.gradient(y_);
    const std::span<T> dx = p.gradient(x_);
    for (std::size_t k = 0; k < dy.size(); ++k) dx[k] += dy[k] * factors_[k];
  }

 private:
  void draw(const pass<T>& p) {
    const std::size_t size = y_.size() * p.examples();
    if (!p.training()) return static_cast<void>(std::fill_n(factors_.begin(), size, T{1}));
    splitmix64 random(p.seed(stream_));
    const auto dropped = static_cast<std::uint64_t>(std::ldexp(share_, 32));  // of 2^32
    const T kept = static_cast<T>(1 / (1 - share_));
    for (std::size_t k = 0; k < size; k += 2) {
      const std::uint64_t bits = random();
      factors_[k] = (bits >> 32U) < dropped ? T{0} : kept;
      if (k + 1 < size) factors_[k + 1] = (bits & 0xFFFFFFFFU) < dropped ? T{0} : kept;
    }
  }

  variable x_, y_;
  double share_;
  std::size_t stream_;
  std::vector<T> factors_;
};

template <class T>
class sum_operation : public operation<T> {
 public:
  sum_operation(variable a, variable b, variable y) : a_(a), b_(b), y_(y) {}

  void forward(pass<T>& p) override {
    std::ranges::copy(p.value(a_), p.value(y_).begin());
    add_to(p.value(y_), p.value(b_));
  }
  void backward(pass<T>& p) override {
    add_to(p.gradient(a_), p.gradient(y_));
    add_to(p.gradient(b_), p.gradient(y_));
  }

 private:
  variable a_, b_, y_;
};

}  // namespace detail

namespace layers {

template <class T>
variable activation(tape<T>& net, const variable& x, activation_function f) {
  const variable y = net.add_variable(x.positions, x.columns);
  net.template record<detail::activation_operation<T>>(x, y, f);
  return y;
}

/// While training, a share of the elements is left out, drawn anew for each batch from its seed, and the rest
/// is scaled by 1 / (1 - share) (Srivastava et al. 2014). A share of 0 records nothing.
template <class T>
variable dropout(tape<T>& net, const variable& x, double share) {
  if (share == 0) return x;
  const variable y = net.add_variable(x.positions, x.columns);
  net.template record<detail::dropout_operation<T>>(x, y, share, net.new_stream(), x.size() * net.at_once());
  return y;
}

/// a + b, of the same size: a connection past what lies between.
template <class T>
variable sum(tape<T>& net, const variable& a, const variable& b) {
  if (a.positions != b.positions || a.columns != b.columns) {
    throw bad_config("a sum of " + std::to_string(a.positions) + " x " + std::to_string(a.columns) + " and " +
                     std::to_string(b.positions) + " x " + std::to_string(b.columns) +
                     ", expected equal sizes");
  }
  const variable y = net.add_variable(a.positions, a.columns);
  net.template record<detail::sum_operation<T>>(a, b, y);
  return y;
}

}  // namespace layers
}  // namespace ravine
