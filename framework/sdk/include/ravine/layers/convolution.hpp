#pragma once

#include <ravine/layers/dense.hpp>
#include <ravine/layers/sequence.hpp>
#include <ravine/layers/tape.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace ravine {

/// An image for each example: a position for each pixel, row after row, and a column for each channel.
struct image_variable {
  variable pixels;
  std::size_t height, width;
};

/// Square windows that move over an image. Margins are of zeros.
struct window {
  std::size_t size;
  std::size_t stride = 1;
  std::size_t margin = 0;
};

namespace detail {

constexpr std::uint32_t outside = std::numeric_limits<std::uint32_t>::max();

/// The windows of an image as rows: what an element (position, k of size x size) holds are the channels of
/// one pixel, or zeros outside the image.
template <class T>
class windows_operation : public operation<T> {
 public:
  windows_operation(variable x, variable y, std::vector<std::uint32_t> pixels)
      : x_(x), y_(y), pixels_(std::move(pixels)) {}

  void forward(pass<T>& p) override {
    const std::span<const T> x = p.value(x_);
    const std::span<T> y = p.value(y_);
    for_each_pixel(p.examples(), [&](std::size_t to, std::size_t from) {
      if (from == outside) {
        std::fill_n(y.data() + to, x_.columns, T{0});
      } else {
        std::copy_n(x.data() + from, x_.columns, y.data() + to);
      }
    });
  }
  void backward(pass<T>& p) override {
    if (x_.constant) return;
    const std::span<const T> dy = p.gradient(y_);
    const std::span<T> dx = p.gradient(x_);
    for_each_pixel(p.examples(), [&](std::size_t to, std::size_t from) {
      if (from == outside) return;
      for (std::size_t c = 0; c < x_.columns; ++c) dx[from + c] += dy[to + c];
    });
  }

 private:
  /// body(the place of a pixel's channels in y, that in x or `outside`)
  template <class Body>
  void for_each_pixel(std::size_t n, Body body) const {
    const std::size_t square = y_.columns / x_.columns;
    for (std::size_t i = 0; i < pixels_.size(); ++i) {
      const std::size_t position = i / square, k = i % square;
      for (std::size_t e = 0; e < n; ++e) {
        body((position * n + e) * y_.columns + k * x_.columns,
             pixels_[i] == outside ? std::size_t{outside} : (pixels_[i] * n + e) * x_.columns);
      }
    }
  }

  variable x_, y_;
  std::vector<std::uint32_t> pixels_;  // positions x square
};

/// The largest element of each window and column.
template <class T>
class maximum_operation : public operation<T> {
 public:
  maximum_operation(variable x, variable y, std::size_t square, std::size_t at_once)
      : x_(x), y_(y), square_(square), winners_(y.size() * at_once) {}

  void forward(pass<T>& p) override {
    const std::span<const T> x = p.value(x_);
    const std::span<T> y = p.value(y_);
    for (std::size_t i = 0; i < y.size(); ++i) {
      const std::size_t first = first_of(i);
      std::size_t winner = first;
      for (std::size_t k = 1; k < square_; ++k) {
        const std::size_t other = first + k * y_.columns;
        if (x[other] > x[winner] || std::isnan(x[other])) winner = other;
      }
      winners_[i] = winner;
      y[i] = x[winner];
    }
  }
  void backward(pass<T>& p) override {
    const std::span<const T> dy = p.gradient(y_);
    const std::span<T> dx = p.gradient(x_);
    for (std::size_t i = 0; i < dy.size(); ++i) dx[winners_[i]] += dy[i];
  }

 private:
  std::size_t first_of(std::size_t i) const { return i / y_.columns * x_.columns + i % y_.columns; }

  variable x_, y_;
  std::size_t square_;
  std::vector<std::size_t> winners_;  // places in x
};

}  // namespace detail

namespace layers {

/// The examples as images.
template <class T>
image_variable image(tape<T>& net, const data_spec& data) {
  const auto [channels, height, width] = detail::image_extents(data);
  std::vector<std::uint32_t> features;
  for (std::size_t pixel = 0; pixel < height * width; ++pixel) {
    for (std::size_t c = 0; c < channels; ++c)
      features.push_back(static_cast<std::uint32_t>(c * height * width + pixel));
  }
  return {input(net, height * width, channels, std::move(features)), height, width};
}

/// Each window as a position; columns are row, then column in the window, then channel. Throws bad_config
/// unless the image with its margin holds a window.
template <class T>
image_variable windows(tape<T>& net, const image_variable& x, window w) {
  const std::size_t tall = x.height + 2 * w.margin, wide = x.width + 2 * w.margin;
  if (w.size == 0 || w.stride == 0 || std::min(tall, wide) < w.size) {
    throw bad_config("windows of " + std::to_string(w.size) + " x " + std::to_string(w.size) +
                     " and stride " + std::to_string(w.stride) + " on images of " + std::to_string(tall) +
                     " x " + std::to_string(wide) + ", expected both at least 1 and windows that fit");
  }
  const std::size_t rows = (tall - w.size) / w.stride + 1, columns = (wide - w.size) / w.stride + 1;
  std::vector<std::uint32_t> pixels;
  for (std::size_t i = 0; i < rows * columns * w.size * w.size; ++i) {
    const std::size_t place = i / (w.size * w.size), k = i % (w.size * w.size);
    // Counted with the margin.
    const std::size_t y = place / columns * w.stride + k / w.size,
                      x_at = place % columns * w.stride + k % w.size;
    const bool inside =
        y >= w.margin && y < x.height + w.margin && x_at >= w.margin && x_at < x.width + w.margin;
    pixels.push_back(inside ? static_cast<std::uint32_t>((y - w.margin) * x.width + x_at - w.margin)
                            : detail::outside);
  }
  const variable y = net.add_variable(rows * columns, w.size * w.size * x.pixels.columns, x.pixels.constant);
  net.template record<detail::windows_operation<T>>(x.pixels, y, std::move(pixels));
  return {y, rows, columns};
}

/// A convolution (as everywhere in this field a cross-correlation) by a dense layer over windows:
/// `name`.weight is (size size channels) x outputs and starts after He 2015, `name`.bias at 0. For cnn's
/// speed see that model.
template <class T>
image_variable convolution(tape<T>& net, const image_variable& x, std::size_t outputs, window w,
                           const std::string& name) {
  const image_variable seen = windows(net, x, w);
  const double deviation = std::sqrt(2 / static_cast<double>(seen.pixels.columns));
  return {dense(net, seen.pixels, outputs, name, start_values::normal(deviation)), seen.height, seen.width};
}

/// The maximum of each channel over windows, which have no margin.
template <class T>
image_variable max_pooling(tape<T>& net, const image_variable& x, std::size_t size) {
  const image_variable seen = windows(net, x, {size, size});
  const variable y = net.add_variable(seen.pixels.positions, x.pixels.columns);
  net.template record<detail::maximum_operation<T>>(seen.pixels, y, size * size, net.at_once());
  return {y, seen.height, seen.width};
}

}  // namespace layers
}  // namespace ravine
