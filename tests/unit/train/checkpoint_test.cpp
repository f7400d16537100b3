#include "train/checkpoint.hpp"

#include "data/data_source.hpp"
#include "run/in_process.hpp"
#include "run/worker_executor.hpp"
#include "train/openblas.hpp"
#include "trial/trial_bytes.hpp"
#include "unit/train/checkpoint_support.hpp"

#include <algorithm>

#include <gmock/gmock.h>

// A trial that goes on from a checkpoint ends as if it had never stopped, to the last bit.
namespace ravine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace ravine::testing;

/// Runs the trial without checkpoints, with them, and from each of them. Answers how many there were.
std::size_t expect_same_from_everywhere(trial_spec spec, const dataset* data = nullptr) {
  keeper plain;
  const amount every = spec.checkpoint_every.value();
  spec.checkpoint_every.reset();
  const trial_result expected = run_from(spec, plain, {}, data);
  EXPECT_THAT(plain.checkpoints, IsEmpty());
  spec.checkpoint_every = every;
  keeper first;
  EXPECT_EQ(bits_of(run_from(spec, first, {}, data)), bits_of(expected)) << "taking checkpoints changes it";
  for (std::size_t i = 0; i < first.checkpoints.size(); ++i) {
    keeper again;
    const trial_result result = run_from(spec, again, first.checkpoints[i], data);
    EXPECT_THAT(again.refused, IsEmpty());
    EXPECT_EQ(bits_of(result), bits_of(expected)) << "from checkpoint " << i;
    EXPECT_EQ(result.reason, expected.reason);
    EXPECT_EQ(again.reported, first.reported) << "evaluations before the checkpoint are told again";
    EXPECT_EQ(again.checkpoints.size(), first.checkpoints.size() - i - 1);
  }
  return first.checkpoints.size();
}

class checkpoint_of : public ::testing::TestWithParam<std::string> {};

TEST_P(checkpoint_of, an_optimizer_on_a_landscape_gives_the_same_bits) {
  EXPECT_EQ(expect_same_from_everywhere(noisy_valley(GetParam())), 6U);
}

TEST_P(checkpoint_of, an_optimizer_on_data_gives_the_same_bits) {
  EXPECT_EQ(expect_same_from_everywhere(network(GetParam()), &digits()), 4U);
}

INSTANTIATE_TEST_SUITE_P(every, checkpoint_of, ::testing::ValuesIn(optimizer_ids()),
                         [](const auto& each) { return each.param; });

TEST(checkpoint, keeps_what_schedules_have_observed) {
  trial_spec spec = noisy_valley("momentum");
  spec.evaluate.every = {2, cost_unit::steps};
  spec.checkpoint_every = amount{5, cost_unit::steps};
  spec.optimizer.schedules["lr"] = {stage("warmup", {}, amount{10, cost_unit::steps}),
                                    stage("plateau", {{"patience", std::int64_t{1}}})};
  keeper seen;
  const trial_result result = run_from(spec, seen);
  ASSERT_EQ(result.evaluations.size(), 21U) << result.reason;
  const double first = result.evaluations[6].metrics.at("value.lr");
  ASSERT_LT(result.evaluations.back().metrics.at("value.lr"), first) << "the plateau has an effect";
  EXPECT_EQ(expect_same_from_everywhere(spec), 7U);
}

TEST(checkpoint, keeps_a_path_that_was_thinned) {
  trial_spec spec = trial_of("rosenbrock", "adam", 5000);
  spec.checkpoint_every = amount{1111, cost_unit::steps};
  EXPECT_EQ(expect_same_from_everywhere(spec), 4U);
}

TEST(checkpoint, keeps_what_a_budget_of_evaluations_has_left) {
  trial_spec spec = trial_of("rosenbrock", "lbfgs", 1);
  spec.train.budget = {60, cost_unit::evaluations};
  spec.checkpoint_every = amount{3, cost_unit::steps};
  EXPECT_GT(expect_same_from_everywhere(spec), 2U);
}

TEST(checkpoint, leads_to_the_same_divergence) {
  trial_spec spec = trial_of("rosenbrock", "sgd", 100, {{"lr", 0.01}});
  spec.checkpoint_every = amount{1, cost_unit::steps};
  keeper seen;
  ASSERT_NE(run_from(spec, seen).status, trial_status::completed);
  EXPECT_GT(expect_same_from_everywhere(spec), 1U);
}

TEST(checkpoint, is_part_of_no_hash) {
  const trial_spec with = network("adam");
  trial_spec without = with;
  without.checkpoint_every.reset();
  EXPECT_EQ(content_hash(with), content_hash(without));
}

TEST(checkpoint, by_the_epoch_is_none_on_a_landscape) {
  trial_spec spec = noisy_valley("sgd");
  spec.checkpoint_every = amount{1, cost_unit::epochs};
  keeper seen;
  run_from(spec, seen);
  EXPECT_THAT(seen.checkpoints, IsEmpty());
}

/// A checkpoint after 30 of 40 steps.
bytes late_checkpoint(const trial_spec& spec) {
  keeper seen;
  run_from(spec, seen);
  return seen.checkpoints.at(4);
}

void expect_refused(const trial_spec& spec, const bytes& checkpoint, const std::string& why) {
  keeper seen, plain;
  const trial_result result = run_from(spec, seen, checkpoint);
  EXPECT_THAT(seen.refused, ElementsAre(HasSubstr(why)));
  EXPECT_EQ(bits_of(result), bits_of(run_from(spec, plain))) << "it begins at its start";
}

TEST(checkpoint, of_another_trial_is_refused) {
  const trial_spec spec = noisy_valley("adam");
  trial_spec other = spec;
  other.repetition = 1;
  expect_refused(other, late_checkpoint(spec), "is of another trial, or of other plugins");
}

