#include "spectrum.hpp"

#include <ravine/landscape.hpp>
#include <ravine/matrices.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace {

class deep_linear {
 public:
  static constexpr ravine::about about{
      "deep_linear", "A deep network without activations", "Saxe, McClelland & Ganguli 2014, arXiv:1312.6120",
      "f(W1 … WL) = 1/2 |W1 W2 … WL - M|^2: squared error of L linear layers on whitened inputs. The "
      "matrices\n"
      "are size x size; M is drawn from the seed with singular values from 1 to 1 / kappa, even in their\n"
      "logarithms. Long plateaus and sudden drops, one for each singular value; with a small `start` near "
      "the\n"
      "saddle at 0, whose gradient vanishes to order L - 1. Starts normal with deviation start / "
      "sqrt(size)."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::integer("size", 5).at_least(1).at_most(1000).doc("rows and columns of each layer"),
      ravine::integer("layers", 3).at_least(1).at_most(100).doc("matrices"),
      ravine::real("kappa", 10).at_least(1).fixed().log().search(1, 1e4).doc("condition number of M"),
      ravine::real("start", 0.7).above(0).fixed().log().search(1e-2, 1).doc("scale of the start"),
      ravine::integer("seed", 1).at_least(0).doc("another seed draws another matrix and start"));

  explicit deep_linear(ravine::config<deep_linear> c)
      : size_(c.count("size")), layers_(c.count("layers")), target_(size_ * size_) {
    ravine::random_stream random(c.count("seed"));
    const auto left = ravine::orthonormal_columns(size_, size_, random);
    const auto right = ravine::orthonormal_columns(size_, size_, random);
    const std::vector<double> values = ravine::singular_values(size_, c["kappa"]);
    for (std::size_t i = 0; i < target_.size(); ++i) {
      for (std::size_t k = 0; k < size_; ++k)
        target_[i] += left(i / size_, k) * values[k] * right(i % size_, k);
    }
    // Each layer has the L-th roots; the first and the last turn from and to the bases of M.
    known_.resize(layers_ * target_.size());
    for (std::size_t i = 0; i < known_.size(); ++i) {
      const std::size_t layer = i / target_.size(), row = i / size_ % size_, column = i % size_;
      const bool first = layer == 0, last = layer + 1 == layers_;
      for (std::size_t k = 0; k < size_; ++k) {
        const double root = std::pow(values[k], 1 / double(layers_));
        known_[i] += root * (first ? left(row, k) : double(row == k)) *
                     (last ? right(column, k) : double(column == k));
      }
    }
    const double deviation = c["start"] / std::sqrt(double(size_));
    for (std::size_t i = 0; i < known_.size(); ++i) start_.push_back(random.normal(0, deviation));
  }

  void layout(ravine::layout_builder& tensors) const {
    for (std::size_t l = 0; l < layers_; ++l)
      tensors.weight("layer" + std::to_string(l) + ".weight", {size_, size_}, size_, size_);
  }

  ravine::landscape_facts facts() const {
    double reach = 2;
    for (const double each : start_) reach = std::max(reach, std::abs(each));
    return {.lower = std::vector<double>(known_.size(), -reach),
            .upper = std::vector<double>(known_.size(), reach),
            .start = start_,
            .minima = {known_},
            .minimum = 0};
  }

  template <class T>
  T loss_gradient(std::span<const T> x, std::span<T> g) const {
    const std::size_t each = size_ * size_;
    // Products of the first 1 … L matrices, and then the slope of each of them in its place.
    std::vector<T> products(x.begin(), x.end()), before(each);
    for (std::size_t l = 1; l < layers_; ++l)
      product(part(products, l - 1), part(x, l), std::span(products).subspan(l * each, each));
    const std::span<T> rest = std::span(products).last(each);
    T squares = 0;
    for (std::size_t i = 0; i < each; ++i) {
      rest[i] -= T(target_[i]);
      squares += rest[i] * rest[i];
    }
    for (std::size_t l = layers_ - 1; l > 0; --l) {
      const std::span<T> slope = std::span(products).subspan(l * each, each);
      const auto slopes = ravine::matrix(std::span<const T>(slope), size_);
      ravine::multiply(ravine::transposed(part(products, l - 1), size_), slopes, g.subspan(l * each, each));
      ravine::multiply(slopes, ravine::transposed(part(x, l), size_), std::span(before));
      std::ranges::copy(before, products.begin() + static_cast<std::ptrdiff_t>((l - 1) * each));
    }
    std::copy_n(products.begin(), each, g.begin());
    return squares / 2;
  }

 private:
  template <class T>
  std::span<const T> part(std::span<const T> all, std::size_t layer) const {
    return all.subspan(layer * size_ * size_, size_ * size_);
  }
  template <class T>
  std::span<const T> part(const std::vector<T>& all, std::size_t layer) const {
    return part(std::span<const T>(all), layer);
  }
  template <class T>
  void product(std::span<const T> a, std::span<const T> b, std::span<T> c) const {
    ravine::multiply(ravine::matrix(a, size_), ravine::matrix(b, size_), c);
  }

  std::size_t size_, layers_;
  std::vector<double> target_, start_, known_;
};

}  // namespace

RAVINE_LANDSCAPE(deep_linear)
