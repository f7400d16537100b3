#pragma once

#include <ravine/model.hpp>
#include <ravine/vectors.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// Examples that are computed side by side, one in each lane: a cache line of them.
template <class T>
inline constexpr std::size_t group_size = 64 / sizeof(T);

/// Several channels of an image for a group of examples: element (channel, y, x) of all examples lies
/// together.
struct image_shape {
  std::size_t channels, height, width;

  std::size_t size() const { return channels * height * width; }
};

/// A convolution (as everywhere in this field a cross-correlation, stride 1), then the rectifier and the
/// maximum over squares of 2 x 2 (stride 2; an odd last row or column is left out). In its part of the
/// parameter vector: weights (outputs x inputs x kernel x kernel), then biases (outputs).
///
/// It works without unrolling images into matrices: with one example a lane, each weight meets a whole
/// group in one multiplication, and the sums of the four points of a square stay in registers.
template <class T>
class pooled_convolution {
 public:
  /// `input` includes the margin of zeros, if there is to be one.
  pooled_convolution(image_shape input, std::size_t outputs, std::size_t kernel)
      : in_(input),
        kernel_(kernel),
        out_{outputs, (input.height - kernel + 1) / 2, (input.width - kernel + 1) / 2},
        slopes_{outputs, input.height + kernel - 1, input.width + kernel - 1},
        slope_(slopes_.size() * group_size<T>),
        flipped_(weights()),
        weight_sums_(weights() * group_size<T>),
        bias_sums_(outputs * group_size<T>) {}

  const image_shape& input() const { return in_; }
  const image_shape& output() const { return out_; }
  std::size_t fan_in() const { return in_.channels * kernel_ * kernel_; }
  std::size_t weights() const { return out_.channels * fan_in(); }
  std::size_t parameters() const { return weights() + out_.channels; }

  void layout(layout_builder& tensors, const std::string& name) const {
    tensors.weight(name + ".weight", {out_.channels, in_.channels, kernel_, kernel_}, fan_in(),
                   out_.channels * kernel_ * kernel_);
    tensors.bias(name + ".bias", out_.channels);
  }

  /// y (output) of a group from x (input). `winner` gets the place 0 … 3 of each maximum in its square, or -1
  /// where the rectifier is shut.
  void forward(std::span<const T> own, const T* x, T* y, T* winner) const {
    on_widest_vectors([&](auto bytes) { forward_on<bytes>(own.data(), x, y, winner); });
  }

  /// Before the first group of a batch.
  void start_gradient(std::span<const T> own) {
    std::ranges::fill(weight_sums_, T{0});
    std::ranges::fill(bias_sums_, T{0});
    const std::size_t square = kernel_ * kernel_;
    for (std::size_t o = 0; o < out_.channels; ++o) {
      for (std::size_t i = 0; i < in_.channels; ++i) {
        const T* const from = own.data() + (o * in_.channels + i) * square;
        std::reverse_copy(from, from + square, flipped_.data() + (i * out_.channels + o) * square);
      }
    }
  }

  /// Adds a group's share of the gradient; x and winner as in forward, dy the gradient of y.
  void backward_parameters(const T* x, const T* dy, const T* winner) {
    on_widest_vectors([&](auto bytes) {
      unpool_on<bytes>(dy, winner);
      backward_parameters_on<bytes>(x);
    });
  }

  /// The gradient of x, after backward_parameters of the same group.
  void backward_inputs(T* dx) const {
    on_widest_vectors([&](auto bytes) { backward_inputs_on<bytes>(dx); });
  }

  /// After the last group.
  void finish_gradient(std::span<T> own_grads) const {
    const auto sum = [](const std::vector<T>& lanes, std::size_t i) {
      T total = 0;
      for (std::size_t k = 0; k < group_size<T>; ++k) total += lanes[i * group_size<T> + k];
      return total;
    };
    for (std::size_t i = 0; i < weights(); ++i) own_grads[i] = sum(weight_sums_, i);
    for (std::size_t i = 0; i < out_.channels; ++i) own_grads[weights() + i] = sum(bias_sums_, i);
  }

 private:
  static constexpr std::size_t group = group_size<T>;

  template <std::size_t Bytes>
  using vector = typename vector_of<T, Bytes>::type;

  template <std::size_t Bytes>
  static const vector<Bytes>& at(const T* p) {
    return *reinterpret_cast<const vector<Bytes>*>(p);
  }
  template <std::size_t Bytes>
  static vector<Bytes>& at(T* p) {
    return *reinterpret_cast<vector<Bytes>*>(p);
  }

