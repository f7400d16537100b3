#pragma once

#include <ravine/layers/cells.hpp>
#include <ravine/layers/products.hpp>
#include <ravine/layers/tape.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// simple: Elman 1990, with tanh. gru: Cho et al. 2014. lstm: Hochreiter & Schmidhuber 1997 with forget gates
/// (Gers, Schmidhuber & Cummins 2000).
enum class recurrent_cell { simple, gru, lstm };

namespace detail {

/// `input` and `recurrent` weights, biases.
struct recurrent_parameters {
  parameter input, recurrent, input_bias, recurrent_bias;
};

template <class T, class Cell>
class recurrent_operation : public operation<T> {
 public:
  recurrent_operation(variable x, variable y, recurrent_parameters own, std::size_t at_once)
      : x_(x),
        y_(y),
        own_(own),
        gates_(at_once * x.positions * width()),
        recurrent_(Cell::recurrent_apart ? gates_.size() : 0),
        memory_(Cell::has_memory ? at_once * x.positions * units() : 0),
        squashed_(memory_.size()),
        zeros_(at_once * units()),
        dh_(zeros_.size()),
        dc_(zeros_.size()) {}

  void forward(pass<T>& p) override {
    const std::size_t n = p.examples(), steps = x_.positions;
    const std::span<T> gates = std::span(gates_).first(steps * n * width());
    const std::span<T> apart = Cell::recurrent_apart ? std::span(recurrent_).first(gates.size()) : gates;
    fill_rows(p.value(own_.input_bias), gates);
    if (Cell::recurrent_apart) {
      fill_rows(p.value(own_.recurrent_bias), apart);
    } else {
      add_bias(p.value(own_.recurrent_bias), gates);
    }
    add_product(p.value(x_), x_.columns, factor::as_is, p.value(own_.input), width(), factor::as_is, gates,
                width());
    for (std::size_t t = 0; t < steps; ++t) {
      if (t > 0) {
        add_product(block(p.value(y_), t - 1, n, units()), units(), factor::as_is, p.value(own_.recurrent),
                    width(), factor::as_is, block(apart, t, n, width()), width());
      }
      step_forward(p.value(y_), t, n);
    }
  }

  void backward(pass<T>& p) override {
    const std::size_t n = p.examples(), steps = x_.positions;
    const std::span<T> gates = std::span(gates_).first(steps * n * width());
    const std::span<T> apart = Cell::recurrent_apart ? std::span(recurrent_).first(gates.size()) : gates;
    std::ranges::fill(dh_, T{0});
    std::ranges::fill(dc_, T{0});
    for (std::size_t t = steps; t-- > 0;) {
      step_backward(p.value(y_), p.gradient(y_), t, n);
      if (t == 0) break;
      add_product(block(apart, t, n, width()), width(), factor::as_is, p.value(own_.recurrent), width(),
                  factor::transposed, std::span(dh_).first(n * units()), units());
    }
    add_rows(gates, p.gradient(own_.input_bias));
    add_rows(apart, p.gradient(own_.recurrent_bias));
    add_product(p.value(x_), x_.columns, factor::transposed, gates, width(), factor::as_is,
                p.gradient(own_.input), width());
    if (steps > 1) {  // h of each step met what is apart of the next
      add_product(p.value(y_).first((steps - 1) * n * units()), units(), factor::transposed,
                  apart.subspan(n * width()), width(), factor::as_is, p.gradient(own_.recurrent), width());
    }
    if (x_.constant) return;
    add_product(gates, width(), factor::as_is, p.value(own_.input), width(), factor::transposed,
                p.gradient(x_), x_.columns);
  }

 private:
  std::size_t units() const { return y_.columns; }
  std::size_t width() const { return Cell::gates * y_.columns; }

  /// Step t of a span of steps x examples x columns.
  static std::span<T> block(std::span<T> of, std::size_t t, std::size_t n, std::size_t columns) {
    return of.subspan(t * n * columns, n * columns);
  }
  /// A place in an array, or none in one that this cell has no use for.
  template <class P>
  static P* at(P* array, std::size_t place) {
    return array == nullptr ? nullptr : array + place;
  }
  /// The same of the step before; zeros for the first, as everything starts from zero.
  const T* before(const T* of, std::size_t t, std::size_t n) const {
    return t == 0 ? zeros_.data() : at(of, (t - 1) * n * units());
  }

