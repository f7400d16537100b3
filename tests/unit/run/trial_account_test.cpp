#include "run/trial_account.hpp"

#include "compare/comparison.hpp"
#include "compare/comparison_json.hpp"
#include "process/message.hpp"
#include "trial/curve_text.hpp"
#include "trial/trial_bytes.hpp"
#include "unit/store/store_support.hpp"

#include <array>
#include <bit>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// What a trial notes of itself is believed as far as a trial could have noted it.
namespace ravine {
namespace {

using ::testing::HasSubstr;
using testing::trial_named;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

/// What a trial has noted, without a process. Whoever changes it is the plugin that wrote over it.
class noted_trial : public running_trial {
 public:
  template <class... Values>
  void note(message_kind kind, const Values&... values) {
    byte_writer body, entry;
    (body << ... << values);
    entry << kind;
    entry.put(body.bytes(), body.bytes().size());
    notes.insert(notes.end(), entry.bytes().begin(), entry.bytes().end());
  }

  std::span<const std::byte> log() const override { return notes; }
  double seconds() const override { return 1; }
  std::optional<bool> saw_oom_kill() const override { return false; }
  const blas_library& blas() const override { return blas_; }

  std::vector<std::byte> notes;

 private:
  blas_library blas_{"OpenBLAS", "Haswell"};
};

/// Of 20 steps over a landscape with a target, evaluated at its start and its end.
planned_trial small_trial(std::uint64_t repetition = 0) {
  planned_trial trial = trial_named("adam", repetition);
  trial.spec.train.budget = {20, cost_unit::steps};
  trial.spec.evaluate.every = {20, cost_unit::steps};
  return trial;
}

std::vector<evaluation> small_curve() {
  return {{{}, {{"gap", 2}, {"loss", 3}}}, {{20, 20, 0, 0.5, 0.25}, {{"gap", 0.5}, {"loss", 1.5}}}};
}

trial_result small_result() {
  trial_result result;
  result.status = trial_status::reached_target;
  result.spent = {20, 20, 0, 0.5, 0.25};
  result.parameters = 2;
  result.state_bytes = 32;
  result.target_reached_at = {
      .steps = 20, .evaluations = 20, .epochs = 0, .gradient_seconds = 0.5, .optimizer_seconds = 0.25};
  result.path = {2, {0, 20}, {0, 20}, {1, 2, 3, 4}, {3, 1.5}};
  return result;
}

/// All that small_trial notes.
noted_trial whole_notes() {
  noted_trial all;
  all.note(message_kind::made, std::uint64_t{2}, std::uint64_t{32}, std::uint64_t{0});
  for (const evaluation& each : small_curve()) all.note(message_kind::evaluated, each);
  all.note(message_kind::curve, curve_points(small_curve()));
  all.note(message_kind::ended, small_result());
  return all;
}

class silent_listener : public run_listener {
 public:
  void trial_began(const planned_trial&) override {}
  void trial_advanced(const planned_trial&, const cost&, std::uint64_t, double) override {}
  void trial_ended(const planned_trial&, const trial_result&) override {}
  command next() override { return command::go_on; }
};

struct account_of {
  explicit account_of(noted_trial said) : process(std::move(said)) {}

  trial_result ended() { return account.ended(process_end{}); }
  /// Why the notes are refused; "" if they are not.
  std::string refusal() {
    try {
      ended();
      return "";
    } catch (const bytes_error& why) {
      return why.what();
    }
  }

