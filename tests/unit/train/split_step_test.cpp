#include "train/split_step.hpp"

#include "unit/plugins/model_support.hpp"

#include <atomic>
#include <stdexcept>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace ravine;
using namespace ravine::testing;

TEST(thread_team, runs_every_part_once_a_round) {
  thread_team team(3);
  std::vector<std::atomic<int>> calls(3);
  for (int round = 0; round < 1000; ++round) team.run([&](std::size_t part) { ++calls[part]; });
  for (const auto& each : calls) EXPECT_EQ(each, 1000);
}

TEST(thread_team, passes_a_failure_on_and_works_again) {
  thread_team team(2);
  for (const std::size_t bad : {0U, 1U}) {
    EXPECT_THROW(team.run([&](std::size_t part) {
      if (part == bad) throw std::runtime_error("on purpose");
    }),
                 std::runtime_error);
  }
  std::atomic<int> calls = 0;
  team.run([&](std::size_t) { ++calls; });
  EXPECT_EQ(calls, 2);
}

/// The parameters after five steps.
template <class T>
std::vector<T> steps_on(const component& which, std::size_t n, std::size_t threads) {
  const vector_layout layout(dtype_of<T>, n);
  optimizer rule(which, layout, which.complete({}));
  aligned_array params(dtype_of<T>, n, "the parameters");
  const std::vector<T> start = random_numbers<T>(n, 1), grads = random_numbers<T>(n, 1, 2);
  std::copy(start.begin(), start.end(), params.as<T>().begin());
  rv_step step{};
  step.struct_size = sizeof step;
  step.n = n;
  step.params = params.data();
  step.state = rule.state().pointers();
  step.values = rule.base_values().data();
  rule.init_state(step);
  split_step split(rule, layout, threads);
  step.grads = grads.data();
  for (step.step = 1; step.step <= 5; ++step.step) split(step);
  return {params.as<T>().begin(), params.as<T>().end()};
}

template <class T>
std::vector<T> steps_on(const char* id, std::size_t n, std::size_t threads) {
  return steps_on<T>(shipped_plugins().get(component_kind::optimizer, id), n, threads);
}

TEST(split_step, has_the_same_bits_on_any_number_of_threads) {
  for (const std::size_t n :
       {2 * split_step::least_part, 3 * split_step::least_part + 17, std::size_t{1000}}) {
    for (const char* id : {"sgd", "adam", "rprop", "muon"}) {
      const std::vector<float> whole = steps_on<float>(id, n, 1);
      for (const std::size_t threads : {2U, 3U, 8U}) {
        EXPECT_EQ(steps_on<float>(id, n, threads), whole) << id << ", " << n << " on " << threads;
      }
    }
    EXPECT_EQ(steps_on<double>("adam", n, 3), steps_on<double>("adam", n, 1));
  }
}

TEST(split_step, splits_state_by_its_own_type) {
  const registry loaded = load_test_object("c_double_momentum");
  const component& momentum = loaded.get(component_kind::optimizer, "c_double_momentum");
  const std::size_t n = 2 * split_step::least_part + 17;
  EXPECT_EQ(steps_on<float>(momentum, n, 2), steps_on<float>(momentum, n, 1));
  EXPECT_EQ(steps_on<double>(momentum, n, 2), steps_on<double>(momentum, n, 1));
}

}  // namespace
