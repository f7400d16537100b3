#include "unit/special_numbers.hpp"

#include <ravine/layers.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/normal_distribution.hpp>
#include <gtest/gtest.h>

// Each layer by itself: its gradient against central differences, and what it computes against plain loops.
namespace {

namespace layers = ravine::layers;
using ravine::start_values;
using ravine::tape;
using ravine::variable;

std::vector<double> normal_numbers(std::size_t count, std::uint32_t seed) {
  boost::random::mt19937 engine(seed);
  boost::random::normal_distribution<double> normal(0, 1);
  std::vector<double> made(count);
  for (double& each : made) each = normal(engine);
  return made;
}

/// A network with random parameters and a batch of examples, in the place of the host.
class trained {
 public:
  using recorder = std::function<variable(tape<double>&, const ravine::data_spec&)>;

  trained(std::vector<std::uint64_t> shape, std::size_t classes, std::size_t labels, const recorder& record,
          std::size_t examples = 5, std::size_t at_once = 3)
      : shape_(std::move(shape)),
        spec_{sizeof(rv_data_spec), 0, shape_.size(), shape_.data(), classes, examples, labels},
        net_(ravine::data_spec(spec_), at_once) {
    const ravine::data_spec data(spec_);
    net_.classify(record(net_, data));
    inputs_ = normal_numbers(examples * data.features(), 1);
    for (std::size_t i = 0; i < examples * labels; ++i)
      labels_.push_back(static_cast<std::int32_t>(i * 7 % classes));
    params_ = normal_numbers(net_.parameters(), 3);  // no unit of relu is near its kink
    for (double& each : params_) each /= 2;
    grads_.resize(params_.size());
    batch_ = {sizeof(rv_batch), RV_MODE_TRAIN, examples, inputs_.data(), labels_.data(), 11};
  }

  std::vector<double>& inputs() { return inputs_; }
  std::vector<double>& params() { return params_; }
  double loss() { return net_.loss_gradient(params_, batch(), {}); }
  std::vector<double> scores() {
    std::vector<double> made(labels_.size() * spec_.classes);
    net_.predict(params_, batch(), made);
    return made;
  }

  /// Of every parameter. A layer's gradient of its input shows in the parameters before it.
  void expect_exact_gradient() {
    ASSERT_FALSE(params_.empty());
    EXPECT_EQ(net_.loss_gradient(params_, batch(), grads_), loss());
    for (std::size_t i = 0; i < params_.size(); ++i)
      EXPECT_NEAR(grads_[i], slope(i), 1e-8) << "parameter " << i;
  }

 private:
  /// A central difference of fourth order.
  double slope(std::size_t i) {
    constexpr double step = 1e-5;
    const double here = params_[i];
    const auto difference = [&](double distance) {
      params_[i] = here + distance;
      const double above = loss();
      params_[i] = here - distance;
      const double below = loss();
      params_[i] = here;
      return above - below;
    };
    return (8 * difference(step) - difference(2 * step)) / (12 * step);
  }

  ravine::batch<double> batch() const { return {batch_, ravine::data_spec(spec_).features(), spec_.labels}; }

