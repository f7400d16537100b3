#pragma once

namespace ravine {

/// Call first thing in main. A standard stream that the caller has closed is opened on /dev/null, so that no
/// other file takes its number: output to it fails as before, and diagnostics vanish. A write that can't be
/// done (nobody reads, the file would be larger than `ulimit -f`) becomes an error instead of a signal.
void secure_standard_streams();

}  // namespace ravine
