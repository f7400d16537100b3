#pragma once

#include <string_view>

namespace ravine {

/// Writes to standard error, as it is. What can't be written, since the disk is full or nobody reads, is
/// lost: no note is worth hours of work.
void write_to_stderr(std::string_view bytes) noexcept;

/// The same for text that may come from others: what is not printable is escaped, line ends are kept.
void note(std::string_view text) noexcept;

}  // namespace ravine
