#pragma once

#include "data/dataset_content.hpp"

#include <functional>
#include <string>

namespace ravine {

/// Runs `decode` in a process of its own, with limits on its memory and on what it may write, and answers the
/// dataset: whatever a data file makes of that process, this one neither crashes, nor grows, nor stops
/// listening to signals. `name` of the source stands in messages. Call while this process has no other
/// threads. Throws data_error: that of `decode`, or one that says how the process ended, or that the user
/// has interrupted it (see process/interrupt.hpp).
dataset decode_apart(const std::string& name, const std::function<dataset_content()>& decode);

}  // namespace ravine
