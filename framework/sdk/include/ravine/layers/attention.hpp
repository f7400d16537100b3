#pragma once

#include <ravine/layers/dense.hpp>
#include <ravine/layers/functions.hpp>
#include <ravine/layers/products.hpp>
#include <ravine/layers/tape.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// Which positions a position sees: all, or itself and those before it.
enum class attention_mask { none, causal };

namespace detail {

/// One example and head at a time, so that its matrices stay in the nearest caches.
template <class T>
class attention_operation : public operation<T> {
 public:
  struct variables {
    variable query, key, value, out;
  };
  attention_operation(variables v, std::size_t heads, attention_mask mask, std::size_t at_once)
      : v_(v),
        heads_(heads),
        columns_(v.out.columns / heads),
        mask_(mask),
        scale_(1 / std::sqrt(static_cast<T>(columns_))),
        shares_(at_once * heads * v.out.positions * v.out.positions),
        slopes_(v.out.positions * v.out.positions) {
    for (std::vector<T>* each : {&q_, &k_, &o_, &w_}) each->resize(v.out.size() / heads);
  }

  void forward(pass<T>& p) override {
    const std::size_t n = p.examples();
    for_each_head(n, [&](std::size_t at, std::span<T> shares) {
      gather(p.value(v_.query), at, n, q_);
      gather(p.value(v_.key), at, n, k_);
      gather(p.value(v_.value), at, n, w_);
      std::ranges::fill(shares, T{0});
      add_product(q_, columns_, factor::as_is, k_, columns_, factor::transposed, shares, positions(), scale_);
      softmax(shares);
      std::ranges::fill(o_, T{0});
      add_product(shares, positions(), factor::as_is, w_, columns_, factor::as_is, std::span(o_), columns_);
      scatter(o_, at, n, p.value(v_.out));
    });
  }

  void backward(pass<T>& p) override {
    const std::size_t n = p.examples();
    const std::span<T> slopes(slopes_);
    const std::span<const T> dout = p.gradient(v_.out);
    const std::span<T> dquery = p.gradient(v_.query), dkey = p.gradient(v_.key),
                       dvalue = p.gradient(v_.value);
    for_each_head(n, [&](std::size_t at, std::span<T> shares) {
      gather(dout, at, n, o_);
      gather(p.value(v_.value), at, n, w_);
      std::ranges::fill(slopes, T{0});
      add_product(o_, columns_, factor::as_is, w_, columns_, factor::transposed, slopes, positions());
      send(shares, factor::transposed, o_, 1, dvalue, at, n);
      through_softmax(shares, slopes);
      gather(p.value(v_.query), at, n, q_);
      gather(p.value(v_.key), at, n, k_);
      send(slopes, factor::as_is, k_, scale_, dquery, at, n);
      send(slopes, factor::transposed, q_, scale_, dkey, at, n);
    });
  }

 private:
  std::size_t positions() const { return v_.out.positions; }

  /// body(the first element of the head's columns at position 0, its positions x positions shares)
  template <class Body>
  void for_each_head(std::size_t n, Body body) {
    const std::size_t square = positions() * positions();
    for (std::size_t e = 0; e < n; ++e) {
      for (std::size_t h = 0; h < heads_; ++h)
        body(e * v_.out.columns + h * columns_,
             std::span(shares_).subspan((e * heads_ + h) * square, square));
    }
  }

