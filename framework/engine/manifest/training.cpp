#include "manifest/training.hpp"

#include "manifest/length.hpp"
#include "manifest/search.hpp"
#include "trial/trial_result.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr std::int64_t largest_batch = 1'000'000'000;

/// Every metric that a target can be of.
const std::vector<std::string>& target_metrics() {
  static const std::vector<std::string> names{
      "loss", "train_loss", "validation_loss", "validation_accuracy", "test_loss", "test_accuracy"};
  return names;
}

std::optional<setting> read_batch_size(const yaml_value& value, const std::string& name,
                                       diagnostics& errors) {
  if (value.is_scalar() && value.text == "full") return setting(std::string("full"));
  const auto count = whole_number(value);
  if (count && *count >= 1 && *count <= largest_batch) return setting(*count);
  expected(value, name, "a number of examples, at least 1, or full", errors);
  return std::nullopt;
}

std::optional<located<std::vector<setting>>> read_batch_sizes(const yaml_value& value,
                                                              const std::string& name, diagnostics& errors) {
  std::vector<setting> sizes;
  for (const yaml_value* each : alternatives(value, name, errors)) {
    const auto size = read_batch_size(*each, name, errors);
    if (!size) continue;
    if (std::find(sizes.begin(), sizes.end(), *size) != sizes.end()) {
      errors.add(each->at, fmt::format("{}: {} is there twice", name, found_text(*each)));
    } else {
      sizes.push_back(*size);
    }
  }
  if (sizes.empty()) return std::nullopt;
  return located<std::vector<setting>>{std::move(sizes), value.at};
}

clip_spec read_clip(const yaml_value& value, const std::string& name, diagnostics& errors) {
  const block in(value, name, {"norm", "value"}, errors);
  clip_spec clip;
  if (const yaml_value* norm = in["norm"])
    clip.norm = read_real(*norm, name + ".norm", real_range::positive, errors);
  if (const yaml_value* each = in["value"]) {
    clip.value = read_real(*each, name + ".value", real_range::positive, errors);
  }
  return clip;
}

std::optional<std::uint64_t> read_lr_scaling(const yaml_value& value, const std::string& name,
                                             diagnostics& errors) {
  const block in(value, name, {"reference"}, errors);
  if (!in.valid() || value.type == yaml_value::kind::null) return std::nullopt;
  const yaml_value* const reference = in["reference"];
  if (reference == nullptr) {
    errors.add(value.at,
               name + ": reference is missing, the batch size that lr is meant for: {reference: 32}");
    return std::nullopt;
  }
  const auto size = read_integer(*reference, name + ".reference", {1, largest_batch}, errors);
  return size ? std::optional(static_cast<std::uint64_t>(*size)) : std::nullopt;
}

std::optional<located<target_spec>> read_target(const yaml_value& metric, const yaml_value& value,
                                                const std::string& name, diagnostics& errors) {
  const std::string full = fmt::format("{}.{}", name, metric.text);
  const auto threshold = read_real(value, full, real_range::any, errors);
  if (!threshold) return std::nullopt;
  if (higher_is_better(metric.text) && (*threshold <= 0 || *threshold > 1)) {
    const bool percent = *threshold > 1 && *threshold <= 100;
    expected(value, full,
             "a share above 0 and at most 1" + (percent ? fmt::format(", such as {}", *threshold / 100) : ""),
             errors);
    return std::nullopt;
  }
  return located<target_spec>{{metric.text, *threshold}, value.at};
}

std::vector<located<target_spec>> read_targets(const yaml_value& value, const std::string& name,
                                               diagnostics& errors) {
  const block in(value, name, target_metrics(), errors);
  std::vector<located<target_spec>> targets;
  for (std::size_t i = 0; i < value.keys.size(); ++i) {
    const yaml_value& key = value.keys[i];
    const bool known =
        std::find(target_metrics().begin(), target_metrics().end(), key.text) != target_metrics().end();
    if (!known || in[key.text] != &value.items[i]) continue;
    if (const auto target = read_target(key, value.items[i], name, errors)) targets.push_back(*target);
  }
  return targets;
}

}  // namespace

train_block read_train(const yaml_value* value, const std::string& name, diagnostics& errors) {
  train_block train;
  if (value == nullptr) return train;
  const auto units = {cost_unit::epochs, cost_unit::steps, cost_unit::evaluations, cost_unit::seconds};
  std::vector<std::string> keys = unit_names(units);
  keys.insert(keys.end(), {"batch_size", "clip", "scale_lr_with_batch"});
  const block in(*value, name, std::move(keys), errors);
  train.budget = find_length(in, units, errors);
  if (const yaml_value* size = in["batch_size"])
    train.batch_sizes = read_batch_sizes(*size, name + ".batch_size", errors);
  if (const yaml_value* clip = in["clip"]) train.clip = read_clip(*clip, name + ".clip", errors);
  if (const yaml_value* scaling = in["scale_lr_with_batch"])
    train.lr_reference = {read_lr_scaling(*scaling, name + ".scale_lr_with_batch", errors), scaling->at};
  return train;
}

evaluate_block read_evaluate(const yaml_value* value, const std::string& name, diagnostics& errors) {
  evaluate_block evaluate;
  if (value == nullptr) return evaluate;
  const block in(*value, name, {"every", "target", "stop_at_target"}, errors);
  if (const yaml_value* every = in["every"]) evaluate.every = read_length(*every, name + ".every", errors);
  if (const yaml_value* target = in["target"])
    evaluate.targets = read_targets(*target, name + ".target", errors);
  if (const yaml_value* stop = in["stop_at_target"]) {
    const auto flag = read_flag(*stop, name + ".stop_at_target", errors);
    if (flag) evaluate.stop_at_target = located<bool>{*flag, stop->at};
  }
  return evaluate;
}

std::uint64_t batch_size_of(const setting& written) {
  const auto* const count = std::get_if<std::int64_t>(&written);
  return count == nullptr ? 0 : static_cast<std::uint64_t>(*count);
}

}  // namespace ravine
