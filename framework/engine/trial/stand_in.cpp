#include "trial/stand_in.hpp"

#include "core/printable.hpp"

#include <fmt/format.h>

namespace ravine {

std::string to_string(const stand_in& which) {
  return printable(fmt::format("the {} {} is that of {}, not {} of {}", which.kind, which.id, which.file,
                               which.hides_shipped ? "Ravine's own" : "that", which.hidden));
}

bool is_used(const stand_in& which, std::string_view spec) {
  // The keys of a specification are sorted, and no id needs escaping.
  return spec.find(fmt::format(R"("plugin_sha256":"{}","use":"{}")", which.sha256, which.id)) !=
         std::string_view::npos;
}

}  // namespace ravine
