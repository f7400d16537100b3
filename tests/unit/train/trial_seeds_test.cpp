#include "data/digits.hpp"
#include "data/shared_dataset.hpp"
#include "trial/streams.hpp"
#include "unit/trial_support.hpp"

#include <algorithm>
#include <bit>
#include <set>

#include <gmock/gmock.h>

// Where randomness comes from: paired between optimizers, different between repetitions, the same again.
namespace ravine {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using namespace ravine::testing;

/// What log_rows sees of the randomness: the start and the batches.
std::vector<std::string> randomness(const std::string& optimizer, std::uint64_t repetition,
                                    std::uint64_t seed = 1, std::uint64_t batch_size = 4, double steps = 6) {
  const dataset data = labelled_rows(10);
  trial_spec spec = trial_of("log_rows", optimizer, steps);
  spec.train.batch_size = batch_size;
  spec.repetition = repetition;
  spec.seed = seed;
  const std::vector<std::string> log = run_logged(spec, &data).second;
  std::vector<std::string> seen = beginning_with("init", log);
  for (const std::string& batch : beginning_with("loss and gradient train", log)) seen.push_back(batch);
  return seen;
}

/// The rows of each training batch, in order.
std::vector<std::vector<int>> batches(std::uint64_t batch_size, double steps,
                                      const std::string& optimizer = "sgd") {
  std::vector<std::vector<int>> all;
  for (const std::string& line : randomness(optimizer, 0, 1, batch_size, steps)) {
    const auto begin = line.find("rows=");
    if (begin == std::string::npos) continue;
    std::istringstream rows(line.substr(begin + 5, line.find(' ', begin) - begin - 5));
    std::vector<int>& batch = all.emplace_back();
    for (std::string row; std::getline(rows, row, ',');) batch.push_back(std::stoi(row));
  }
  return all;
}

TEST(trial_seeds, all_optimizers_of_a_repetition_meet_the_same_start_and_batches) {
  const auto of_sgd = randomness("sgd", 0);
  ASSERT_THAT(of_sgd, SizeIs(7));
  EXPECT_EQ(of_sgd, randomness("momentum", 0));
  EXPECT_EQ(of_sgd, randomness("adam", 0));
}

TEST(trial_seeds, repetitions_and_experiments_differ) {
  const auto first = randomness("sgd", 0);
  const auto second = randomness("sgd", 1);
  const auto other = randomness("sgd", 0, 2);
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_NE(first[i], second[i]);
    EXPECT_NE(first[i], other[i]);
  }
}

TEST(trial_seeds, streams_are_told_apart_by_all_that_names_them) {
  std::set<std::uint64_t> seeds;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    for (std::uint64_t repetition = 0; repetition < 10; ++repetition) {
      for (const char* stream : {"init", "batches", "noise", "optimizer", ""}) {
        seeds.insert(stream_seed(seed, repetition, stream));
      }
    }
  }
  EXPECT_EQ(seeds.size(), 500U);
  EXPECT_NE(stream_seed(1, 0, "init"), stream_seed(0, 1, "init"));
  EXPECT_NE(step_seed(1, 2), step_seed(2, 1));
}

TEST(trial_seeds, do_not_change_from_release_to_release) {
  EXPECT_EQ(stream_seed(1, 0, "init"), 0x3a20ac107a50b8e5U);
  EXPECT_EQ(step_seed(1, 2), 0xe06dd043328bd285U);
}

TEST(trial_batches, each_epoch_visits_every_row_once_in_a_new_order) {
  const auto all = batches(4, 6);
  ASSERT_THAT(all, SizeIs(6));
  std::vector<std::vector<int>> epochs(2);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_THAT(all[i], SizeIs(i % 3 == 2 ? 2 : 4)) << "the last short batch is kept";
    epochs[i / 3].insert(epochs[i / 3].end(), all[i].begin(), all[i].end());
  }
  EXPECT_NE(epochs[0], epochs[1]);
  for (std::vector<int>& epoch : epochs) {
    std::sort(epoch.begin(), epoch.end());
    EXPECT_THAT(epoch, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  }
}

TEST(trial_batches, of_one_example) {
  const auto all = batches(1, 20);
  ASSERT_THAT(all, SizeIs(20));
  for (const auto& batch : all) EXPECT_THAT(batch, SizeIs(1));
}

