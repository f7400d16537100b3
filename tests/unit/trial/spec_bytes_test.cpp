#include "trial/spec_bytes.hpp"

#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace ravine {
namespace {

/// Every field differs from its default.
trial_spec full_spec() {
  trial_spec spec;
  spec.problem.label = "net";
  spec.problem.model = {
      "mlp", {{"hidden", std::vector<std::int64_t>{8, 4}}, {"activation", std::string("relu")}}, "aa"};
  spec.problem.data = data_request{"digits", {{"train", std::int64_t{200}}}, "a digest"};
  spec.problem.type = dtype::f64;
  spec.problem.start = std::vector<double>{-1.5, std::numeric_limits<double>::denorm_min()};
  spec.problem.instance = {true, true};
  spec.problem.gradient_noise = 0.1;
  spec.optimizer.label = "mine";
  spec.optimizer.optimizer = {"adam", {{"lr", 1e-3}, {"amsgrad", true}}, "bb"};
  spec.optimizer.schedules["lr"] = {{{"warmup", {}, "cc"}, amount{5, cost_unit::steps}, schedule_unit::epoch},
                                    {{"cosine", {{"min", 0.1}}, "dd"}, {}, {}}};
  spec.point = {{"lr", 1e-3}};
  spec.train = {{7, cost_unit::steps}, 32, {1.0, 2.0}, 256, amount{3, cost_unit::steps}};
  spec.evaluate = {{2, cost_unit::steps}, target_spec{"validation_loss", 0.5, {2, 1}}, true};
  spec.limits = {4.5, 1 << 20};
  spec.threads = 2;
  spec.checkpoint_every = amount{11, cost_unit::epochs};
  spec.checkpoint_at_end = true;
  spec.seed = 99;
  spec.repetition = std::uint64_t{1} << 32U;
  return spec;
}

TEST(spec_bytes, bring_back_every_field) {
  const trial_spec before = full_spec();
  const trial_spec after = spec_from_bytes(to_bytes(before));
  EXPECT_EQ(to_json(after), to_json(before)) << "what the outcome depends on";
  // And the rest:
  EXPECT_EQ(after.problem.label, "net");
  EXPECT_EQ(after.optimizer.label, "mine");
  EXPECT_EQ(after.point, before.point);
  EXPECT_EQ(after.problem.start, before.problem.start);
  EXPECT_EQ(after.evaluate.target, before.evaluate.target);
  EXPECT_EQ(after.limits.seconds, 4.5);
  EXPECT_EQ(after.limits.memory, std::uint64_t{1} << 20U);
  EXPECT_EQ(after.checkpoint_every, before.checkpoint_every);
  EXPECT_TRUE(after.checkpoint_at_end);
  EXPECT_EQ(after.optimizer.schedules, before.optimizer.schedules);
  EXPECT_EQ(to_bytes(after), to_bytes(before));
}

TEST(spec_bytes, are_refused_where_anything_is_missing_or_left) {
  std::vector<std::byte> bytes = to_bytes(full_spec());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(spec_from_bytes(std::span(bytes).first(size)), bytes_error) << size;
  }
  bytes.push_back(std::byte{0});
  EXPECT_THROW(spec_from_bytes(bytes), bytes_error);
}

}  // namespace
}  // namespace ravine
