#pragma once

#include <cstddef>
#include <span>

namespace ravine {

/// Makes the heap of a process that forks many others ready for them: what a fork allocates comes from the
/// end of it, in pages that nobody has used. Otherwise it would come out of holes all over the heap, and each
/// page that a fork writes to first has to be copied. Answers these pages; there are none where malloc is not
/// glibc's. The holes are not used any more.
std::span<std::byte> make_fresh_heap();

/// Takes those pages, in a fork, all at once: a page that is taken when it is first written to costs several
/// times as much.
void take_fresh_heap(std::span<std::byte> pages);

}  // namespace ravine