  /// Channels whose sums fit into the registers together.
  template <std::size_t Bytes>
  static constexpr std::size_t block = Bytes == 64 ? 4 : 2;

  /// Calls work(first channel, vector_bytes<how many>) over all channels, in blocks.
  template <std::size_t Most, class Work>
  static void in_blocks(std::size_t channels, Work work) {
    std::size_t c = 0;
    for (; c + Most <= channels; c += Most) work(c, std::integral_constant<std::size_t, Most>{});
    if constexpr (Most > 2) {
      for (; c + 2 <= channels; c += 2) work(c, std::integral_constant<std::size_t, 2>{});
    }
    for (; c < channels; ++c) work(c, std::integral_constant<std::size_t, 1>{});
  }

  /// Adds to sums[p][c] the correlation of channel c's weights with the image from x + places[p] on.
  template <std::size_t Bytes, std::size_t Channels>
  void correlate(const image_shape& shape, const T* x, const std::size_t (&places)[4], const T* weights,
                 vector<Bytes> (&sums)[4][Channels]) const {
    const std::size_t stride = shape.channels * kernel_ * kernel_;
    for (std::size_t i = 0; i < shape.channels; ++i) {
      for (std::size_t ky = 0; ky < kernel_; ++ky) {
        const T* const row = x + (i * shape.height + ky) * shape.width * group;
        const T* const w = weights + (i * kernel_ + ky) * kernel_;
        for (std::size_t kx = 0; kx < kernel_; ++kx) {
#pragma GCC unroll 4
          for (std::size_t p = 0; p < 4; ++p) {
            const vector<Bytes> value = at<Bytes>(row + kx * group + places[p]);
#pragma GCC unroll 4
            for (std::size_t c = 0; c < Channels; ++c) sums[p][c] += w[c * stride + kx] * value;
          }
        }
      }
    }
  }

  template <std::size_t Bytes>
  void forward_on(const T* own, const T* x, T* y, T* winner) const {
    const T* const biases = own + weights();
    const std::size_t row = in_.width * group, places[4] = {0, group, row, row + group};
    in_blocks<block<Bytes>>(out_.channels, [&](std::size_t first, auto channels) {
      for (std::size_t k = 0; k < out_.height * out_.width; ++k) {
        const T* const corner = x + (k / out_.width * in_.width + k % out_.width) * 2 * group;
        for (std::size_t lane = 0; lane < group; lane += Bytes / sizeof(T)) {
          vector<Bytes> sums[4][channels] = {};
          correlate<Bytes, channels>(in_, corner + lane, places, own + first * fan_in(), sums);
          for (std::size_t c = 0; c < channels; ++c) {
            vector<Bytes> best = sums[0][c], place = {};
            for (std::size_t p = 1; p < 4; ++p) {
              const auto kept = sums[p][c] <= best;
              best = kept ? best : sums[p][c];
              place = kept ? place : place * T{0} + static_cast<T>(p);
            }
            best += biases[first + c];
            const auto shut = best <= T{0};
            const std::size_t to = ((first + c) * out_.height * out_.width + k) * group + lane;
            at<Bytes>(y + to) = shut ? best * T{0} : best;
            at<Bytes>(winner + to) = shut ? place * T{0} - T{1} : place;
          }
        }
      }
    });
  }

  /// The gradient before pooling, within a margin of zeros, and its sums.
  template <std::size_t Bytes>
  void unpool_on(const T* dy, const T* winner) {
    for (std::size_t c = 0; c < out_.channels; ++c) {
      for (std::size_t k = 0; k < out_.height * out_.width; ++k) {
        const std::size_t from = (c * out_.height * out_.width + k) * group;
        T* const corner = slope_at(c, k / out_.width * 2, k % out_.width * 2);
        for (std::size_t lane = 0; lane < group; lane += Bytes / sizeof(T)) {
          const vector<Bytes> gradient = at<Bytes>(dy + from + lane), place = at<Bytes>(winner + from + lane);
          const vector<Bytes> none = {};
          for (std::size_t p = 0; p < 4; ++p) {
            const std::size_t to = (p / 2 * slopes_.width + p % 2) * group + lane;
            at<Bytes>(corner + to) = place == static_cast<T>(p) ? gradient : none;
          }
          at<Bytes>(bias_sums_.data() + c * group + lane) += place >= T{0} ? gradient : none;
        }
      }
    }
  }