  planned_trial trial = small_trial();
  noted_trial process;
  silent_listener listener;
  trial_account account{trial, process, listener};
};

TEST(trial_account, gives_the_result_that_was_noted) {
  const trial_result result = account_of(whole_notes()).ended();
  EXPECT_EQ(result.status, trial_status::reached_target);
  EXPECT_EQ(result.spent, small_result().spent);
  EXPECT_EQ(result.target_reached_at, small_result().target_reached_at);
  EXPECT_EQ(result.path.points, small_result().path.points);
  ASSERT_EQ(result.evaluations.size(), 2U);
  EXPECT_EQ(result.evaluations[1].metrics, small_curve()[1].metrics);
  EXPECT_EQ(result.curve_points, curve_points(small_curve()));
  EXPECT_EQ(result.blas.name, "OpenBLAS");
}

TEST(trial_account, keeps_what_was_noted_before_a_crash) {
  noted_trial said;
  said.note(message_kind::made, std::uint64_t{2}, std::uint64_t{32}, std::uint64_t{0});
  said.note(message_kind::evaluated, small_curve()[0]);
  const trial_result result = account_of(std::move(said)).account.ended({.signal = SIGABRT});
  EXPECT_EQ(result.status, trial_status::crashed);
  EXPECT_EQ(result.reason, "SIGABRT");
  EXPECT_EQ(result.parameters, 2U);
  EXPECT_EQ(result.evaluations.size(), 1U);
}

/// Costs that no trial of a second has.
const std::vector<std::pair<const char*, cost>> impossible_costs{
    {"steps", {.steps = std::uint64_t{1} << 63U}},
    {"steps", {.steps = 20, .evaluations = std::numeric_limits<std::uint64_t>::max()}},
    {"epochs", {.steps = 20, .epochs = nan}},
    {"epochs", {.steps = 20, .epochs = -1}},
    {"epochs", {.steps = 20, .epochs = infinity}},
    {"of computing", {.steps = 20, .gradient_seconds = nan}},
    {"of computing", {.steps = 20, .gradient_seconds = -1}},
    {"of computing", {.steps = 20, .gradient_seconds = 3}},
    {"of computing", {.steps = 20, .optimizer_seconds = nan}},
    {"of computing", {.steps = 20, .optimizer_seconds = -1}},
    {"of computing", {.steps = 20, .gradient_seconds = 1.5, .optimizer_seconds = 1.5}}};

TEST(trial_account, refuses_evaluations_at_costs_that_no_trial_has) {
  for (const auto& [words, at] : impossible_costs) {
    noted_trial said;
    said.note(message_kind::evaluated, evaluation{at, {{"loss", 1}}});
    account_of told(std::move(said));
    EXPECT_THAT(told.refusal(), HasSubstr(words));
    const trial_result result = told.account.cut_off(trial_status::crashed, "forged");
    EXPECT_EQ(result.spent, cost{}) << "what is refused is not kept";
    EXPECT_TRUE(result.evaluations.empty());
  }
}

TEST(trial_account, refuses_results_with_costs_that_no_trial_has) {
  for (const auto& [words, at] : impossible_costs) {
    trial_result spent = small_result(), reached = small_result();
    spent.spent = at;
    reached.target_reached_at = at;
    for (const trial_result& forged : {spent, reached}) {
      noted_trial said;
      said.note(message_kind::ended, forged);
      EXPECT_THAT(account_of(std::move(said)).refusal(), HasSubstr(words));
    }
  }
}

TEST(trial_account, refuses_what_does_not_go_together) {
  const auto refusal = [](const std::function<void(noted_trial&)>& note) {
    noted_trial said;
    note(said);
    return account_of(std::move(said)).refusal();
  };
  EXPECT_THAT(refusal([](noted_trial& said) {
                trial_result late = small_result();
                late.target_reached_at->steps = 21;
                said.note(message_kind::ended, late);
              }),
              HasSubstr("target is reached after its end"));
  EXPECT_THAT(refusal([](noted_trial& said) {
                trial_result result = small_result();
                result.reason = "\xff";
                said.note(message_kind::ended, result);
              }),
              HasSubstr("UTF-8"));
  EXPECT_THAT(refusal([](noted_trial& said) {
                said.note(message_kind::evaluated, evaluation{{.steps = 20}, {{"\xff", 1}}});
              }),
              HasSubstr("UTF-8"));
  EXPECT_THAT(refusal([](noted_trial& said) {
                said.note(message_kind::evaluated, small_curve()[1]);
                said.note(message_kind::evaluated, small_curve()[1]);
              }),
              HasSubstr("at step 20 follows one at step 20"));
  EXPECT_THAT(refusal([](noted_trial& said) {
                for (std::uint64_t step = 0; step < 5; ++step)
                  said.note(message_kind::evaluated, evaluation{{.steps = step}, {{"loss", 1}}});
              }),
              HasSubstr("more evaluations than the trial has"));
  EXPECT_THAT(refusal([](noted_trial& said) {
                said.note(message_kind::ended, small_result());
                said.note(message_kind::evaluated, small_curve()[1]);
              }),
              HasSubstr("follows the result"));
  EXPECT_THAT(refusal([](noted_trial& said) {
                said.note(message_kind::evaluated, small_curve()[1]);
                trial_result short_of = small_result();
                short_of.spent.steps = 19;
                said.note(message_kind::ended, short_of);
              }),
              HasSubstr("steps go back"));
}

TEST(trial_account, quotes_what_a_plugin_wrote_without_its_control_characters) {
  account_of told{noted_trial()};
  const trial_result result = told.account.cut_off(trial_status::crashed, "SIGABRT\n  step\x1b[2J (\xff.so)");
  EXPECT_EQ(result.reason, "SIGABRT\n  step\\x1b[2J (\\xff.so)");
}

/// One after another, each word of the notes, at any offset, becomes a value that nobody expects.
TEST(trial_account, believes_nothing_that_can_not_be_stored_read_and_compared) {
  const std::array words{std::bit_cast<std::uint64_t>(nan),
                         std::bit_cast<std::uint64_t>(infinity),
                         std::bit_cast<std::uint64_t>(-1.0),
                         std::uint64_t{1} << 63U,
                         ~std::uint64_t{0} >> 1U,
                         ~std::uint64_t{0},
                         std::uint64_t{0},
                         std::uint64_t{1}};
  const noted_trial whole = whole_notes();
  std::vector<trial_result> believed;
  std::set<std::string> known;
  for (std::size_t at = 0; at + sizeof words[0] <= whole.notes.size(); ++at) {
    for (const std::uint64_t word : words) {
      noted_trial said = whole;
      std::memcpy(said.notes.data() + at, &word, sizeof word);
      for (const process_end& how : {process_end{}, process_end{.signal = SIGABRT}}) {
        account_of told(said);
        trial_result result;
        try {
          result = told.account.ended(how);
        } catch (const bytes_error& why) {
          result = told.account.cut_off(trial_status::crashed, why.what());
        }
        byte_writer bytes;
        bytes << result << result.curve_points;
        for (const evaluation& each : result.evaluations) bytes << each;
        const auto* const begin = reinterpret_cast<const char*>(bytes.bytes().data());
        if (known.emplace(begin, bytes.bytes().size()).second) believed.push_back(std::move(result));
      }
    }
  }
  EXPECT_GT(believed.size(), 100U) << "an index, a loss or a size in bytes may have any value";

  const testing::plugin_folder folder;
  const auto file = folder.path() / "results.db";
  std::vector<planned_trial> trials;
  for (std::uint64_t i = 0; i < believed.size(); ++i) trials.push_back(small_trial(i));
  store results = store::open(file);
  results.begin(testing::plan_of(trials));
  for (std::size_t i = 0; i < trials.size(); ++i) results.save(trials[i], believed[i], testing::origin);
  const std::vector<stored_trial> read = results.trials();
  ASSERT_EQ(read.size(), believed.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].result.status, believed[i].status);
    EXPECT_EQ(read[i].result.spent, believed[i].spent);
    EXPECT_EQ(read[i].result.evaluations.size(), believed[i].evaluations.size());
    EXPECT_EQ(results.trajectory_of(read[i].id).steps, believed[i].path.steps);
  }
  EXPECT_FALSE(to_json(compare(read)).dump().empty());
}

}  // namespace
}  // namespace ravine
