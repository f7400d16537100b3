#pragma once

/// RAVINE_EACH_WIDTH before a function compiles it for several widths of vectors; the widest that the
/// processor has is chosen when the program starts. What the function computes must not depend on the width:
/// no sums of floating-point numbers.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)  // which start after the choice is made
#define RAVINE_EACH_WIDTH [[gnu::target_clones("default", "avx2", "avx512f")]]
#else
#define RAVINE_EACH_WIDTH
#endif
