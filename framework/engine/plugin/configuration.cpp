#include "plugin/configuration.hpp"

#include <algorithm>

namespace ravine {
namespace {

struct scalar_of {
  const hyperparameter& declared;

  double operator()(bool value) const { return value ? 1 : 0; }
  double operator()(std::int64_t value) const { return static_cast<double>(value); }
  double operator()(double value) const { return value; }
  double operator()(const std::string& value) const {
    return static_cast<double>(std::ranges::find(declared.choices, value) - declared.choices.begin());
  }
  double operator()(const std::vector<std::int64_t>& value) const {
    return static_cast<double>(value.size());
  }
};

}  // namespace

configuration::configuration(const component& owner, const settings& with) {
  const settings all = owner.complete(with);
  for (const hyperparameter& declared : owner.hyperparameters) {
    const setting& value = all.at(declared.name);
    values_.push_back(std::visit(scalar_of{declared}, value));
    const auto* const list = std::get_if<std::vector<std::int64_t>>(&value);
    elements_.push_back(list == nullptr ? std::vector<std::int64_t>{} : *list);
  }
  for (const auto& list : elements_) lists_.push_back({list.size(), list.empty() ? nullptr : list.data()});
  raw_ = {.struct_size = sizeof(rv_config),
          .reserved = 0,
          .count = values_.size(),
          .values = values_.data(),
          .lists = lists_.data()};
}

}  // namespace ravine
