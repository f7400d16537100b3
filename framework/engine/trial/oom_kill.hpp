#pragma once

#include <string_view>

namespace ravine {

/// Of a trial that the kernel ended because the machine, or the control group, had no memory left. What else
/// ran then has a share in it: such a trial is run again. Results files hold this text, by which it is known
/// again: it never changes.
inline constexpr std::string_view oom_kill_reason =
    "the kernel's OOM killer ended it, since the machine or its control group had no memory left: run fewer "
    "trials at once (--jobs), grant more memory, or take a smaller model or batch";

}  // namespace ravine
