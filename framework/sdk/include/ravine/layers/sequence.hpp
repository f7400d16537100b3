#pragma once

#include <ravine/layers/products.hpp>
#include <ravine/layers/tape.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace ravine {

namespace detail {

template <class T>
class input_operation : public operation<T> {
 public:
  input_operation(variable y, std::vector<std::uint32_t> features) : y_(y), features_(std::move(features)) {}

  void forward(pass<T>& p) override {
    const std::span<const T> all = p.inputs();
    const std::size_t n = p.examples(), each = all.size() / n;
    T* to = p.value(y_).data();
    for (std::size_t position = 0; position < y_.positions; ++position) {
      const std::uint32_t* const features = features_.data() + position * y_.columns;
      for (std::size_t e = 0; e < n; ++e, to += y_.columns) {
        const T* const from = all.data() + e * each;
        for (std::size_t k = 0; k < y_.columns; ++k) to[k] = from[features[k]];
      }
    }
  }
  void backward(pass<T>&) override {}

 private:
  variable y_;
  std::vector<std::uint32_t> features_;
};

template <class T>
class mean_operation : public operation<T> {
 public:
  mean_operation(variable x, variable y) : x_(x), y_(y), share_(1 / static_cast<T>(x.positions)) {}

  void forward(pass<T>& p) override {
    const std::span<const T> x = p.value(x_);
    const std::span<T> y = p.value(y_);
    std::ranges::fill(y, T{0});
    for (std::size_t at = 0; at < x.size(); at += y.size()) add_to(y, x.subspan(at, y.size()));
    for (T& each : y) each *= share_;
  }
  void backward(pass<T>& p) override {
    const std::span<const T> dy = p.gradient(y_);
    const std::span<T> dx = p.gradient(x_);
    for (std::size_t at = 0; at < dx.size(); at += dy.size()) {
      for (std::size_t k = 0; k < dy.size(); ++k) dx[at + k] += share_ * dy[k];
    }
  }

 private:
  variable x_, y_;
  T share_;
};

template <class T>
class position_operation : public operation<T> {
 public:
  position_operation(variable x, variable y, std::size_t position) : x_(x), y_(y), position_(position) {}

  void forward(pass<T>& p) override {
    const std::span<T> y = p.value(y_);
    std::ranges::copy(p.value(x_).subspan(position_ * y.size(), y.size()), y.begin());
  }
  void backward(pass<T>& p) override {
    const std::span<const T> dy = p.gradient(y_);
    add_to(p.gradient(x_).subspan(position_ * dy.size(), dy.size()), dy);
  }

 private:
  variable x_, y_;
  std::size_t position_;
};

template <class T>
class flatten_operation : public operation<T> {
 public:
  flatten_operation(variable x, variable y) : x_(x), y_(y) {}

  void forward(pass<T>& p) override {
    const T* from = p.value(x_).data();
    T* const to = p.value(y_).data();
    for_each_row(p.examples(), [&](std::size_t at) {
      std::copy_n(from, x_.columns, to + at);
      from += x_.columns;
    });
  }
  void backward(pass<T>& p) override {
    T* to = p.gradient(x_).data();
    const T* const from = p.gradient(y_).data();
    for_each_row(p.examples(), [&](std::size_t at) {
      for (std::size_t k = 0; k < x_.columns; ++k) to[k] += from[at + k];
      to += x_.columns;
    });
  }

 private:
  /// body(the place in y of each row of x in turn)
  template <class Body>
  void for_each_row(std::size_t n, Body body) const {
    for (std::size_t position = 0; position < x_.positions; ++position) {
      for (std::size_t e = 0; e < n; ++e) body(e * y_.columns + position * x_.columns);
    }
  }

  variable x_, y_;
};

template <class T>
class positions_operation : public operation<T> {
 public:
  positions_operation(variable x, variable y, parameter table) : x_(x), y_(y), table_(table) {}

  void forward(pass<T>& p) override {
    const std::span<const T> table = p.value(table_), x = p.value(x_);
    const std::size_t block = p.examples() * x_.columns;
    for (std::size_t position = 0; position < x_.positions; ++position)
      fill_rows(table.subspan(position * x_.columns, x_.columns),
                p.value(y_).subspan(position * block, block));
    add_to(p.value(y_), x);
  }
  void backward(pass<T>& p) override {
    const std::span<const T> dy = p.gradient(y_);
    const std::size_t block = p.examples() * x_.columns;
    for (std::size_t position = 0; position < x_.positions; ++position)
      add_rows(dy.subspan(position * block, block),
               p.gradient(table_).subspan(position * x_.columns, x_.columns));
    add_to(p.gradient(x_), dy);
  }

 private:
  variable x_, y_;
  parameter table_;
};

template <class T>
class prepend_operation : public operation<T> {
 public:
  prepend_operation(variable x, variable y, parameter row) : x_(x), y_(y), row_(row) {}

  void forward(pass<T>& p) override {
    const std::span<T> y = p.value(y_);
    const std::size_t block = p.examples() * x_.columns;
    fill_rows(p.value(row_), y.first(block));
    std::ranges::copy(p.value(x_), y.begin() + static_cast<std::ptrdiff_t>(block));
  }
  void backward(pass<T>& p) override {
    const std::span<const T> dy = p.gradient(y_);
    const std::size_t block = p.examples() * x_.columns;
    add_rows(dy.first(block), p.gradient(row_));
    add_to(p.gradient(x_), dy.subspan(block));
  }

