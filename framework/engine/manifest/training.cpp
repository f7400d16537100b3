#include "manifest/training.hpp"

#include "manifest/length.hpp"
#include "manifest/search.hpp"
#include "manifest/target_block.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

namespace ravine {
namespace {

std::optional<located<std::vector<setting>>> read_batch_sizes(const block& in) {
  const yaml_value* const value = in["batch_size"];
  if (value == nullptr) return std::nullopt;
  const std::string name = in.path("batch_size");
  std::vector<setting> sizes;
  for (const yaml_value* each : alternatives(*value, name, in.errors())) {
    auto size = read_integer(*each, name, in.allowed("batch_size"), in.errors());
    if (!size) continue;
    if (std::ranges::find(sizes, *size) != sizes.end()) {
      in.errors().add(each->at, fmt::format("{}: {} is there twice", name, found_text(*each)));
    } else {
      sizes.push_back(std::move(*size));
    }
  }
  if (sizes.empty()) return std::nullopt;
  return located<std::vector<setting>>{std::move(sizes), value->at};
}

std::optional<clip_spec> read_clip(const block& train) {
  const yaml_value* const value = train["clip"];
  if (value == nullptr) return std::nullopt;
  const block in(*value, train.path("clip"), grammar::clip, train.errors());
  return clip_spec{in.real("norm"), in.real("value")};
}

std::optional<located<std::optional<std::uint64_t>>> read_lr_reference(const block& train) {
  const yaml_value* const value = train["scale_lr_with_batch"];
  if (value == nullptr) return std::nullopt;
  if (value->type == yaml_value::kind::null) return {{std::nullopt, value->at}};
  const block in(*value, train.path("scale_lr_with_batch"), grammar::scale_lr_with_batch, train.errors());
  return {{in.count("reference"), value->at}};
}

std::optional<located<std::optional<curvature_spec>>> read_curvature(const block& evaluate) {
  const yaml_value* const value = evaluate["curvature"];
  if (value == nullptr) return std::nullopt;
  if (value->type == yaml_value::kind::null) return {{std::nullopt, value->at}};
  const block in(*value, evaluate.path("curvature"), grammar::curvature, evaluate.errors());
  if (!in.valid()) return std::nullopt;
  const auto every = read_length(in, "every");
  const auto examples = in.count("examples");
  const auto rho = in.real("rho");
  if (!every || !examples || !rho) return std::nullopt;
  return {{curvature_spec{every->value, *examples, *rho}, every->at}};
}

}  // namespace

train_block read_train(const block& owner) {
  train_block train;
  const yaml_value* const value = owner["train"];
  if (value == nullptr) return train;
  const block in(*value, owner.path("train"), grammar::train, owner.errors());
  train.budget = find_length(in);
  train.batch_sizes = read_batch_sizes(in);
  train.clip = read_clip(in);
  train.lr_reference = read_lr_reference(in);
  return train;
}

evaluate_block read_evaluate(const block& owner) {
  evaluate_block evaluate;
  const yaml_value* const value = owner["evaluate"];
  if (value == nullptr) return evaluate;
  const block in(*value, owner.path("evaluate"), grammar::evaluate, owner.errors());
  evaluate.every = read_length(in, "every");
  evaluate.targets = read_targets(in);
  if (const yaml_value* stop = in["stop_at_target"]) {
    if (const auto flag = in.flag("stop_at_target")) evaluate.stop_at_target = located<bool>{*flag, stop->at};
  }
  evaluate.curvature = read_curvature(in);
  return evaluate;
}

std::uint64_t batch_size_of(const setting& written) {
  const auto* const count = std::get_if<std::int64_t>(&written);
  return count == nullptr ? 0 : static_cast<std::uint64_t>(*count);
}

}  // namespace ravine
