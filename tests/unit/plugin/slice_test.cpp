#include "plugin/slice.hpp"

#include "plugin/memory.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace ravine {
namespace {

struct whole_step {
  whole_step() {
    layout.add("x", RV_ROLE_COORDINATE, {10});
    for (const rv_dtype type : {RV_F32, RV_F64}) {
      state.add({.struct_size = sizeof(rv_state_array),
                 .dtype = type,
                 .name = type == RV_F32 ? "single" : "double",
                 .count = 10,
                 .flags = 0});
    }
    step.n = 10;
    step.step = 7;
    step.params = params.data();
    step.grads = grads.data();
    step.state = state.pointers();
  }

  parameter_layout layout{RV_F32};
  plugin_state state;
  std::vector<float> params = std::vector<float>(10), grads = std::vector<float>(10);
  rv_step step{};
};

TEST(slice, moves_every_array_by_elements_of_its_own_type) {
  whole_step whole;
  std::vector<void*> pointers(2);
  const rv_step part = slice(whole.step, 3, 5, whole.layout, whole.state, pointers);
  EXPECT_EQ(part.offset, 3U);
  EXPECT_EQ(part.n, 5U);
  EXPECT_EQ(part.step, 7U);
  EXPECT_EQ(part.params, whole.params.data() + 3);
  EXPECT_EQ(part.grads, whole.grads.data() + 3);
  EXPECT_EQ(part.state[0], static_cast<float*>(whole.step.state[0]) + 3);
  EXPECT_EQ(part.state[1], static_cast<double*>(whole.step.state[1]) + 3);
}

TEST(slice, of_a_slice_counts_from_its_beginning) {
  whole_step whole;
  std::vector<void*> outer(2), inner(2);
  const rv_step part = slice(whole.step, 3, 5, whole.layout, whole.state, outer);
  const rv_step smaller = slice(part, 2, 1, whole.layout, whole.state, inner);
  EXPECT_EQ(smaller.offset, 5U);
  EXPECT_EQ(smaller.params, whole.params.data() + 5);
  EXPECT_EQ(smaller.state[1], static_cast<double*>(whole.step.state[1]) + 5);
}

}  // namespace
}  // namespace ravine
