#include "program.hpp"

#include <charconv>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// ravine trace: a path as CSV.
namespace {

using namespace ravine::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

outcome trace(const std::vector<std::string>& arguments) {
  std::vector<std::string> all{"trace"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return run_ravine(work_folder(), all);
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, at);) parts.push_back(part);
  return parts;
}

/// The rows below the header, as numbers.
std::vector<std::vector<double>> numbers_in(const std::string& csv) {
  std::vector<std::vector<double>> rows;
  for (const std::string& line : split(csv, '\n')) {
    std::vector<double> row;
    for (const std::string& cell : split(line, ',')) {
      double number = 0;
      const auto read = std::from_chars(cell.data(), cell.data() + cell.size(), number);
      if (read.ec == std::errc() && read.ptr == cell.data() + cell.size()) row.push_back(number);
    }
    if (!row.empty()) rows.push_back(row);
  }
  return rows;
}

TEST(trace, prints_a_header_and_a_row_a_step_from_0) {
  const outcome done = trace({"sgd", "--on", "rosenbrock", "--set", "lr=0.001", "--steps", "3"});
  EXPECT_EQ(done.status, 0);
  EXPECT_THAT(done.err, IsEmpty());
  const std::vector<std::string> lines = split(done.out, '\n');
  ASSERT_THAT(lines, SizeIs(5));
  EXPECT_EQ(lines[0], "step,evaluations,loss,x0,x1");
  EXPECT_EQ(lines[1], "0,0,24.199999999999996,-1.2,1");
  EXPECT_THAT(lines[4], ::testing::StartsWith("3,3,"));
}

TEST(trace, numbers_read_back_exactly) {
  // A path that is taken up again from any of its printed points goes on in the same way, to the last bit.
  const std::vector<std::string> with{"sgd", "--on", "rosenbrock", "--set", "lr=0.001"};
  const auto steps_from = [&](const std::string& start, const char* count) {
    std::vector<std::string> all = with;
    all.insert(all.end(), {"--start", start, "--steps", count});
    return split(trace(all).out, '\n');
  };
  const auto point = [](const std::string& row) { return row.substr(row.find(',', row.find(',') + 1)); };
  const std::vector<std::string> whole = steps_from("-1.2,1", "40");
  ASSERT_THAT(whole, SizeIs(42));
  for (const std::size_t at : {5U, 17U, 38U}) {
    const std::vector<std::string> cells = split(whole[at], ',');
    const std::vector<std::string> rest = steps_from(cells[3] + "," + cells[4], "3");
    ASSERT_THAT(rest, SizeIs(5));
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(point(rest[1 + i]), point(whole[at + i]));
  }
}

TEST(trace, single_precision_is_printed_exactly_too) {
  const auto rows = numbers_in(trace({"momentum", "--on", "beale", "--steps", "20", "--dtype", "f32"}).out);
  ASSERT_THAT(rows, SizeIs(21));
  for (const auto& row : rows) {
    for (std::size_t i = 3; i < row.size(); ++i) {
      EXPECT_EQ(row[i], static_cast<double>(static_cast<float>(row[i]))) << "a float";
    }
  }
}

TEST(trace, takes_hyperparameters_of_both_and_a_start) {
  const outcome done = trace({"adam", "--on", "rosenbrock", "--landscape-set", "n=3", "--set", "lr=0.5",
                              "--set", "beta1=0", "--start", "1,2,3", "--steps", "1"});
  EXPECT_EQ(done.status, 0) << done.err;
  const auto rows = numbers_in(done.out);
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_THAT(std::vector<double>(rows[0].begin() + 3, rows[0].end()), ElementsAre(1, 2, 3));
  EXPECT_NEAR(rows[1][3], 1.5, 1e-6) << "Adam's first step has the length lr";
}

TEST(trace, shows_paths_in_many_dimensions) {
  const outcome done =
      trace({"sgd", "--on", "rosenbrock", "--landscape-set", "n=20", "--set", "lr=1e-4", "--steps", "2"});
  const auto rows = numbers_in(done.out);
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_THAT(rows[2], SizeIs(23));
}

