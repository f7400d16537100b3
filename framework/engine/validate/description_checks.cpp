#include "plugin/library.hpp"
#include "validate/check.hpp"

#include <array>

#include <fmt/format.h>

namespace ravine {
namespace {

void describes_itself(const subject& it) { load_library(it.file); }

void require(const std::string& text, std::string_view what) {
  if (text.empty()) throw check_failed(fmt::format("{} is empty", what));
}

void documents_itself(const subject& it) {
  const loaded_plugin loaded = load_library(it.file);
  require(loaded.file.name, "the plugin's name");
  require(loaded.file.version, "the plugin's version");
  if (loaded.components.empty()) throw check_failed("it holds no optimizer, scheduler or model");
  for (const component& each : loaded.components) {
    require(each.summary, each.id + ": summary");
    for (const hyperparameter& declared : each.hyperparameters)
      require(declared.doc, each.id + ": doc of " + declared.name);
  }
}

}  // namespace

std::span<const check> description_checks() {
  static constexpr std::array checks{
      check{"description",
            "ids, hyperparameters, defaults and ranges make sense, and all functions are there",
            "fix what is named; <ravine/abi.h> says what each field means", describes_itself},
      check{"documentation", "name, version, summary and every hyperparameter's doc are given",
            "write a line where one is missing: ravine plugins info shows it", documents_itself},
  };
  return checks;
}

}  // namespace ravine