  std::vector<std::uint64_t> shape_;
  rv_data_spec spec_;
  tape<double> net_;
  std::vector<double> inputs_, params_, grads_;
  std::vector<std::int32_t> labels_;
  rv_batch batch_{};
};

/// x through a dense layer that starts anyhow: what comes after it has to give it a gradient.
variable entered(tape<double>& net, const variable& x, std::size_t columns) {
  return layers::dense(net, x, columns, "enter", start_values::constant(0));
}
variable ended(tape<double>& net, const variable& x) {
  return layers::dense(net, x, net.classes(), "end", start_values::constant(0));
}

/// The gradient of one layer between two dense ones, on images of 4 x 3.
void expect_exact_gradient_of(const std::function<variable(tape<double>&, const variable&)>& layer) {
  trained({4, 3}, 3, 1, [&](tape<double>& net, const ravine::data_spec& data) {
    const variable x = layer(net, entered(net, layers::image_rows(net, data), 6));
    return ended(net, layers::mean(net, x));
  }).expect_exact_gradient();
}

TEST(layers, activations_have_exact_gradients) {
  using f = ravine::activation_function;
  for (const f each : {f::relu, f::tanh, f::sigmoid, f::gelu}) {
    SCOPED_TRACE(static_cast<int>(each));
    expect_exact_gradient_of(
        [&](tape<double>& net, const variable& x) { return layers::activation(net, x, each); });
  }
}

TEST(layers, dropout_has_an_exact_gradient) {
  expect_exact_gradient_of([](tape<double>& net, const variable& x) { return layers::dropout(net, x, 0.4); });
}

TEST(layers, layer_norm_has_an_exact_gradient) {
  expect_exact_gradient_of(
      [](tape<double>& net, const variable& x) { return layers::layer_norm(net, x, "norm"); });
}

TEST(layers, attention_has_an_exact_gradient) {
  for (const auto mask : {ravine::attention_mask::none, ravine::attention_mask::causal}) {
    for (const std::size_t heads : {1U, 2U, 6U}) {
      expect_exact_gradient_of([&](tape<double>& net, const variable& x) {
        return layers::attention(net, x, heads, "attention", mask);
      });
    }
  }
}

TEST(layers, recurrent_cells_have_exact_gradients) {
  using cell = ravine::recurrent_cell;
  for (const cell each : {cell::simple, cell::gru, cell::lstm}) {
    SCOPED_TRACE(static_cast<int>(each));
    expect_exact_gradient_of(
        [&](tape<double>& net, const variable& x) { return layers::recurrent(net, x, each, 4, "cells"); });
  }
}

TEST(layers, sums_and_positions_have_exact_gradients) {
  expect_exact_gradient_of([](tape<double>& net, const variable& x) {
    const variable placed = layers::add_positions(net, layers::prepend(net, x, "token"), "places");
    // The same variable twice: its gradients add up.
    return layers::sum(net, placed, layers::sum(net, placed, layers::layer_norm(net, placed, "norm")));
  });
}

TEST(layers, pooling_and_flattening_have_exact_gradients) {
  expect_exact_gradient_of([](tape<double>& net, const variable& x) { return layers::last(net, x); });
  expect_exact_gradient_of([](tape<double>& net, const variable& x) { return layers::at(net, x, 1); });
  expect_exact_gradient_of([](tape<double>& net, const variable& x) { return layers::flatten(net, x); });
}

TEST(layers, convolution_and_pooling_have_exact_gradients) {
  for (const ravine::window w : {ravine::window{3, 1, 1}, ravine::window{2, 2, 0}, ravine::window{3, 2, 2}}) {
    trained({2, 9, 10}, 3, 1, [&](tape<double>& net, const ravine::data_spec& data) {
      auto x = layers::convolution(net, layers::image(net, data), 3, w, "first");
      x = layers::convolution(net, x, 2, w, "second");
      x = layers::max_pooling(net, x, 2);
      return ended(net, layers::flatten(net, x.pixels));
    }).expect_exact_gradient();
  }
}

TEST(layers, several_labels_of_an_example_each_have_scores) {
  // Characters: an index at each position, and a label at each.
  trained characters({4}, 3, 4, [](tape<double>& net, const ravine::data_spec& data) {
    const variable x = layers::embedding(net, layers::input(net, 4, 1, {0, 1, 2, 3}), 5, 4, "characters");
    return layers::dense(net, layers::attention(net, x, 2, "attention", ravine::attention_mask::causal),
                         data.classes(), "end", start_values::constant(0));
  });
  for (std::size_t i = 0; i < characters.inputs().size(); ++i)
    characters.inputs()[i] = static_cast<double>(i * 3 % 5);
  characters.expect_exact_gradient();

  // What comes later does not show in what a causal mask lets through.
  const std::vector<double> before = characters.scores();
  characters.inputs()[3] = 1;
  const std::vector<double> after = characters.scores();
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(before[i], after[i]) << i;
  EXPECT_NE(before[9], after[9]);
  // The mean over all labels, each with scores of its own.
  double total = 0;
  for (std::size_t i = 0; i < 20; ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < 3; ++k) sum += std::exp(after[3 * i + k]);
    total += std::log(sum) - after[3 * i + i * 7 % 3];
  }
  EXPECT_NEAR(characters.loss(), total / 20, 1e-14);

  characters.inputs()[2] = 5;
  EXPECT_THROW(characters.loss(), std::runtime_error);
  characters.inputs()[2] = NAN;
  EXPECT_THROW(characters.loss(), std::runtime_error);
}

TEST(layers, convolution_is_a_sum_over_windows) {
  constexpr std::size_t height = 4, width = 5, size = 3;
  trained one(
      {2, height, width}, 1, 1,
      [](tape<double>& net, const ravine::data_spec& data) {
        const auto x = layers::convolution(net, layers::image(net, data), 1, {size, 2, 1}, "convolution");
        return layers::dense(net, layers::flatten(net, x.pixels), 1, "end", start_values::constant(0));
      },
      1);
  // Rows of the output at 0 and 2, columns at 0, 2 and 4, of the image; weights by row, column, channel.
  const std::vector<double>&p = one.params(), &x = one.inputs();
  double expected = p.back();
  for (std::size_t place = 0; place < 6; ++place) {
    double sum = p[18];
    for (std::size_t k = 0; k < 18; ++k) {
      const std::size_t y = place / 3 * 2 + k / 6, at = place % 3 * 2 + k / 2 % 3;
      if (y < 1 || y > height || at < 1 || at > width) continue;  // in the margin
      sum += p[k] * x[(k % 2 * height + y - 1) * width + at - 1];
    }
    expected += p[19 + place] * sum;
  }
  EXPECT_NEAR(one.scores()[0], expected, 1e-13);
}

