#include "trial/curve_text.hpp"

#include "core/byte_stream.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

/// The fewest digits that give the same bits again.
template <class Number>
void append(std::string& to, Number value) {
  std::array<char, 32> text;  // NOLINT(cppcoreguidelines-pro-type-member-init): overwritten
  to.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr);
}

/// Also one that is not finite.
void append_value(std::string& to, double value) {
  if (std::isfinite(value)) {
    append(to, value);
  } else {
    to += std::isnan(value) ? R"("nan")" : value > 0 ? R"("inf")" : R"("-inf")";
  }
}

bool have_same_names(const evaluation& a, const evaluation& b) {
  return std::ranges::equal(a.metrics, b.metrics,
                            [](const auto& one, const auto& other) { return one.first == other.first; });
}

std::set<std::string> names_of(const std::vector<evaluation>& evaluations) {
  std::set<std::string> names;
  const evaluation* last = nullptr;
  for (const evaluation& each : evaluations) {
    if (last == nullptr || !have_same_names(*last, each)) {
      for (const auto& [name, value] : each.metrics) names.insert(name);
    }
    last = &each;
  }
  return names;
}

/// What is left to read of the points. A general JSON library would take most of a comparison's time.
class point_reader {
 public:
  explicit point_reader(std::string_view text) : rest_(text) {}

  bool skip(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  void expect(std::string_view word) {
    if (!skip(word)) fail(fmt::format("\"{}\"", word));
  }
  template <class Number>
  Number number() {
    Number value{};
    const auto [end, fault] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (fault != std::errc() || !std::isfinite(static_cast<double>(value))) fail("a number");
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }
  /// A number, also one that is not finite; nothing for null.
  std::optional<double> value() {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (skip("null")) return std::nullopt;
    if (skip(R"("nan")")) return std::numeric_limits<double>::quiet_NaN();
    if (skip(R"("inf")")) return infinity;
    if (skip(R"("-inf")")) return -infinity;
    return number<double>();
  }
  void expect_end() const {
    if (!rest_.empty()) fail("the end");
  }

 private:
  [[noreturn]] void fail(std::string_view expected) const {
    throw bytes_error(fmt::format("expected {} of a curve, found \"{}\"", expected, rest_.substr(0, 20)));
  }

  std::string_view rest_;
};

std::vector<std::string> names_in(std::string_view metrics) {
  try {
    return nlohmann::json::parse(metrics).get<std::vector<std::string>>();
  } catch (const nlohmann::json::exception&) {
    throw error(fmt::format("expected a list of metrics, found {}", metrics.substr(0, 100)));
  }
}

cost next_cost(point_reader& from) {
  cost at;
  at.steps = from.number<std::uint64_t>();
  from.expect(",");
  at.evaluations = from.number<std::uint64_t>();
  for (double* each : {&at.epochs, &at.gradient_seconds, &at.optimizer_seconds}) {
    from.expect(",");
    *each = from.number<double>();
  }
  return at;
}

/// Calls `begin` with the cost of each point, and then `value` with what each metric has there.
template <class Begin, class Value>
void read_points(std::string_view points, const std::vector<std::string>& names, Begin begin, Value value) {
  point_reader from(points);
  from.expect("[");
  if (!from.skip("]")) {
    do {
      from.expect("[");
      begin(next_cost(from));
      for (const std::string& name : names) {
        from.expect(",");
        value(name, from.value());
      }
      from.expect("]");
    } while (from.skip(","));
    from.expect("]");
  }
  from.expect_end();
}

}  // namespace

std::string curve_metrics(const std::vector<evaluation>& evaluations) {
  return nlohmann::json(names_of(evaluations)).dump();
}

std::string curve_points(const std::vector<evaluation>& evaluations) {
  const std::set<std::string> names = names_of(evaluations);
  std::string points = "[";
  for (const evaluation& each : evaluations) {
    points += points.size() > 1 ? ",[" : "[";
    append(points, each.at.steps);
    append(points += ',', each.at.evaluations);
    for (const double number : {each.at.epochs, each.at.gradient_seconds, each.at.optimizer_seconds}) {
      append(points += ',', number);
    }
    auto next = each.metrics.begin();
    for (const std::string& name : names) {
      points += ',';
      if (next != each.metrics.end() && next->first == name) {
        append_value(points, next++->second);
      } else {
        points += "null";
      }
    }
    points += ']';
  }
  points += ']';
  return points;
}

void expect_curve_points(const std::vector<evaluation>& evaluations, std::string_view points) {
  const std::set<std::string> names = names_of(evaluations);
  auto at = evaluations.begin();
  std::map<std::string, double>::const_iterator next;
  const auto expect = [](bool holds) {
    if (!holds) throw bytes_error("a curve is not that of its evaluations");
  };
  read_points(
      points, {names.begin(), names.end()},
      [&](const cost& spent) {
        expect(at != evaluations.end() && spent == at->at);
        next = at++->metrics.begin();
      },
      [&](const std::string& name, std::optional<double> value) {
        const auto& metrics = std::prev(at)->metrics;
        const bool is_there = next != metrics.end() && next->first == name;
        expect(is_there == value.has_value());
        if (!is_there) return;
        expect(*value == next->second || (std::isnan(*value) && std::isnan(next->second)));
        ++next;
      });
  expect(at == evaluations.end());
}

void expect_curve_text(std::string_view metrics, std::string_view points) {
  read_points(
      points, names_in(metrics), [](const cost&) {}, [](const std::string&, std::optional<double>) {});
}

std::vector<evaluation> from_curve_text(std::string_view metrics, std::string_view points) {
  std::vector<evaluation> evaluations;
  read_points(
      points, names_in(metrics),
      [&](const cost& at) {
        evaluations.push_back({at, {}});
      },
      [&](const std::string& name, std::optional<double> value) {
        auto& all = evaluations.back().metrics;
        if (value) all.emplace_hint(all.end(), name, *value);
      });
  return evaluations;
}

}  // namespace ravine