TEST(checkpoint, of_another_build_of_a_plugin_is_refused) {
  const trial_spec spec = noisy_valley("adam");
  trial_spec other = spec;
  other.optimizer.optimizer.plugin_sha256 = "another";
  expect_refused(other, late_checkpoint(spec), "is of another trial, or of other plugins");
}

TEST(checkpoint, that_is_damaged_is_refused_wherever_it_is) {
  const trial_spec spec = noisy_valley("adam");
  const bytes whole = late_checkpoint(spec);
  for (std::size_t i = 0; i < whole.size(); i += 97) {
    bytes damaged = whole;
    damaged[i] ^= std::byte{1};
    keeper seen;
    run_from(spec, seen, damaged);
    EXPECT_EQ(seen.refused.size(), 1U) << "byte " << i;
    bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(i));
    keeper of_cut;
    run_from(spec, of_cut, cut);
    EXPECT_EQ(of_cut.refused.size(), i == 0 ? 0U : 1U) << "cut to " << i;
  }
  bytes damaged = whole;
  damaged[whole.size() / 2] ^= std::byte{1};
  expect_refused(spec, damaged, "is damaged");
}

TEST(checkpoint, of_another_version_is_refused) {
  const trial_spec spec = noisy_valley("adam");
  bytes newer = late_checkpoint(spec);
  newer[4] = std::byte{checkpoint_version + 1};
  expect_refused(spec, newer, "is of version 4, but this Ravine knows version 3");
}

TEST(checkpoint, of_another_blas_kernel_is_refused) {
  const trial_spec spec = noisy_valley("adam");
  byte_writer other = begin_checkpoint(content_hash(spec));
  other << std::string_view("OpenBLAS 9") << std::string_view("Pentium");
  seal_checkpoint(other);
  expect_refused(spec, {other.bytes().begin(), other.bytes().end()},
                 "was made with OpenBLAS 9 and its kernel Pentium, but this trial runs ");
}

TEST(checkpoint, whose_content_is_another_is_refused) {
  const trial_spec spec = noisy_valley("adam");
  late_checkpoint(spec);  // loads the plugins, and what they bring
  const blas_library blas = loaded_blas();
  byte_writer empty = begin_checkpoint(content_hash(spec));
  empty << std::string_view(blas.name) << std::string_view(blas.kernel) << trial_result() << std::uint64_t{0};
  seal_checkpoint(empty);
  expect_refused(spec, {empty.bytes().begin(), empty.bytes().end()}, "makes no sense: it ends too early");
}

/// Notes checkpoints, and gives the trial one to begin with.
class checkpoint_listener : public run_listener {
 public:
  explicit checkpoint_listener(kept_checkpoint from = {}) : from_(std::move(from)) {}

  void trial_began(const planned_trial&) override {}
  void trial_advanced(const planned_trial&, const cost&, std::uint64_t, double) override {}
  void trial_ended(const planned_trial&, const trial_result& ended) override { result = ended; }
  kept_checkpoint checkpoint_of(const planned_trial&) override { return from_; }
  void trial_checkpoint(const planned_trial&, std::span<const std::byte> state, double seconds) override {
    kept.push_back({{state.begin(), state.end()}, seconds});
  }
  void checkpoint_ignored(const planned_trial&, const std::string& why) override { ignored.push_back(why); }
  command next() override { return command::go_on; }

  trial_result result;
  std::vector<kept_checkpoint> kept;
  std::vector<std::string> ignored;

 private:
  kept_checkpoint from_;
};

struct checkpoint_executors : ::testing::Test {
  planned_trial trial{noisy_valley("adam"), "hash"};

  checkpoint_listener run(executor&& by, kept_checkpoint from = {}) const {
    checkpoint_listener listener(std::move(from));
    by.run(trial_list{trial}, listener);
    return listener;
  }
};

TEST_F(checkpoint_executors, pass_them_on_both_ways) {
  const checkpoint_listener here = run(in_process_executor(trial_plugins()));
  const checkpoint_listener there = run(worker_executor(trial_plugins(), 1));
  ASSERT_EQ(here.kept.size(), 6U);
  ASSERT_EQ(there.kept.size(), 6U);
  const checkpoint_listener here_again = run(in_process_executor(trial_plugins()), there.kept[3]);
  const checkpoint_listener there_again = run(worker_executor(trial_plugins(), 1), here.kept[3]);
  for (const checkpoint_listener& each : {here_again, there_again}) {
    EXPECT_EQ(bits_of(each.result), bits_of(here.result));
    EXPECT_EQ(each.kept.size(), 2U);
    EXPECT_THAT(each.ignored, IsEmpty());
  }
}

TEST_F(checkpoint_executors, say_why_one_is_refused) {
  const kept_checkpoint none{bytes(200), 0};
  EXPECT_THAT(run(in_process_executor(trial_plugins()), none).ignored,
              ElementsAre("is none; the trial begins at its start"));
  EXPECT_THAT(run(worker_executor(trial_plugins(), 1), none).ignored,
              ElementsAre("is none; the trial begins at its start"));
}

TEST_F(checkpoint_executors, count_the_seconds_before) {
  const kept_checkpoint late{run(worker_executor(trial_plugins(), 1)).kept[0].bytes, 1000};
  for (const checkpoint_listener& each :
       {run(in_process_executor(trial_plugins()), late), run(worker_executor(trial_plugins(), 1), late)}) {
    ASSERT_EQ(each.kept.size(), 5U);
    EXPECT_GE(each.kept[0].seconds, 1000);
    EXPECT_LT(each.kept[0].seconds, 1100);
  }
}

}  // namespace
}  // namespace ravine
