#include "unit/plugins/model_support.hpp"
#include "unit/plugins/optimizer_numbers.hpp"
#include "unit/plugins/tensor_support.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

// muon's updates, against a singular value decomposition of the tests' own. Its paths are in tests/parity.
namespace ravine {
namespace {

using testing::driven_tensors;
using testing::layer;
using testing::length;
using testing::random_numbers;

template <class T>
struct muon_updates : testing::optimizer_numbers<T> {};

TYPED_TEST_SUITE(muon_updates, testing::element_types);

/// Singular values of a row-major matrix, by one-sided Jacobi rotations of its columns (Hestenes 1958).
std::vector<double> singular_values(std::vector<double> a, std::size_t rows, std::size_t columns) {
  const auto dot = [&](std::size_t p, std::size_t q) {
    double sum = 0;
    for (std::size_t i = 0; i < rows; ++i) sum += a[i * columns + p] * a[i * columns + q];
    return sum;
  };
  for (int sweep = 0; sweep < 60; ++sweep) {
    for (std::size_t p = 0; p < columns; ++p) {
      for (std::size_t q = p + 1; q < columns; ++q) {
        const double angle = 0.5 * std::atan2(2 * dot(p, q), dot(p, p) - dot(q, q));
        const double c = std::cos(angle), s = std::sin(angle);
        for (std::size_t i = 0; i < rows; ++i) {
          const double x = a[i * columns + p], y = a[i * columns + q];
          a[i * columns + p] = c * x + s * y;
          a[i * columns + q] = c * y - s * x;
        }
      }
    }
  }
  std::vector<double> found;
  for (std::size_t p = 0; p < columns; ++p) found.push_back(std::sqrt(dot(p, p)));
  std::ranges::sort(found, std::greater());
  found.resize(std::min(rows, columns));
  return found;
}

/// What muon's first step from 0 takes away at a learning rate of 1.
template <class T>
std::vector<double> muon_update(const std::vector<std::uint64_t>& shape, const std::vector<T>& g,
                                const settings& with) {
  settings unit = with;
  unit["lr"] = 1.0;
  driven_tensors<T> muon(testing::shipped_plugins().get(component_kind::optimizer, "muon"), unit,
                         std::vector<T>(g.size()), {{"weight", RV_ROLE_WEIGHT, shape}});
  muon.step(g);
  std::vector<double> update;
  for (const T p : muon.params()) update.push_back(-static_cast<double>(p));
  return update;
}

TYPED_TEST(muon_updates, makes_updates_of_any_shape_nearly_orthogonal) {
  const std::vector<std::vector<std::uint64_t>> shapes{{9, 40},  {40, 9}, {7, 15},
                                                       {33, 16}, {1, 12}, {8, 3, 7}};
  for (const auto& shape : shapes) {
    const std::size_t rows = shape[0];
    const std::size_t columns = shape[1] * (shape.size() > 2 ? shape[2] : 1);
    const auto g = random_numbers<TypeParam>(rows * columns, 1);
    const std::vector<double> update = muon_update(shape, g, {});
    const double scale = std::sqrt(std::max(1.0, static_cast<double>(rows) / static_cast<double>(columns)));
    for (const double value : singular_values(update, rows, columns)) {
      EXPECT_GT(value / scale, 0.67) << rows << " x " << columns;
      EXPECT_LT(value / scale, 1.21) << rows << " x " << columns;
    }
    // The same singular vectors as the gradient's: update' g is symmetric.
    for (std::size_t p = 0; p < columns; ++p) {
      for (std::size_t q = 0; q < p; ++q) {
        double difference = 0;
        for (std::size_t i = 0; i < rows; ++i) {
          difference += update[i * columns + p] * static_cast<double>(g[i * columns + q]) -
                        update[i * columns + q] * static_cast<double>(g[i * columns + p]);
        }
        EXPECT_NEAR(difference, 0, 500 * this->rounding);
      }
    }
  }
}

TYPED_TEST(muon_updates, scales_its_update_by_shape) {
  const auto g = random_numbers<TypeParam>(6 * 24, 1);
  const auto size = [&](std::vector<std::uint64_t> shape, const char* scale) {
    return length<double>(muon_update(shape, g, {{"scale", std::string(scale)}}));
  };
  EXPECT_NEAR(size({6, 24}, "rms") / size({6, 24}, "spectral"), 0.2 * std::sqrt(24), 100 * this->rounding);
  EXPECT_NEAR(size({24, 6}, "rms") / size({24, 6}, "spectral"), 0.2 * std::sqrt(24) / 2,
              100 * this->rounding);
}

/// A first step of muon on a weight of 3 inputs and 12 outputs that lies as `shape` says.
template <class T>
std::vector<T> muon_step_on_layer(const std::vector<std::uint64_t>& shape, const std::vector<T>& g,
                                  std::uint32_t role = RV_ROLE_WEIGHT) {
  parameter_layout layout(dtype_of<T>);
  rv_tensor weight{};
  weight.struct_size = sizeof weight;
  weight.role = role;
  weight.name = "weight";
  weight.rank = 2;
  weight.shape = shape.data();
  weight.fan_in = 3;
  weight.fan_out = 12;
  layout.add(weight);
  const component& which = testing::shipped_plugins().get(component_kind::optimizer, "muon");
  optimizer muon(which, layout, {});
  std::vector<T> params(layout.size());
  rv_step step{};
  step.struct_size = sizeof step;
  step.step = 1;
  step.n = params.size();
  step.params = params.data();
  step.grads = g.data();
  step.state = muon.state().pointers();
  step.values = muon.base_values().data();
  muon.step(step);
  return params;
}

TYPED_TEST(muon_updates, moves_a_layer_alike_whichever_way_its_weights_lie) {
  const auto g = random_numbers<TypeParam>(12 * 3, 1);
  std::vector<TypeParam> turned(12 * 3);
  for (std::size_t o = 0; o < 12; ++o) {
    for (std::size_t i = 0; i < 3; ++i) turned[i * 12 + o] = g[o * 3 + i];
  }
  const auto upright = muon_step_on_layer<TypeParam>({12, 3}, g);
  const auto lying = muon_step_on_layer<TypeParam>({3, 12}, turned);
  for (std::size_t o = 0; o < 12; ++o) {
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(lying[i * 12 + o], upright[o * 3 + i], 10 * this->rounding);
    }
  }
}

// AdamW's first step is its rate times g / (|g| + eps).
TYPED_TEST(muon_updates, gives_embeddings_to_adamw) {
  const auto g = random_numbers<TypeParam>(12 * 3, 1);
  const auto moved = muon_step_on_layer<TypeParam>({12, 3}, g, RV_ROLE_EMBEDDING);
  for (std::size_t i = 0; i < g.size(); ++i)
    EXPECT_NEAR(moved[i], -3e-4 * double(g[i]) / (std::abs(double(g[i])) + 1e-10), 3e-4 * this->rounding);
}

TYPED_TEST(muon_updates, ignores_the_gradients_size) {
  const auto g = random_numbers<TypeParam>(6 * 9, 1);
  std::vector<TypeParam> larger = g;
  for (TypeParam& each : larger) each *= 1024;
  const auto small = muon_update<TypeParam>({6, 9}, g, {}),
             large = muon_update<TypeParam>({6, 9}, larger, {});
  for (std::size_t i = 0; i < small.size(); ++i) EXPECT_NEAR(small[i], large[i], 1e-6);
}

TYPED_TEST(muon_updates, gives_vectors_to_adamw) {
  const settings with{{"lr", 0.5}, {"adamw_lr", 0.01}, {"eps", 0.0}, {"weight_decay", 0.1}};
  settings sparing = with;
  sparing["decay_biases"] = false;
  const std::vector<TypeParam> start(6, 1), g{3, -4, 1, 2, 500, -6};
  driven_tensors<TypeParam> all(this->find("muon"), with, start, layer);
  driven_tensors<TypeParam> weights(this->find("muon"), sparing, start, layer);
  all.step(g);
  weights.step(g);
  EXPECT_NEAR(all.params()[4], 1 - 0.01 * 0.1 - 0.01, this->rounding);
  EXPECT_NEAR(weights.params()[4], 1 - 0.01, this->rounding);
  EXPECT_NEAR(weights.params()[5], 1 + 0.01, this->rounding);
}

}  // namespace
}  // namespace ravine