  /// to (positions x columns of a head) = its part of all
  void gather(std::span<const T> all, std::size_t at, std::size_t n, std::span<T> to) const {
    const std::size_t pitch = n * v_.out.columns;
    const T* from = all.data() + at;
    for (T* row = to.data(); row != to.data() + to.size(); row += columns_, from += pitch)
      std::copy_n(from, columns_, row);
  }
  /// The head's part of all += from
  void scatter_sum(std::span<const T> from, std::size_t at, std::size_t n, std::span<T> all) const {
    const std::size_t pitch = n * v_.out.columns;
    T* to = all.data() + at;
    for (const T* row = from.data(); row != from.data() + from.size(); row += columns_, to += pitch) {
      for (std::size_t k = 0; k < columns_; ++k) to[k] += row[k];
    }
  }
  /// The head's part of all = from
  void scatter(std::span<const T> from, std::size_t at, std::size_t n, std::span<T> all) const {
    const std::size_t pitch = n * v_.out.columns;
    T* to = all.data() + at;
    for (const T* row = from.data(); row != from.data() + from.size(); row += columns_, to += pitch)
      std::copy_n(row, columns_, to);
  }
  /// The head's part of all += scale op(square) x, by way of w_.
  void send(std::span<const T> square, factor is, std::span<const T> x, T scale, std::span<T> all,
            std::size_t at, std::size_t n) {
    std::ranges::fill(w_, T{0});
    add_product(square, positions(), is, x, columns_, factor::as_is, std::span(w_), columns_, scale);
    scatter_sum(w_, at, n, all);
  }

  /// Each row of scores becomes shares of 1.
  void softmax(std::span<T> scores) const {
    on_widest_vectors([&](auto) {
      const std::size_t all = positions();
      for (std::size_t i = 0; i < all; ++i) {
        T* const row = scores.data() + i * all;
        const std::size_t seen = mask_ == attention_mask::causal ? i + 1 : all;
        T highest = row[0];
        for (std::size_t k = 1; k < seen; ++k) highest = row[k] > highest ? row[k] : highest;
        for (std::size_t k = 0; k < seen; ++k) row[k] = vector_exp(row[k] - highest);
        const T share = 1 / vector_sum<T>(seen, [=](std::size_t k) { return row[k]; });
        for (std::size_t k = 0; k < seen; ++k) row[k] *= share;
        for (std::size_t k = seen; k < all; ++k) row[k] = 0;
      }
    });
  }
  /// The gradient of the shares becomes that of the scores.
  void through_softmax(std::span<const T> shares, std::span<T> slopes) const {
    on_widest_vectors([&](auto) {
      const std::size_t all = positions();
      for (std::size_t i = 0; i < all; ++i) {
        const T* const share = shares.data() + i * all;
        T* const slope = slopes.data() + i * all;
        const T mean = vector_sum<T>(all, [=](std::size_t k) { return share[k] * slope[k]; });
        for (std::size_t k = 0; k < all; ++k) slope[k] = share[k] * (slope[k] - mean);
      }
    });
  }

  variables v_;
  std::size_t heads_, columns_;  // columns of one head
  attention_mask mask_;
  T scale_;
  std::vector<T> shares_;         // examples x heads x positions x positions
  std::vector<T> slopes_;         // positions x positions
  std::vector<T> q_, k_, o_, w_;  // positions x columns, of one head
};

}  // namespace detail

namespace layers {

/// Multi-head self-attention (Vaswani et al. 2017, arXiv:1706.03762): `name`.query, .key, .value and .output
/// are dense layers of as many columns as x, each with weight and bias; heads divide the columns. There is no
/// dropout of the shares. Weights start after Glorot, biases at 0. Throws bad_config unless heads divide the
/// columns.
template <class T>
variable attention(tape<T>& net, const variable& x, std::size_t heads, const std::string& name,
                   attention_mask mask = attention_mask::none) {
  if (x.columns % heads != 0) {
    throw bad_config(name + " has " + std::to_string(x.columns) + " columns for " + std::to_string(heads) +
                     " heads, expected a multiple of the number of heads");
  }
  const start_values start = start_values::glorot(x.columns, x.columns);
  const variable query = dense(net, x, x.columns, name + ".query", start);
  const variable key = dense(net, x, x.columns, name + ".key", start);
  const variable value = dense(net, x, x.columns, name + ".value", start);
  const variable y = net.add_variable(x.positions, x.columns);
  net.take_room(net.at_once() * heads * x.positions * x.positions);
  using operation = detail::attention_operation<T>;
  net.template record<operation>(typename operation::variables{query, key, value, y}, heads, mask,
                                 net.at_once());
  return dense(net, y, x.columns, name + ".output", start);
}

}  // namespace layers
}  // namespace ravine