  template <std::size_t Bytes>
  void backward_parameters_on(const T* x) {
    in_blocks<block<Bytes>>(out_.channels, [&](std::size_t first, auto channels) {
      for (std::size_t i = 0; i < in_.channels; ++i) {
        for (std::size_t ky = 0; ky < kernel_; ++ky) {
          std::size_t kx = 0;
          for (; kx + 5 <= kernel_; kx += 5) add_products<Bytes, channels, 5>(x, first, i, ky, kx);
          for (; kx + 3 <= kernel_; kx += 3) add_products<Bytes, channels, 3>(x, first, i, ky, kx);
          for (; kx < kernel_; ++kx) add_products<Bytes, channels, 1>(x, first, i, ky, kx);
        }
      }
    });
  }

  /// Adds to the lanes of weights (first …, i, ky, kx …) the products of their gradient over the image.
  template <std::size_t Bytes, std::size_t Channels, std::size_t Columns>
  void add_products(const T* x, std::size_t first, std::size_t i, std::size_t ky, std::size_t kx) {
    const std::size_t plane = slopes_.height * slopes_.width * group;
    for (std::size_t lane = 0; lane < group; lane += Bytes / sizeof(T)) {
      vector<Bytes> sums[Channels][Columns] = {};
      for (std::size_t y = 0; y < 2 * out_.height; ++y) {
        const T* value = x + ((i * in_.height + y + ky) * in_.width + kx) * group + lane;
        const T* slope = slope_at(first, y, 0) + lane;
        for (std::size_t left = 2 * out_.width; left > 0; --left, value += group, slope += group) {
#pragma GCC unroll 4
          for (std::size_t c = 0; c < Channels; ++c) {
            const vector<Bytes> d = at<Bytes>(slope + c * plane);
#pragma GCC unroll 5
            for (std::size_t k = 0; k < Columns; ++k) sums[c][k] += d * at<Bytes>(value + k * group);
          }
        }
      }
      for (std::size_t c = 0; c < Channels; ++c) {
        for (std::size_t k = 0; k < Columns; ++k) {
          const std::size_t weight = (((first + c) * in_.channels + i) * kernel_ + ky) * kernel_ + kx + k;
          at<Bytes>(weight_sums_.data() + weight * group + lane) += sums[c][k];
        }
      }
    }
  }

  template <std::size_t Bytes>
  void backward_inputs_on(T* dx) const {
    in_blocks<block<Bytes>>(in_.channels, [&](std::size_t first, auto channels) {
      for (std::size_t y = 0; y < in_.height; y += 2) {
        for (std::size_t x = 0; x < in_.width; x += 2) {
          // At an odd edge the square's second half is the first again.
          const std::size_t right = x + 1 < in_.width ? 1 : 0, below = y + 1 < in_.height ? 1 : 0;
          const std::size_t row = below * slopes_.width, own_row = below * in_.width;
          const std::size_t places[4] = {0, right * group, row * group, (row + right) * group};
          const std::size_t targets[4] = {0, right * group, own_row * group, (own_row + right) * group};
          for (std::size_t lane = 0; lane < group; lane += Bytes / sizeof(T)) {
            vector<Bytes> sums[4][channels] = {};
            correlate<Bytes, channels>(slopes_, slope_.data() + (y * slopes_.width + x) * group + lane,
                                       places, flipped_.data() + first * out_.channels * kernel_ * kernel_,
                                       sums);
            for (std::size_t c = 0; c < channels; ++c) {
              T* const to = dx + (((first + c) * in_.height + y) * in_.width + x) * group + lane;
              for (std::size_t p = 0; p < 4; ++p) at<Bytes>(to + targets[p]) = sums[p][c];
            }
          }
        }
      }
    });
  }

  T* slope_at(std::size_t channel, std::size_t y, std::size_t x) {
    return slope_.data() +
           ((channel * slopes_.height + y + kernel_ - 1) * slopes_.width + x + kernel_ - 1) * group;
  }

  image_shape in_;
  std::size_t kernel_;
  image_shape out_;
  image_shape slopes_;          // of the gradient before pooling, with its margin
  std::vector<T> slope_;        // of one group
  std::vector<T> flipped_;      // weights (inputs x outputs x kernel x kernel), turned by half a turn
  std::vector<T> weight_sums_;  // of the gradient, a lane for each example of a group
  std::vector<T> bias_sums_;
};

}  // namespace ravine
