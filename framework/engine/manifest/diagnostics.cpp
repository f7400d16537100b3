#include "manifest/diagnostics.hpp"

#include "manifest/manifest_error.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ravine {
namespace {

std::string describe(const std::string& file, const std::vector<manifest_diagnostic>& errors) {
  std::string text;
  for (const manifest_diagnostic& m : errors) {
    if (!text.empty()) text += '\n';
    text += m.line == 0 ? m.message : fmt::format("{}:{}:{}: {}", file, m.line, m.column, m.message);
  }
  return text;
}

}  // namespace

manifest_error::manifest_error(const std::string& file, std::vector<manifest_diagnostic> errors)
    : error(describe(file, errors)), diagnostics(std::move(errors)) {}

void diagnostics::add(const place& where, std::string message) {
  all_.push_back({where, std::move(message)});
}

void diagnostics::raise(const std::string& file) const {
  if (all_.empty()) return;
  std::vector<entry> sorted = all_;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::vector<manifest_diagnostic> all;
  for (entry& m : sorted) {
    if (m.where.line == 0)
      m.message = fmt::format("--set {}: {}", overrides_.at(m.where.override_index), m.message);
    all.push_back({m.where.line, m.where.column, std::move(m.message)});
  }
  throw manifest_error(file, std::move(all));
}

}  // namespace ravine
