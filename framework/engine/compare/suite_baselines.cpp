#include "compare/suite_standings.hpp"
#include "core/error.hpp"
#include "core/file_kind.hpp"
#include "core/scalar.hpp"

#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

// The file has lines "# key: value", a heading, and a line for each optimizer on each problem, whose cells
// hold neither commas nor quotes:
//
//     problem,optimizer,budget,final,costs
//     ackley,adam,2000,3.1e-07,20 60 410;20 70 -
//
// Costs of targets are divided by spaces, repetitions by semicolons; - is a target that was not met.
namespace ravine {
namespace {

constexpr std::string_view heading = "problem,optimizer,budget,final,costs";

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (std::size_t end = 0; end != std::string_view::npos;
       text.remove_prefix(std::min(end + 1, text.size()))) {
    end = text.find(at);
    parts.push_back(text.substr(0, end));
  }
  return parts;
}

/// Reads line by line, and knows where it is.
class baselines_reader {
 public:
  explicit baselines_reader(const std::filesystem::path& file) : name_(file.string()) {
    const std::string instead = found_instead_of_file(file);
    if (!instead.empty()) throw error(fmt::format("{}: found {}, expected a regular file", name_, instead));
    in_.open(file);
    if (!in_) throw error(fmt::format("{}: it can't be read; install Ravine again", name_));
  }

  suite_baselines read() {
    while (next() && line_.starts_with("# ")) read_comment();
    if (line_ != heading) fail(fmt::format("expected {}", heading));
    while (next()) read_row();
    if (all_.lines.empty()) fail("expected a line for each optimizer on each problem");
    return std::move(all_);
  }

 private:
  bool next() {
    ++number_;
    return static_cast<bool>(std::getline(in_, line_));
  }

  [[noreturn]] void fail(const std::string& why) const {
    throw error(fmt::format("{}:{}: {}; experiments/suites/make writes it", name_, number_, why));
  }

  void read_comment() {
    const std::string text = line_.substr(2);
    const auto value_of = [&](std::string_view key) -> std::optional<std::string> {
      if (!text.starts_with(key)) return std::nullopt;
      return text.substr(key.size());
    };
    if (const auto suite = value_of("suite: ")) {
      all_.suite = *suite;
    } else if (const auto digest = value_of("sha256: ")) {
      all_.suite_sha256 = *digest;
    } else {
      all_.provenance.push_back(text);
    }
  }

  void read_row() {
    const std::vector<std::string_view> cells = split(line_, ',');
    if (cells.size() != 5) fail(fmt::format("found {} cells, expected 5", cells.size()));
    suite_line& made = all_.lines.emplace_back();
    made.problem = cells[0];
    made.optimizer = cells[1];
    all_.budgets[made.problem] = number(cells[2]);
    made.final = number(cells[3]);
    for (const std::string_view repetition : split(cells[4], ';')) {
      std::vector<double>& costs = made.costs.emplace_back();
      for (const std::string_view cost : split(repetition, ' ')) {
        costs.push_back(cost == "-" ? std::numeric_limits<double>::infinity() : number(cost));
      }
    }
  }

  double number(std::string_view cell) const {
    if (cell == "inf") return std::numeric_limits<double>::infinity();
    const auto read = parse_real(std::string(cell));
    if (!read) fail(fmt::format("found {}, expected a number", cell));
    return *read;
  }

  std::string name_, line_;
  std::ifstream in_;
  std::size_t number_ = 0;
  suite_baselines all_;
};

}  // namespace

suite_baselines read_suite_baselines(const std::filesystem::path& file) {
  return baselines_reader(file).read();
}

}  // namespace ravine