TEST(trial_batches, full_and_larger_than_the_data_are_the_whole_set) {
  for (const std::uint64_t size : {0U, 10U, 128U}) {
    const auto all = batches(size, 2);
    ASSERT_THAT(all, SizeIs(2));
    EXPECT_THAT(all[0], ::testing::UnorderedElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  }
}

TEST(trial_batches, that_divide_the_data_leave_no_short_one) {
  for (const auto& batch : batches(5, 4)) EXPECT_THAT(batch, SizeIs(5));
}

TEST(trial_batches, noise_differs_from_step_to_step) {
  std::set<std::string> seeds;
  for (const std::string& line : randomness("sgd", 0, 1, 0, 5)) {
    if (const auto at = line.find("seed="); at != std::string::npos) seeds.insert(line.substr(at));
  }
  EXPECT_THAT(seeds, SizeIs(5));
}

/// An mlp with dropout on drawn digits: every stream of randomness at work.
trial_spec small_net(dtype type) {
  trial_spec spec = trial_of("mlp", "adam", 1, {{"lr", 0.01}},
                             {{"hidden", std::vector<std::int64_t>{16}}, {"dropout", 0.2}});
  spec.problem.type = type;
  spec.train.budget = {2, cost_unit::epochs};
  spec.train.batch_size = 32;
  spec.train.clip.norm = 1.0;
  spec.evaluate.every = {0.5, cost_unit::epochs};
  return spec;
}

bool same_bits(const trial_result& a, const trial_result& b) {
  const auto same = [](const evaluation& x, const evaluation& y) {
    return x.at.steps == y.at.steps && std::equal(x.metrics.begin(), x.metrics.end(), y.metrics.begin(),
                                                  y.metrics.end(), [](const auto& m, const auto& n) {
                                                    return m.first == n.first &&
                                                           std::bit_cast<std::uint64_t>(m.second) ==
                                                               std::bit_cast<std::uint64_t>(n.second);
                                                  });
  };
  return std::equal(a.evaluations.begin(), a.evaluations.end(), b.evaluations.begin(), b.evaluations.end(),
                    same);
}

TEST(trial_seeds, two_runs_are_bitwise_equal) {
  const dataset digits = share_dataset(make_digits({200, 50, 50, 1}));
  for (const dtype type : {dtype::f32, dtype::f64}) {
    const trial_spec spec = small_net(type);
    const trial_result first = run(spec, &digits);
    EXPECT_EQ(first.status, trial_status::completed) << first.reason;
    EXPECT_THAT(first.evaluations, SizeIs(5));
    EXPECT_TRUE(same_bits(first, run(spec, &digits)));
    trial_spec other = spec;
    other.repetition = 1;
    EXPECT_FALSE(same_bits(first, run(other, &digits)));
  }
}

TEST(trial_seeds, single_and_double_precision_tell_about_the_same) {
  const dataset digits = share_dataset(make_digits({200, 50, 50, 1}));
  const auto last = [&](dtype type) { return run(small_net(type), &digits).evaluations[1].metrics; };
  const auto single = last(dtype::f32);
  const auto both = last(dtype::f64);
  EXPECT_NEAR(single.at("validation_loss"), both.at("validation_loss"), 1e-3);
  EXPECT_NE(single.at("validation_loss"), both.at("validation_loss"));
}

TEST(trial_memory, state_is_measured_as_allocated) {
  const auto bytes = [](const char* optimizer, dtype type) {
    trial_spec spec = trial_of("c_bowl", optimizer, 1, {}, {{"n", std::int64_t{5}}});
    spec.problem.type = type;
    const trial_result result = run(spec);
    EXPECT_EQ(result.parameters, 5U);
    return result.state_bytes;
  };
  EXPECT_EQ(bytes("sgd", dtype::f64), 0U);
  EXPECT_EQ(bytes("momentum", dtype::f64), 40U);
  EXPECT_EQ(bytes("adam", dtype::f64), 80U);
  EXPECT_EQ(bytes("adam", dtype::f32), 40U);
}

TEST(trial_memory, state_of_another_type_is_measured_too) {
  trial_spec spec = trial_of("log_bowl", "log_optimizer", 1);
  spec.problem.type = dtype::f32;
  EXPECT_EQ(run_logged(spec).first.state_bytes, 2 * 4 + 8U);
}

}  // namespace
}  // namespace ravine