TEST(trace, turns_and_moves_a_landscape_by_the_seed) {
  const auto path = [](const std::vector<std::string>& more) {
    std::vector<std::string> all{"sgd",     "--on",    "ellipsoid", "--landscape-set", "kappa=10", "--set",
                                 "lr=0.02", "--steps", "20"};
    all.insert(all.end(), more.begin(), more.end());
    const outcome done = trace(all);
    EXPECT_EQ(done.status, 0) << done.err;
    return numbers_in(done.out);
  };
  const auto straight = path({});
  const auto turned = path({"--instance", "rotate,shift"});
  ASSERT_THAT(turned, SizeIs(21));
  EXPECT_NEAR(turned[20][2] / straight[20][2], 1, 1e-9) << "the same losses";
  EXPECT_GT(std::abs(turned[0][3] - straight[0][3]), 1e-3) << "on another path";
  EXPECT_EQ(path({"--instance", "rotate,shift", "--seed", "1"}), turned);
  EXPECT_NE(path({"--instance", "rotate,shift", "--seed", "2"}), turned);
  EXPECT_NE(path({"--instance", "rotate"}), turned);
  EXPECT_NE(path({"--noise", "0.1"}), straight);
  EXPECT_EQ(path({"--noise", "0.1"}), path({"--noise", "0.1"}));
}

TEST(trace, says_why_a_path_ends_early) {
  const outcome escaped = trace({"sgd", "--on", "rosenbrock", "--set", "lr=1", "--steps", "50"});
  EXPECT_EQ(escaped.status, 0) << "that is a result";
  EXPECT_THAT(escaped.err,
              ::testing::MatchesRegex("escaped: outside the box by more than ten widths at step [0-9]+\n"));
  EXPECT_GT(std::abs(numbers_in(escaped.out).back()[3]), 100) << "the last row shows where it went";
}

TEST(trace, a_failing_plugin_is_a_failure) {
  const outcome failed =
      trace({"throwing", "--on", "rosenbrock", "--set", "where=step", "--plugins", RAVINE_TEST_OBJECT_DIR});
  EXPECT_EQ(failed.status, 1);
  EXPECT_THAT(failed.err, HasSubstr("failed: throwing: step: thrown on purpose\n"));
}

std::string trace_error(const std::vector<std::string>& arguments) { return usage_error(trace(arguments)); }

TEST(trace, says_what_is_wrong_and_what_was_expected) {
  EXPECT_EQ(trace_error({"sgdd", "--on", "rosenbrock"}),
            "ravine: there is no optimizer named sgdd; did you mean sgd?\n");
  EXPECT_EQ(trace_error({"sgd", "--on", "rosenbrok"}),
            "ravine: there is no model named rosenbrok; did you mean rosenbrock?\n");
  EXPECT_EQ(trace_error({"sgd", "--on", "mlp"}),
            "ravine: mlp is a model of data, not a landscape; ravine run trains it\n");
  EXPECT_EQ(trace_error({"sgd", "--on", "beale", "--set", "lr"}),
            "ravine: --set: found lr, expected NAME=VALUE, such as lr=0.1\n");
  EXPECT_EQ(trace_error({"sgd", "--on", "beale", "--set", "lrr=1"}),
            "ravine: sgd has no hyperparameter lrr; did you mean lr?\n");
  EXPECT_EQ(trace_error({"sgd", "--on", "beale", "--set", "lr=-1"}),
            "ravine: lr: found -1, expected a real number >= 0\n");
  EXPECT_EQ(trace_error({"sgd", "--on", "beale", "--start", "1;2"}),
            "ravine: --start: found 1;2, expected numbers such as -1.2,1\n");
  EXPECT_EQ(trace_error({"sgd", "--on", "beale", "--start", "1,2,3"}),
            "ravine: --start: found 3 coordinates, expected 2: beale has as many\n");
  EXPECT_EQ(trace_error({"sgd", "--on", "beale", "--instance", "turn"}),
            "ravine: --instance: found turn, expected rotate, shift or rotate,shift\n");
  EXPECT_EQ(trace_error({"sgd", "--on", "beale", "--noise", "-1"}),
            "ravine: --noise: found -1, expected a standard deviation, at least 0\n");
  EXPECT_EQ(trace_error({"sgd", "--on", "beale", "--dtype", "f16"}),
            "ravine: --dtype: found f16, expected f32 or f64\n");
  for (const char* count : {"0", "-3", "1.5", "many", "100000001"}) {
    EXPECT_EQ(
        trace_error({"sgd", "--on", "beale", "--steps", count}),
        std::string("ravine: --steps: found ") + count + ", expected a whole number from 1 to 100000000\n");
  }
}

}  // namespace
