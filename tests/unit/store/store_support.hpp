#pragma once

#include "store/store.hpp"
#include "unit/plugin_support.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <ios>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <SQLiteCpp/Database.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine::testing {

inline const provenance origin{"a cpu", "a build", 2, 8};

inline planned_trial trial_named(const std::string& optimizer, std::uint64_t repetition = 0) {
  planned_trial trial;
  trial.spec.problem.label = "valley";
  trial.spec.problem.model = {"rosenbrock", {{"dimension", std::int64_t{2}}}, "model hash"};
  trial.spec.optimizer.label = optimizer;
  trial.spec.optimizer.optimizer = {"adam", {{"lr", 0.1}}, "optimizer hash"};
  trial.spec.point = {{"lr", 0.1}, {"nesterov", true}};
  trial.shares = {{"lr", 0.25}};
  trial.spec.evaluate.target = target_spec{"loss", 0.125, {10, 0.1 + 0.2}};
  trial.spec.repetition = repetition;
  trial.hash = fmt::format("{} {}", optimizer, repetition);
  return trial;
}

inline trial_result full_result() {
  trial_result result;
  result.status = trial_status::diverged;
  result.reason = "the loss is nan at step 8";
  result.spent = {7, 14, 0.7, 1.25, 0.1};
  result.parameters = 2;
  result.state_bytes = 32;
  result.scratch_bytes = 48;
  result.target_reached_at = cost{5, 10, 0.5, 1.0, 0.05};
  result.evaluations = {{{0, 0, 0, 0, 0}, {{"loss", 24.2}}},
                        {{5, 10, 0.5, 1, 0.05}, {{"loss", 1.0 / 3}, {"value.lr", 0.1}}},
                        {{7, 14, 0.7, 1.25, 0.1}, {{"loss", std::nan("")}, {"gradient_norm", INFINITY}}}};
  result.path = {2, {0, 5, 7}, {0, 10, 14}, {-1.2, 1, 0.1, 0.2, 1e300, -0.0}, {24.2, 1.0 / 3, INFINITY}};
  return result;
}

inline plan plan_of(std::vector<planned_trial> trials) {
  plan all;
  all.name = "e";
  all.manifest = "name: e";
  all.trials = std::move(trials);
  return all;
}

inline void expect_same(const cost& a, const cost& b) {
  EXPECT_EQ(a.steps, b.steps);
  EXPECT_EQ(a.evaluations, b.evaluations);
  EXPECT_EQ(a.epochs, b.epochs);
  EXPECT_EQ(a.gradient_seconds, b.gradient_seconds);
  EXPECT_EQ(a.optimizer_seconds, b.optimizer_seconds);
}

/// That of full_result().
inline void expect_full_curve(const std::vector<evaluation>& curve) {
  const std::vector<evaluation> whole = full_result().evaluations;
  ASSERT_EQ(curve.size(), whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    expect_same(curve[i].at, whole[i].at);
    EXPECT_EQ(curve[i].metrics.size(), whole[i].metrics.size());
  }
  EXPECT_EQ(curve[1].metrics, whole[1].metrics);
  EXPECT_TRUE(std::isnan(curve[2].metrics.at("loss")));
  EXPECT_EQ(curve[2].metrics.at("gradient_norm"), INFINITY);
}

/// A results file in a folder of its own.
struct results_file_test : ::testing::Test {
  plugin_folder folder;
  std::filesystem::path file = folder.path() / "results.db";

  /// A file with one trial in it.
  void make() const {
    store results = store::open(file);
    const planned_trial trial = trial_named("adam");
    results.begin(plan_of({trial}));
    results.save(trial, full_result(), origin);
  }
  /// What opening, or another use, says is wrong.
  std::string fault_of(const std::function<void()>& use) const {
    try {
      use();
    } catch (const store_error& problem) {
      EXPECT_THAT(problem.what(), ::testing::StartsWith(file.string() + ": "));
      return problem.what();
    }
    return "nothing is wrong";
  }
  std::string fault_of_reading() const {
    return fault_of([&] {
      for (const stored_trial& each : store::open_read_only(file).trials()) EXPECT_EQ(each.problem, "valley");
    });
  }
  std::string fault_of_writing() const {
    return fault_of([&] { store::open(file); });
  }
  void execute(const std::string& sql) const {
    SQLite::Database(file.string(), SQLite::OPEN_READWRITE).exec(sql);
  }
  void write_bytes(std::streamoff at, const std::string& bytes) const {
    std::fstream raw(file, std::ios::binary | std::ios::in | std::ios::out);
    raw.seekp(at);
    raw << bytes;
  }
};

inline std::vector<std::byte> bytes_of(const std::string& text) {
  const auto view = std::as_bytes(std::span(text));
  return {view.begin(), view.end()};
}

}  // namespace ravine::testing
