#pragma once

#include "plugin/component.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace ravine {

enum class verdict : std::uint32_t { pass, fail, not_applicable };

/// "pass", "fail" or "not applicable".
std::string_view to_string(verdict of);

/// How a check ended.
struct child_outcome {
  verdict ended = verdict::fail;
  std::string reason;  ///< "" if it passed
  std::chrono::duration<double> seconds{};
};

/// Runs `body` in a process forked from this one, or, if there is a file to be `opened` before, from a
/// process that has done so and can name the place of a crash in it. Passes if the body returns; not
/// applicable if it throws not_applicable; fails if it throws anything else, crashes (the reason then names
/// the place), ends the process or takes longer than `limit`.
child_outcome run_in_child(const std::function<void()>& body, std::chrono::duration<double> limit,
                           const plugin_file* opened = nullptr);

}  // namespace ravine
