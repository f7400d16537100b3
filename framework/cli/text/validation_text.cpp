#include "text/validation_text.hpp"

#include "text/indented.hpp"

#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace ravine::cli {
namespace {

/// "        2 more fail for the same reason: growth, instances\n"; "" if there are none.
std::string same_failures(const validation& shown, const check_result& first) {
  std::vector<std::string_view> names;
  for (const check_result& each : shown.results) {
    if (each.component == first.component && each.same_as == first.name) names.push_back(each.name);
  }
  if (names.empty()) return {};
  return fmt::format("        {} more {} for the same reason: {}\n", names.size(),
                     names.size() == 1 ? "fails" : "fail", fmt::join(names, ", "));
}

std::string line(const validation& shown, const check_result& result) {
  const std::string name =
      result.component.empty() ? result.name : fmt::format("{}: {}", result.component, result.name);
  switch (result.outcome.ended) {
    case verdict::pass:
      return fmt::format("  pass  {}: {}\n", name, result.promise);
    case verdict::not_applicable:
      return fmt::format("  n/a   {}: {}\n", name, result.outcome.reason);
    case verdict::fail:
      if (!result.same_as.empty()) return {};
      return fmt::format("  FAIL  {}: {}\n        expected: {}\n        hint: {}\n{}", name,
                         indented(result.outcome.reason, "      "), result.promise, result.hint,
                         same_failures(shown, result));
  }
  return {};
}

}  // namespace

std::string validation_text(const validation& shown, detail wanted) {
  std::string text = shown.file.string() + "\n";
  for (const check_result& each : shown.results) {
    if (wanted == detail::all_checks || each.outcome.ended == verdict::fail) text += line(shown, each);
  }
  return text + fmt::format("  {} passed, {} failed, {} not applicable, {:.2f} s\n",
                            shown.count(verdict::pass), shown.count(verdict::fail),
                            shown.count(verdict::not_applicable), shown.seconds());
}

nlohmann::json validation_json(const validation& shown) {
  auto checks = nlohmann::json::array();
  for (const check_result& each : shown.results) {
    checks.push_back({{"component", each.component},
                      {"check", each.name},
                      {"verdict", to_string(each.outcome.ended)},
                      {"promise", each.promise},
                      {"reason", each.outcome.reason},
                      {"hint", each.hint},
                      {"same_as", each.same_as},
                      {"seconds", each.outcome.seconds.count()}});
  }
  return {{"file", shown.file.string()},
          {"passed", shown.passed()},
          {"seconds", shown.seconds()},
          {"checks", checks}};
}

}  // namespace ravine::cli
