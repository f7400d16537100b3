#include "explore/jobs.hpp"
#include "explore/request.hpp"
#include "fuzz/requirement.hpp"
#include "plugin/registry.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

// What a browser may send to ravine explore: JSON around a manifest, understood but not run. The transport is
// Boost.Beast's.
using ravine::fuzzing::require;

namespace {

const ravine::registry& plugins() {
  static const ravine::registry loaded = [] {
    ravine::registry found;
    found.scan(RAVINE_TEST_PLUGIN_DIR);
    return found;
  }();
  return loaded;
}

/// A request is understood, and then within its limits, or refused with words.
template <class Read>
void tolerate(Read read) {
  try {
    read();
  } catch (const ravine::request_error& problem) {
    require(!std::string_view(problem.what()).empty());
  }
}

void read_all(const nlohmann::json& request) {
  tolerate([&] {
    const ravine::trace_request asked = ravine::read_trace_request(request, plugins());
    require(!asked.wanted.trials.empty() && asked.wanted.trials.size() <= 12);
    require(!asked.cells || (*asked.cells >= 8 && *asked.cells <= 256));
    require(!asked.frame || asked.frame->lower[0] < asked.frame->upper[0]);
  });
  tolerate([&] {
    const ravine::plan wanted = ravine::read_train_request(request, plugins());
    require(!wanted.trials.empty() && wanted.trials.size() <= 8);
    for (const auto& each : wanted.trials) require(each.spec.limits.seconds > 0);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // Plans of many repetitions take long without showing anything new.
  if (text.find("repetitions") != std::string_view::npos) return 0;
  const nlohmann::json request = nlohmann::json::parse(text, nullptr, false);
  if (!request.is_discarded()) read_all(request);
  return 0;
}
