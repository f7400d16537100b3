#include "data/gzip.hpp"
#include "report/landscape_image.hpp"
#include "report/packed_text.hpp"
#include "report/report_document.hpp"
#include "report/short_numbers.hpp"
#include "unit/compare/compare_support.hpp"
#include "unit/trial_support.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>

namespace ravine {
namespace {

TEST(short_numbers, keep_six_digits_and_write_whole_numbers_whole) {
  EXPECT_EQ(short_number(0.1234567), 0.123457);
  EXPECT_EQ(short_number(1.23456789e-30), 1.23457e-30);
  EXPECT_EQ(short_number(-9.9999996), -10);
  const std::vector<double> values{0, 1200, -3, 0.5, 2.0 / 3};
  EXPECT_EQ(short_numbers(values).dump(), "[0,1200,-3,0.5,0.666667]");
}

TEST(short_numbers, write_null_where_a_number_is_not_finite) {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<double> values{infinity, -infinity, std::nan("")};
  EXPECT_EQ(short_numbers(values).dump(), "[null,null,null]");
}

std::string unpacked(const std::string& packed) {
  std::vector<unsigned char> bytes(packed.size());
  const int length = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(packed.data()),
                                     static_cast<int>(packed.size()));
  std::size_t padding = 0;
  while (padding < packed.size() && packed[packed.size() - 1 - padding] == '=') ++padding;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  std::string text;
  inflate_gzip(std::as_bytes(std::span(bytes)), "packed", [&](std::span<const std::byte> piece) {
    text.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  });
  return text;
}

TEST(packed_text, reads_back_and_is_the_same_each_time) {
  std::string text = "a text \xc3\xa9 with ";
  for (int i = 0; i < 10'000; ++i) text += std::to_string(i);
  EXPECT_EQ(unpacked(packed_text(text)), text);
  EXPECT_EQ(unpacked(packed_text("")), "");
  EXPECT_EQ(unpacked(packed_text("ab")), "ab");
  EXPECT_EQ(packed_text(text), packed_text(text));
  EXPECT_LT(packed_text(text).size(), text.size());
}

using testing::shipped_plugins;

trial_spec rosenbrock() { return testing::trial_of("rosenbrock", "sgd", 1); }

TEST(landscape_image, holds_the_function_at_the_middle_of_each_cell) {
  const image_frame frame{{-2, -1}, {2, 3}};
  const auto image = draw_landscape(rosenbrock(), shipped_plugins(), 4, frame);
  ASSERT_TRUE(image);
  ASSERT_EQ(image->losses.size(), 16U);
  const double x = -1.5;  // the first of four columns from -2 to 2
  const double y = 0.5;   // the second row
  EXPECT_DOUBLE_EQ(image->losses[4], 100 * std::pow(y - x * x, 2) + std::pow(1 - x, 2));
  ASSERT_EQ(image->minima.size(), 1U);
  EXPECT_EQ(image->minima[0], (std::array<double, 2>{1, 1}));
  EXPECT_EQ(image->start, (std::array<double, 2>{-1.2, 1}));
}

TEST(landscape_image, turns_with_the_instance) {
  trial_spec spec = rosenbrock();
  spec.problem.instance = {.rotate = true, .shift = true};
  const auto image = draw_landscape(spec, shipped_plugins(), 8);
  ASSERT_TRUE(image);
  const auto& [origin, along_x, along_y] = image->function_axes;
  for (const std::size_t axis : {0U, 1U}) {
    // The minimum lies at (1, 1) of the function's own coordinates.
    const double there = along_x.at(axis) + along_y.at(axis) - origin.at(axis);
    EXPECT_NEAR(image->minima[0].at(axis), there, 1e-12);
  }
  EXPECT_NE(image->minima[0], (std::array<double, 2>{1, 1}));
}

TEST(landscape_image, is_none_of_three_dimensions) {
  trial_spec spec = rosenbrock();
  spec.problem.model.with["n"] = std::int64_t{3};
  EXPECT_FALSE(draw_landscape(spec, shipped_plugins(), 4));
}

results_file file_of(std::vector<stored_trial> trials) { return {"made.db", {}, std::move(trials)}; }

TEST(report_document, names_a_repeated_path_and_writes_it_once) {
  stored_trial first = testing::make({.repetition = 0});
  first.result.path = {2, {0, 1}, {1, 2}, {0, 0, 1, 1}, {4, 2}};
  stored_trial second = testing::make({.repetition = 1});
  second.result.path = first.result.path;
  stored_trial third = testing::make({.repetition = 2});
  third.result.path = {2, {0, 1}, {1, 2}, {0, 0, 3, 3}, {4, 2}};
  const auto document = report_document({file_of({first, second, third})}, registry());
  const auto& line = document["problems"][0]["trials"][0];
  EXPECT_EQ(line[0]["path"]["x"].dump(), "[0,1]");
  EXPECT_EQ(line[1]["path"], 0);
  EXPECT_EQ(line[2]["path"]["y"].dump(), "[0,3]");
}

TEST(report_document, draws_a_long_path_by_its_shape) {
  stored_trial trial = testing::make({});
  trial.result.path.dimension = 2;
  for (std::uint64_t step = 0; step < 5000; ++step) {
    trial.result.path.steps.push_back(step);
    trial.result.path.evaluations.push_back(step);
    const double x = step < 300 && step % 2 == 1 ? 1 : 0;  // to and fro, and then it stands still
    trial.result.path.points.insert(trial.result.path.points.end(), {x, 1.0});
    trial.result.path.losses.push_back(1);
  }
  const auto document = report_document({file_of({trial})}, registry());
  const auto steps = document["problems"][0]["trials"][0][0]["path"]["step"].get<std::vector<int>>();
  ASSERT_EQ(steps.size(), 302U);
  EXPECT_EQ(steps[300], 300);
  EXPECT_EQ(steps.back(), 4999);
}

/// Bytes and drawn trials, not seconds: both have to stay bounded whatever the number of trials.
TEST(report_document, of_many_trials_draws_some_and_says_so) {
  constexpr std::uint64_t repetitions = 2'000;
  std::vector<stored_trial> trials;
  for (const double lr : {0.1, 0.2, 0.3}) {
    for (std::uint64_t i = 0; i < repetitions; ++i) {
      const double loss = lr + static_cast<double>(i % 97);
      trials.push_back(
          testing::make({.repetition = i, .final_metrics = {{"loss", loss}}, .point = {{"lr", lr}}}));
    }
  }
  const auto document = report_document({file_of(trials)}, registry());
  EXPECT_EQ(document["trials"]["all"], 3 * repetitions);
  EXPECT_EQ(document["trials"]["drawn"], 2000);
  const auto& lines = document["problems"][0]["trials"];
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].size(), 1000U) << "the chosen point";
  EXPECT_EQ(lines[1].size(), 500U);
  EXPECT_EQ(lines[2].size(), 500U);
  const auto& line = document["comparison"]["problems"][0]["configurations"][0];
  EXPECT_EQ(line["repetitions"], repetitions) << "statistics are of all";
  EXPECT_TRUE(line["scores"]["loss"]["values"].empty());
  EXPECT_LT(document.dump().size(), 2'000'000U);
  trials.resize(100);
  const auto few = report_document({file_of(trials)}, registry());
  EXPECT_EQ(few["trials"]["drawn"], few["trials"]["all"]);
  EXPECT_EQ(few["comparison"]["problems"][0]["configurations"][0]["scores"]["loss"]["values"].size(), 100U);
}

