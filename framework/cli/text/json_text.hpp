#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace ravine::cli {

/// The document, indented. Text of others that is not UTF-8 is replaced: it is no reason to lose the rest.
template <class Json>
std::string json_text(const Json& document) {
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace ravine::cli
