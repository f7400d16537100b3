#include "unit/plugins/model_support.hpp"

#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

// The same plugin on vectors of 16, 32 and 64 bytes gives the same bits, so that results do not depend on
// the processor. (On a processor without the widest, some of these compare a path with itself.)
namespace {

using namespace ravine;
using namespace ravine::testing;

registry held_to(const std::string& id, int bytes) {
  return load_test_object(id + "_" + std::to_string(bytes));
}

template <class T>
void expect_the_same_network(int bytes) {
  const registry narrow = held_to("cnn", bytes);
  const settings with{{"channels", std::vector<std::int64_t>{5, 3}},
                      {"kernel", std::int64_t{3}},
                      {"hidden", std::vector<std::int64_t>{7}}};
  constexpr std::size_t examples = 21;  // the last group is not full
  model_with_batch<T> usual("cnn", with, examples, 4, {2, 13, 12});
  model_with_batch<T> held("cnn", with, examples, 4, {2, 13, 12}, narrow);
  EXPECT_EQ(usual.loss_gradient(), held.loss_gradient());
  EXPECT_EQ(usual.grads(), held.grads());
}

template <class T>
void expect_the_same_perceptron(int bytes) {
  const registry narrow = held_to("mlp", bytes);
  const settings with{{"hidden", std::vector<std::int64_t>{150, 70}}};
  constexpr std::size_t examples = 67, features = 90;
  std::vector<T> sparse = random_numbers<T>(examples * features, 1);
  for (std::size_t i = 0; i < sparse.size(); ++i) sparse[i] = i % 7 < 5 ? 0 : sparse[i];
  model_with_batch<T> usual("mlp", with, examples, 4, {features});
  model_with_batch<T> held("mlp", with, examples, 4, {features}, narrow);
  usual.batch().inputs = held.batch().inputs = sparse.data();
  EXPECT_EQ(usual.loss_gradient(), held.loss_gradient());
  EXPECT_EQ(usual.grads(), held.grads());
}

template <class T>
void expect_the_same_tape(const std::string& id, const settings& with, int bytes) {
  const registry narrow = held_to(id, bytes);
  model_with_batch<T> usual(id.c_str(), with, 7, 4, {12, 8}), held(id.c_str(), with, 7, 4, {12, 8}, narrow);
  EXPECT_EQ(usual.loss_gradient(), held.loss_gradient());
  EXPECT_EQ(usual.grads(), held.grads());
}

class widths : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(bytes, widths, ::testing::Values(16, 32));

TEST_P(widths, give_a_network_the_same_bits) {
  expect_the_same_network<float>(GetParam());
  expect_the_same_network<double>(GetParam());
  expect_the_same_perceptron<float>(GetParam());
  expect_the_same_perceptron<double>(GetParam());
}

TEST_P(widths, give_models_on_a_tape_the_same_bits) {
  const auto compare = [](const std::string& id, const settings& with) {
    expect_the_same_tape<float>(id, with, GetParam());
    expect_the_same_tape<double>(id, with, GetParam());
  };
  for (const char* cell : {"simple", "gru", "lstm"})
    compare("rnn", {{"cell", std::string(cell)}, {"hidden", std::int64_t{21}}});
  for (const char* norm : {"pre", "post"})
    compare("transformer", {{"width", std::int64_t{36}}, {"norm", std::string(norm)}, {"dropout", 0.2}});
}

template <class T>
std::vector<T> path_of(const component& which, std::size_t n) {
  driven_optimizer<T> driven(which, {}, random_numbers<T>(n, 1));
  for (std::uint32_t step = 0; step < 20; ++step) driven.step(random_numbers<T>(n, 0.3, 100 + step));
  return {driven.params().begin(), driven.params().end()};
}

TEST_P(widths, give_an_optimizer_the_same_bits) {
  for (const char* id : {"adam", "rmsprop", "lion", "rprop"}) {
    const registry narrow = held_to(id, GetParam());
    const component& usual = shipped_plugins().get(component_kind::optimizer, id);
    const component& held = narrow.get(component_kind::optimizer, id);
    for (const std::size_t n : {1U, 7U, 16U, 33U, 1001U}) {
      EXPECT_EQ(path_of<float>(usual, n), path_of<float>(held, n)) << id << ", " << n << " parameters";
      EXPECT_EQ(path_of<double>(usual, n), path_of<double>(held, n)) << id << ", " << n << " parameters";
    }
  }
}

}  // namespace