TEST(layers, classify_refuses_scores_of_another_size) {
  const auto ends_in = [](std::size_t classes) {
    trained({4, 3}, 3, 1, [&](tape<double>& net, const ravine::data_spec& data) {
      return layers::dense(net, layers::image_rows(net, data), classes, "end", start_values::constant(0));
    });
  };
  try {
    ends_in(3);
    FAIL();
  } catch (const ravine::bad_config& refused) {
    EXPECT_STREQ(refused.what(),
                 "the network ends in 4 x 3 scores, expected 1 x 3 that depend on parameters: a row for each "
                 "label, a column for each class");
  }
}

TEST(layers, sums_of_different_sizes_and_windows_that_do_not_fit_are_refused) {
  EXPECT_THROW(expect_exact_gradient_of([](tape<double>& net, const variable& x) {
                 return layers::sum(net, x, layers::last(net, x));
               }),
               ravine::bad_config);
  EXPECT_THROW(trained({4, 3}, 3, 1,
                       [](tape<double>& net, const ravine::data_spec& data) {
                         return layers::windows(net, layers::image(net, data), {4}).pixels;
                       }),
               ravine::bad_config);
  EXPECT_THROW(trained({4, 3}, 3, 1,
                       [](tape<double>& net, const ravine::data_spec&) {
                         return layers::embedding(net, layers::input(net), 3, 2, "words");
                       }),
               ravine::bad_config);
}

/// The largest error of f against the C library's, relative, over a range.
template <class T, class F, class Reference>
double largest_error(T low, T high, F f, Reference reference) {
  double largest = 0;
  for (int i = 0; i <= 20000; ++i) {
    const T x = low + (high - low) * static_cast<T>(i) / 20000;
    const double expected = reference(static_cast<double>(x));
    largest =
        ravine::testing::larger(largest, std::abs(static_cast<double>(f(x)) - expected) / std::abs(expected));
  }
  return largest;
}

template <class T>
struct functions_of : ::testing::Test {};
using element_types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(functions_of, element_types);

TYPED_TEST(functions_of, layers_agree_with_the_c_library) {
  using T = TypeParam;
  constexpr double unit = std::numeric_limits<T>::epsilon();
  const auto tanh = [](double x) { return std::tanh(x); };
  const T reach = sizeof(T) == 4 ? 87 : 700;
  EXPECT_LE(largest_error<T>(-reach, reach, ravine::vector_exp<T>, [](double x) { return std::exp(x); }),
            2 * unit);
  EXPECT_LE(largest_error<T>(T(-24.999), 25, ravine::vector_tanh<T>, tanh), 4 * unit);
  EXPECT_LE(largest_error<T>(T(1e-9), T(1e-3), ravine::vector_tanh<T>, tanh), 4 * unit);
  EXPECT_LE(
      largest_error<T>(-80, 80, ravine::vector_sigmoid<T>, [](double x) { return 1 / (1 + std::exp(-x)); }),
      4 * unit);
  for (T x = -6; x < 6; x += T(1) / 128)
    EXPECT_NEAR(ravine::vector_normal_cdf(x), std::erfc(-x / std::sqrt(2.0)) / 2,
                sizeof(T) == 4 ? 3e-7 : 1e-15)
        << x;
  EXPECT_EQ(ravine::vector_exp<T>(0), 1);
  EXPECT_EQ(ravine::vector_tanh<T>(0), 0);
  EXPECT_EQ(ravine::vector_tanh<T>(1e30F), 1);
  EXPECT_EQ(ravine::vector_tanh<T>(-INFINITY), -1);
  EXPECT_TRUE(std::isnan(ravine::vector_exp<T>(NAN)));
  EXPECT_TRUE(std::isnan(ravine::vector_tanh<T>(NAN)));
  EXPECT_TRUE(std::isnan(ravine::vector_sigmoid<T>(NAN)));
  EXPECT_TRUE(std::isnan(ravine::vector_normal_cdf<T>(NAN)));
}

TEST(layers, take_no_more_room_than_a_machine_has) {
  const auto refusal = [](const trained::recorder& record) -> std::string {
    try {
      trained({28, 28}, 2, 1, record);
    } catch (const ravine::bad_config& refused) {
      return refused.what();
    }
    return "";
  };
  const std::string expected =
      "the layers take more than 2 GiB of room for what they compute of 3 examples: fewer or smaller layers, "
      "or "
      "fewer positions";
  EXPECT_EQ(refusal([](tape<double>& net, const ravine::data_spec& data) {
              const variable pixels = layers::image_patches(net, data, 1);
              const variable x = layers::dense(net, pixels, 1024, "in", start_values::constant(0));
              return layers::mean(net, layers::attention(net, x, 1024, "attention"));
            }),
            expected);
  EXPECT_EQ(refusal([](tape<double>& net, const ravine::data_spec&) {
              return layers::dense(net, layers::input(net), std::size_t{1} << 40U, "wide",
                                   start_values::constant(0));
            }),
            expected);
}

}  // namespace