 private:
  variable x_, y_;
  parameter row_;
};

/// Channels, height and width of an example. Throws bad_config unless the examples are images.
inline std::array<std::size_t, 3> image_extents(const data_spec& data) {
  const auto shape = data.shape();
  if (shape.size() == 2) return {1, shape[0], shape[1]};
  if (shape.size() == 3) return {shape[0], shape[1], shape[2]};
  throw bad_config("examples have " + std::to_string(shape.size()) +
                   " dimensions, expected images: height x width or channels x height x width");
}

}  // namespace detail

namespace layers {

/// The examples as positions x columns; element i of an example's matrix is its feature features[i].
template <class T>
variable input(tape<T>& net, std::size_t positions, std::size_t columns,
               std::vector<std::uint32_t> features) {
  const variable y = net.add_variable(positions, columns, true);
  net.template record<detail::input_operation<T>>(y, std::move(features));
  return y;
}

/// The examples as one row of all features.
template <class T>
variable input(tape<T>& net) {
  std::vector<std::uint32_t> features(net.features());
  std::iota(features.begin(), features.end(), 0U);
  return input(net, 1, net.features(), std::move(features));
}

/// Squares of `size` x `size` pixels of an image as positions, row after row; columns are channel, then row,
/// then column within the square. Throws bad_config unless squares fill the image.
template <class T>
variable image_patches(tape<T>& net, const data_spec& data, std::size_t size) {
  const auto [channels, height, width] = detail::image_extents(data);
  if (height % size != 0 || width % size != 0) {
    throw bad_config("images of " + std::to_string(height) + " x " + std::to_string(width) +
                     " can't be divided into squares of " + std::to_string(size) + " x " +
                     std::to_string(size) + ": name a size that divides both");
  }
  std::vector<std::uint32_t> features;
  for (std::size_t top = 0; top < height; top += size) {
    for (std::size_t left = 0; left < width; left += size) {
      for (std::size_t k = 0; k < channels * size * size; ++k) {
        const std::size_t channel = k / (size * size), y = top + k / size % size, x = left + k % size;
        features.push_back(static_cast<std::uint32_t>((channel * height + y) * width + x));
      }
    }
  }
  return input(net, height / size * (width / size), channels * size * size, std::move(features));
}

/// The rows of an image from top to bottom; columns are channel, then column.
template <class T>
variable image_rows(tape<T>& net, const data_spec& data) {
  const auto [channels, height, width] = detail::image_extents(data);
  std::vector<std::uint32_t> features;
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t k = 0; k < channels * width; ++k)
      features.push_back(static_cast<std::uint32_t>((k / width * height + y) * width + k % width));
  }
  return input(net, height, channels * width, std::move(features));
}

/// Characters or other entries of a list, whose numbers are the inputs: one column, for embedding. Throws
/// bad_config unless the examples have one dimension.
template <class T>
variable characters(tape<T>& net, const data_spec& data) {
  if (data.shape().size() != 1) {
    throw bad_config("examples have " + std::to_string(data.shape().size()) +
                     " dimensions, expected one: a number at each position");
  }
  std::vector<std::uint32_t> features(data.features());
  std::iota(features.begin(), features.end(), 0U);
  return input(net, data.features(), 1, std::move(features));
}

/// The mean of all positions, as one.
template <class T>
variable mean(tape<T>& net, const variable& x) {
  const variable y = net.add_variable(1, x.columns);
  net.template record<detail::mean_operation<T>>(x, y);
  return y;
}

/// One position alone, counted from 0.
template <class T>
variable at(tape<T>& net, const variable& x, std::size_t position) {
  const variable y = net.add_variable(1, x.columns);
  net.template record<detail::position_operation<T>>(x, y, position);
  return y;
}

/// The last position.
template <class T>
variable last(tape<T>& net, const variable& x) {
  return at(net, x, x.positions - 1);
}

/// All positions side by side as one; columns are position, then column.
template <class T>
variable flatten(tape<T>& net, const variable& x) {
  const variable y = net.add_variable(1, x.size());
  net.template record<detail::flatten_operation<T>>(x, y);
  return y;
}

/// x with a learned vector added at each position: `name`.embedding (positions x columns).
template <class T>
variable add_positions(tape<T>& net, const variable& x, const std::string& name, double deviation = 0.02) {
  const variable y = net.add_variable(x.positions, x.columns);
  const parameter table = net.add_parameter(
      {name + ".embedding", RV_ROLE_EMBEDDING, x.positions, x.columns, start_values::normal(deviation)});
  net.template record<detail::positions_operation<T>>(x, y, table);
  return y;
}

/// x after a position that is the same learned vector in all examples, `name`.embedding: ViT's class token.
template <class T>
variable prepend(tape<T>& net, const variable& x, const std::string& name, double deviation = 0.02) {
  const variable y = net.add_variable(x.positions + 1, x.columns);
  const parameter row = net.add_parameter(
      {name + ".embedding", RV_ROLE_EMBEDDING, 0, x.columns, start_values::normal(deviation)});
  net.template record<detail::prepend_operation<T>>(x, y, row);
  return y;
}

}  // namespace layers
}  // namespace ravine
