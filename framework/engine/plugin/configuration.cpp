#include "plugin/configuration.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ravine {
namespace {

struct scalar_of {
  const hyperparameter& declared;

  double operator()(bool value) const { return value ? 1 : 0; }
  double operator()(std::int64_t value) const { return static_cast<double>(value); }
  double operator()(double value) const { return value; }
  double operator()(const std::string& value) const {
    if (declared.type == hyperparameter_type::file) return 0;  // or its size, once it has been read
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
    const bool is_file = declared.type == hyperparameter_type::file;
    add_file(owner, declared, is_file ? std::get<std::string>(value) : "");
  }
  for (const auto& list : elements_) lists_.push_back({list.size(), list.empty() ? nullptr : list.data()});
  raw_ = {.struct_size = sizeof(rv_config),
          .reserved = 0,
          .count = values_.size(),
          .values = values_.data(),
          .lists = lists_.data(),
          .files = files_.data()};
}

void configuration::add_file(const component& owner, const hyperparameter& declared,
                             const std::string& path) {
  if (path.empty()) {
    files_.push_back({.size = 0, .bytes = nullptr, .path = ""});
    return;
  }
  try {
    const named_file& file = contents_.emplace_back(read_named_file(path));
    file_digests_[declared.name] = file.sha256();
    files_.push_back({.size = file.content.size(), .bytes = file.content.data(), .path = file.path.c_str()});
    values_.back() = static_cast<double>(file.content.size());
  } catch (const plugin_error& problem) {
    throw plugin_error(fmt::format("{}: {}: {}", owner.id, declared.name, problem.what()));
  }
}

void configuration::forget_files() {
  for (rv_file& each : files_) each = {.size = 0, .bytes = nullptr, .path = ""};
  contents_.clear();
}

}  // namespace ravine
