#include "store/rows.hpp"

#include "store/checksum.hpp"
#include "store/columns.hpp"
#include "store/opened.hpp"
#include "store/runs.hpp"
#include "trial/curve_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

/// Throws if the column has a checksum and the parts another one. Files of older versions had none.
void expect_checksum(const SQLite::Column& column, std::span<const std::string_view> parts) {
  if (column.isNull() || as_unsigned(column) == checksum_of(parts)) return;
  throw error("found a checksum that is not that of what was saved");
}

/// Hash, specification, metrics and points of the checksum that they have.
std::array<std::string_view, 4> checked_curve(SQLite::Statement& row, int first) {
  if (row.getColumn(first + 2).isNull()) throw error("the curve is missing");
  std::array<std::string_view, 4> parts;
  for (int i = 0; i < 4; ++i) parts.at(static_cast<std::size_t>(i)) = bytes_of(row.getColumn(first + i));
  expect_checksum(row.getColumn(first + 4), parts);
  return parts;
}

void expect_whole(const trajectory& path) {
  const std::size_t count = path.losses.size();
  if (path.steps.size() == count && path.evaluations.size() == count &&
      (count == 0 ? path.points.empty()
                  : path.points.size() % count == 0 && path.points.size() / count == path.dimension)) {
    return;
  }
  throw error(
      fmt::format("found a path of {} steps, {} evaluations, {} coordinates and {} losses, expected as many "
                  "of each, and {} coordinates for each",
                  path.steps.size(), path.evaluations.size(), path.points.size(), count, path.dimension));
}

}  // namespace

std::vector<evaluation> read_curve(SQLite::Statement& row, int first) {
  const auto parts = checked_curve(row, first);
  return from_curve_text(parts[2], parts[3]);
}

void expect_curve(SQLite::Statement& row, int first) {
  const auto parts = checked_curve(row, first);
  expect_curve_text(parts[2], parts[3]);
}

trajectory read_path(SQLite::Statement& row, int first) {
  std::array<std::string_view, 5> parts;
  for (int i = 0; i < 5; ++i) parts.at(static_cast<std::size_t>(i)) = bytes_of(row.getColumn(first + i));
  expect_checksum(row.getColumn(first + 5), parts);
  trajectory path;
  path.dimension = as_unsigned(row.getColumn(first + 6));
  path.steps = read_array<std::uint64_t>(parts[1]);
  path.evaluations = read_array<std::uint64_t>(parts[2]);
  path.points = read_array<double>(parts[3]);
  path.losses = read_array<double>(parts[4]);
  if (as_unsigned(row.getColumn(first + 7)) != 0) {
    path.steps = from_runs(path.steps, path.losses.size());
    path.evaluations = from_runs(path.evaluations, path.losses.size());
  }
  expect_whole(path);
  return path;
}

std::string read_spec(const SQLite::Column& column) {
  constexpr int most = 64;
  std::string text = as_text(column);
  int depth = 0;
  for (const char each : text) {
    if (each == '{' || each == '[') ++depth;
    if (each == '}' || each == ']') --depth;
    if (depth > most) throw error(fmt::format("found a specification of more than {} levels", most));
  }
  return text;
}

std::vector<double> read_targets(const SQLite::Column& column) {
  constexpr std::size_t most = std::size_t{1} << 16U;  // bytes: a manifest has at most 1000
  const std::string text = as_text(column);
  const auto parsed = nlohmann::json::parse(text.substr(0, most), nullptr, /*allow_exceptions=*/false);
  const bool are_numbers =
      parsed.is_array() && std::ranges::all_of(parsed, [](const auto& each) { return each.is_number(); });
  if (are_numbers) return parsed.get<std::vector<double>>();
  throw error(fmt::format("found the targets {}, expected numbers as JSON", text.substr(0, 40)));
}

trial_role role_from(const std::string& name) {
  for (const trial_role each : {trial_role::result, trial_role::search}) {
    if (role_name(each) == name) return each;
  }
  throw error(fmt::format("found the role {}, expected result or search", name.substr(0, 40)));
}

}  // namespace ravine