TEST(report_document, draws_search_points_as_far_as_there_is_room) {
  std::vector<stored_trial> trials;
  for (int point = 0; point < 3'000; ++point) {
    trials.push_back(testing::make({.point = {{"lr", 1.0 + point}}}));
  }
  const auto document = report_document({file_of(trials)}, registry());
  std::size_t drawn = 0;
  for (const auto& line : document["problems"][0]["trials"]) drawn += line.size();
  EXPECT_EQ(document["trials"]["drawn"], drawn);
  EXPECT_LE(drawn, 2000U);
  EXPECT_GT(drawn, 900U);
  const std::size_t chosen = document["comparison"]["problems"][0]["chosen"][0];
  EXPECT_EQ(document["problems"][0]["trials"][chosen].size(), 1U);
}

/// Bytes, and not seconds: a page has to stay bounded whatever was searched.
TEST(report_document, leaves_out_search_points_that_have_no_trial_on_the_page) {
  constexpr int points = 12'000, best = 7'411;
  std::vector<stored_trial> trials;
  for (int point = 0; point < points; ++point) {
    for (const char* optimizer : {"adam", "sgd"}) {
      const double loss = std::abs(point - best) + (*optimizer == 's' ? 1.5 : 0.5);
      trials.push_back(testing::make(
          {.optimizer = optimizer, .final_metrics = {{"loss", loss}}, .point = {{"lr", 1.0 + point}}}));
    }
  }
  const auto document = report_document({file_of(trials)}, registry());
  const auto& problem = document["comparison"]["problems"][0];
  const auto& lines = problem["configurations"];
  const auto& drawn = document["problems"][0]["trials"];
  EXPECT_EQ(document["lines"]["all"], 2 * points);
  EXPECT_EQ(document["lines"]["drawn"], lines.size());
  EXPECT_LE(lines.size(), 2000U);
  EXPECT_GT(lines.size(), 900U);
  ASSERT_EQ(drawn.size(), lines.size());
  for (const auto& each : drawn) EXPECT_FALSE(each.empty());
  ASSERT_EQ(problem["chosen"].size(), 2U);
  for (const std::size_t chosen : problem["chosen"]) {
    EXPECT_EQ(lines[chosen]["point"]["lr"], 1.0 + best);
    EXPECT_EQ(document["specs"][drawn[chosen][0]["spec"].get<std::size_t>()]["optimizer"]["use"],
              lines[chosen]["optimizer"]);
  }
  for (const auto& [metric, line] : problem["leaders"].items()) {
    EXPECT_EQ(lines[line.get<std::size_t>()]["optimizer"], "adam") << metric;
  }
  EXPECT_LT(document.dump().size(), 4'000'000U);
}

TEST(report_document, says_why_a_landscape_is_not_drawn) {
  const auto document = report_document({file_of({testing::make({})})}, registry());
  EXPECT_EQ(document["problems"][0]["landscape"]["note"], "beale is not drawn: no plugin at hand offers it.");
  EXPECT_TRUE(document["problems"][0]["landscape"]["images"].empty());
}

TEST(report_document, of_no_trials_has_no_problems) {
  EXPECT_TRUE(report_document({file_of({})}, registry())["problems"].empty());
}

}  // namespace
}  // namespace ravine