  static void add_bias(std::span<const T> b, std::span<T> y) {
    for (std::size_t at = 0; at < y.size(); at += b.size()) add_to(y.subspan(at, b.size()), b);
  }

  void step_forward(std::span<T> y, std::size_t t, std::size_t n) {
    on_widest_vectors([&](auto) {
      const std::size_t each = units(), all = width(), own = t * n * each;
      const T *const h_before = before(y.data(), t, n), *const c_before = before(memory_.data(), t, n);
      T *const input = gates_.data() + t * n * all, *const apart = at(recurrent_.data(), t * n * all);
      for (std::size_t e = 0; e < n; ++e) {
        const std::size_t row = e * each;
        Cell::forward(each, cell_forward<T>{input + e * all, at(apart, e * all), h_before + row,
                                            y.data() + own + row, at(c_before, row),
                                            at(memory_.data(), own + row), at(squashed_.data(), own + row)});
      }
    });
  }

  void step_backward(std::span<const T> y, std::span<const T> dy, std::size_t t, std::size_t n) {
    on_widest_vectors([&](auto) {
      const std::size_t each = units(), all = width(), own = t * n * each;
      const T *const h_before = before(y.data(), t, n), *const c_before = before(memory_.data(), t, n);
      T *const input = gates_.data() + t * n * all, *const apart = at(recurrent_.data(), t * n * all);
      for (std::size_t e = 0; e < n; ++e) {
        const std::size_t row = e * each;
        Cell::backward(each, cell_backward<T>{input + e * all, at(apart, e * all), h_before + row,
                                              at(c_before, row), at(squashed_.data(), own + row),
                                              dy.data() + own + row, dh_.data() + row, dc_.data() + row});
      }
    });
  }

  variable x_, y_;
  recurrent_parameters own_;
  std::vector<T> gates_;              // steps x examples x gates x units
  std::vector<T> recurrent_;          // the same, of cells whose recurrent part is apart
  std::vector<T> memory_, squashed_;  // steps x examples x units, of cells with memory
  std::vector<T> zeros_, dh_, dc_;    // examples x units
};

}  // namespace detail

namespace layers {

/// A recurrent layer over the positions in order, from h = 0: `units` columns at each position. Tensors as
/// PyTorch has them, weights turned: `name`.input.weight (inputs x gates units), `name`.recurrent.weight
/// (units x gates units), and a bias beside each. All start even over [-1 / sqrt(units), 1 / sqrt(units)), as
/// there.
template <class T>
variable recurrent(tape<T>& net, const variable& x, recurrent_cell cell, std::size_t units,
                   const std::string& name) {
  const variable y = net.add_variable(x.positions, units);
  const auto record = [&]<class Cell>(Cell) {
    const std::size_t width = Cell::gates * units;
    net.take_room(net.at_once() * x.positions * (width + units));
    const start_values start = start_values::by_fan_in(units);
    const detail::recurrent_parameters own{
        net.add_parameter({name + ".input.weight", RV_ROLE_WEIGHT, x.columns, width, start}),
        net.add_parameter({name + ".recurrent.weight", RV_ROLE_WEIGHT, units, width, start}),
        net.add_parameter({name + ".input.bias", RV_ROLE_BIAS, 0, width, start}),
        net.add_parameter({name + ".recurrent.bias", RV_ROLE_BIAS, 0, width, start})};
    net.template record<detail::recurrent_operation<T, Cell>>(x, y, own, net.at_once());
  };
  switch (cell) {
    case recurrent_cell::simple:
      record(detail::simple_cell{});
      break;
    case recurrent_cell::gru:
      record(detail::gru_cell{});
      break;
    case recurrent_cell::lstm:
      record(detail::lstm_cell{});
      break;
  }
  return y;
}

}  // namespace layers
}  // namespace ravine
