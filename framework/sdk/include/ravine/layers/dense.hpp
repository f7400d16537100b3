#pragma once

#include <ravine/layers/products.hpp>
#include <ravine/layers/tape.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace ravine {

namespace detail {

template <class T>
class dense_operation : public operation<T> {
 public:
  dense_operation(variable x, variable y, parameter w, parameter b) : x_(x), y_(y), w_(w), b_(b) {}

  void forward(pass<T>& p) override {
    fill_rows(p.value(b_), p.value(y_));
    add_product(p.value(x_), x_.columns, factor::as_is, p.value(w_), y_.columns, factor::as_is, p.value(y_),
                y_.columns);
  }
  void backward(pass<T>& p) override {
    const std::span<const T> dy = p.gradient(y_);
    add_rows(dy, p.gradient(b_));
    add_product(p.value(x_), x_.columns, factor::transposed, dy, y_.columns, factor::as_is, p.gradient(w_),
                y_.columns);
    if (x_.constant) return;
    add_product(dy, y_.columns, factor::as_is, p.value(w_), y_.columns, factor::transposed, p.gradient(x_),
                x_.columns);
  }

 private:
  variable x_, y_;
  parameter w_, b_;
};

template <class T>
class embedding_operation : public operation<T> {
 public:
  embedding_operation(variable x, variable y, parameter table)
      : x_(x), y_(y), table_(table), entries_(table.size / y.columns) {}

  void forward(pass<T>& p) override {
    const std::span<const T> x = p.value(x_), table = p.value(table_);
    T* to = p.value(y_).data();
    for (std::size_t i = 0; i < x.size(); ++i, to += y_.columns)
      std::copy_n(table.data() + entry(x[i]) * y_.columns, y_.columns, to);
  }
  void backward(pass<T>& p) override {
    const std::span<const T> x = p.value(x_), dy = p.gradient(y_);
    const std::span<T> table = p.gradient(table_);
    for (std::size_t i = 0; i < x.size(); ++i)
      add_to(table.subspan(entry(x[i]) * y_.columns, y_.columns), dy.subspan(i * y_.columns, y_.columns));
  }

 private:
  std::size_t entry(T number) const {
    if (number >= 0 && number < static_cast<T>(entries_) && number == std::floor(number))
      return static_cast<std::size_t>(number);
    throw std::runtime_error("an input is " + std::to_string(number) + ", expected an integer from 0 to " +
                             std::to_string(entries_ - 1) + ", as the embedding has " +
                             std::to_string(entries_) + " entries");
  }

  variable x_, y_;
  parameter table_;
  std::size_t entries_;
};

}  // namespace detail

namespace layers {

/// y = x W + b at each position, with `name`.weight (inputs x outputs) and `name`.bias. W lies the other way
/// than PyTorch's.
template <class T>
variable dense(tape<T>& net, const variable& x, std::size_t outputs, const std::string& name,
               start_values weights, start_values biases = start_values::constant(0)) {
  const variable y = net.add_variable(x.positions, outputs);
  const parameter w = net.add_parameter({name + ".weight", RV_ROLE_WEIGHT, x.columns, outputs, weights});
  const parameter b = net.add_parameter({name + ".bias", RV_ROLE_BIAS, 0, outputs, biases});
  net.template record<detail::dense_operation<T>>(x, y, w, b);
  return y;
}

/// For each element of x, which holds integers from 0 to entries - 1, a row of `name`.embedding (entries x
/// columns), which starts normal with standard deviation `deviation`. x has one column and is constant.
template <class T>
variable embedding(tape<T>& net, const variable& x, std::size_t entries, std::size_t columns,
                   const std::string& name, double deviation = 0.02) {
  if (x.columns != 1 || !x.constant) {
    throw bad_config(name + " is an embedding of " + std::to_string(x.columns) +
                     " columns, expected one column of the inputs");
  }
  const variable y = net.add_variable(x.positions, columns);
  const parameter table = net.add_parameter(
      {name + ".embedding", RV_ROLE_EMBEDDING, entries, columns, start_values::normal(deviation)});
  net.template record<detail::embedding_operation<T>>(x, y, table);
  return y;
}

}  // namespace layers
}  // namespace ravine
