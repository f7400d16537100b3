#include "manifest/known_tensors.hpp"

#include "core/byte_stream.hpp"
#include "core/error.hpp"
#include "data/data_error.hpp"
#include "data/npy.hpp"
#include "process/sandbox.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr std::uint64_t most_asked = 100;  // points of a search over a model's settings
constexpr double seconds_to_tell = 5;      // for all of them

bool has_groups(const rule_draft& rule) {
  return !rule.groups.empty() || std::ranges::any_of(rule.inner, has_groups);
}

/// Calls the plugin. A model that refuses its settings has no tensors.
std::string all_tensors(const component& which, const std::vector<settings>& points, sample_data::kind data) {
  byte_writer found;
  for (const settings& with : points) {
    std::vector<tensor_fact> tensors;
    try {
      tensors = tensors_of(which, with, data);
    } catch (const plugin_error&) {  // the trials say why
    }
    found << std::uint64_t{tensors.size()};
    for (const tensor_fact& each : tensors)
      found << std::string_view(each.name) << std::string_view(each.role);
  }
  return {reinterpret_cast<const char*>(found.bytes().data()), found.bytes().size()};
}

/// The value of an option of the data; none if it is searched.
std::optional<std::string> data_text(const problem_draft& problem, const std::string& name) {
  const auto given = problem.data_with.fixed.find(name);
  if (given != problem.data_with.fixed.end()) return to_string(given->second);
  const bool searched = std::ranges::find(problem.data_with.searched, name, &search_axis::name) !=
                        problem.data_with.searched.end();
  if (searched) return std::nullopt;
  return to_string(problem.source->find_option(name)->default_value);
}

/// Arrays are of anything: what an example looks like stands in the file.
sample_data::kind kind_of_array(const problem_draft& problem) {
  const auto file = data_text(problem, "features");
  try {
    if (file && read_npy_shape(*file).size() <= 2) return sample_data::kind::row;
  } catch (const data_error&) {  // the trials say why
  }
  return sample_data::kind::images;
}

/// What an example looks like decides which tensors a model has: one row of numbers may be characters, which
/// have an embedding, and images have none.
sample_data::kind kind_of(const problem_draft& problem) {
  const std::string name = problem.source == nullptr ? "" : problem.source->name;
  if (name == "text" && data_text(problem, "encoding") == "index") return sample_data::kind::characters;
  if (name == "csv" || name == "zipf") return sample_data::kind::row;
  return name == "npy" ? kind_of_array(problem) : sample_data::kind::images;
}

known_tensors tensors_of(const problem_draft& problem) {
  known_tensors known;
  const std::uint64_t count = point_count(problem.with.searched);
  if (problem.model == nullptr || count > most_asked) return known;
  std::vector<settings> points;
  for (std::uint64_t i = 0; i < count; ++i) {
    settings with = point_at(problem.with.searched, i);
    with.insert(problem.with.fixed.begin(), problem.with.fixed.end());
    points.push_back(problem.model->complete(with));
  }
  try {
    const std::string answer =
        in_sandbox([&] { return all_tensors(*problem.model, points, kind_of(problem)); }, seconds_to_tell);
    byte_reader from(std::as_bytes(std::span(answer)));
    for (const settings& with : points) {
      std::uint64_t left = 0;
      for (from >> left; left > 0; --left) {
        tensor_fact& each = known[with].emplace_back();
        from >> each.name >> each.role;
      }
    }
  } catch (const error&) {  // the trials say why
    known.clear();
  }
  return known;
}

/// Reports the groups of a rule, or of what it works around, that are never in use.
class group_check {
 public:
  group_check(const optimizer_draft& optimizer, std::span<const problem_draft> problems,
              std::span<const known_tensors> tensors, diagnostics& errors)
      : optimizer_(optimizer), problems_(problems), tensors_(tensors), errors_(errors) {}

  void check(const rule_draft& rule) {
    for (const rule_draft& each : rule.inner) check(each);
    std::vector<bool> used(rule.groups.size());
    for (const std::size_t problem : optimizer_.on) {
      if (tensors_[problem].empty()) return;  // the trials find out
      for (const auto& [with, tensors] : tensors_[problem]) {
        const std::vector<bool> here = groups_in_use(rule.groups, tensors);
        for (std::size_t i = 0; i < used.size(); ++i) used[i] = used[i] || here[i];
      }
    }
    for (std::size_t i = 0; i < used.size(); ++i) {
      const bool is_read =
          rule.groups[i].selects != tensor_selector{};  // else its own error says what is wrong
      if (is_read && !used[i]) report(rule.groups[i]);
    }
  }

 private:
  void report(const rule_draft& group) {
    const std::size_t first = optimizer_.on.front();
    errors_.add(group.at,
                fmt::format("{}: {} selects no tensor, or none that the groups before it leave; {} has {}",
                            group.name, to_string(group.selects), problems_[first].title(),
                            list_of(tensors_[first].begin()->second)));
  }

  const optimizer_draft& optimizer_;
  std::span<const problem_draft> problems_;
  std::span<const known_tensors> tensors_;
  diagnostics& errors_;
};

}  // namespace

std::vector<known_tensors> tensors_of(std::span<const problem_draft> problems,
                                      std::span<const optimizer_draft> optimizers) {
  std::vector<known_tensors> all(problems.size());
  for (const optimizer_draft& optimizer : optimizers) {
    if (!has_groups(optimizer)) continue;
    for (const std::size_t problem : optimizer.on) {
      if (all[problem].empty()) all[problem] = tensors_of(problems[problem]);
    }
  }
  return all;
}

std::vector<bool> groups_in_use(const std::vector<rule_draft>& groups,
                                const std::vector<tensor_fact>& tensors) {
  std::vector<bool> used(groups.size());
  for (const tensor_fact& tensor : tensors) {
    const auto first = std::ranges::find_if(
        groups, [&](const rule_draft& each) { return each.selects.selects(tensor.name, tensor.role); });
    if (first != groups.end()) used[static_cast<std::size_t>(std::distance(groups.begin(), first))] = true;
  }
  return used;
}

void check_groups(std::span<const problem_draft> problems, std::span<const optimizer_draft> optimizers,
                  std::span<const known_tensors> tensors, diagnostics& errors) {
  for (const optimizer_draft& each : optimizers) {
    if (is_known(each) && !each.on.empty()) group_check(each, problems, tensors, errors).check(each);
  }
}

}  // namespace ravine
