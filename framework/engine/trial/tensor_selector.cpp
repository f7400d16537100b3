#include "trial/tensor_selector.hpp"

#include <fnmatch.h>

namespace ravine {

bool tensor_selector::selects(const std::string& tensor_name, std::string_view tensor_role) const {
  return name.empty() ? role == tensor_role : fnmatch(name.c_str(), tensor_name.c_str(), 0) == 0;
}

std::string to_string(const tensor_selector& selector) {
  return '[' + (selector.name.empty() ? selector.role : selector.name) + ']';
}

}  // namespace ravine
