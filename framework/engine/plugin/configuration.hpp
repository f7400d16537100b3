#pragma once

#include "plugin/component.hpp"
#include "plugin/named_file.hpp"

#include <ravine/abi.h>

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// Settings in the form in which they cross to a plugin.
class configuration {
 public:
  /// `with` is completed and checked first, and the files that it names are read. Throws plugin_error.
  configuration(const component& owner, const settings& with);
  configuration(const configuration&) = delete;
  configuration& operator=(const configuration&) = delete;

  const rv_config* raw() const { return &raw_; }
  /// The scalars in declared order: base values, which schedules may replace in a copy.
  const std::vector<double>& values() const { return values_; }

  /// SHA-256 of the files that the settings name, by hyperparameter.
  const std::map<std::string, std::string>& file_digests() const { return file_digests_; }
  /// Frees the content of files, which plugins have during create only.
  void forget_files();

 private:
  void add_file(const component& owner, const hyperparameter& declared, const std::string& path);

  std::vector<double> values_;
  std::vector<std::vector<std::int64_t>> elements_;
  std::vector<rv_integer_list> lists_;
  std::deque<named_file> contents_;  // a deque: pointers to elements stay valid
  std::vector<rv_file> files_;
  std::map<std::string, std::string> file_digests_;
  rv_config raw_{};
};

}  // namespace ravine
