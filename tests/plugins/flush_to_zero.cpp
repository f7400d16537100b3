// An optimizer whose start-up code makes the processor flush subnormal numbers to zero, as the start-up code
// does that compilers add under -ffast-math (older ones to every shared object).
#include <ravine/optimizer.hpp>

#if defined(__SSE__)
#include <immintrin.h>
#endif

namespace {

__attribute__((constructor)) void flush_subnormals() {
#if defined(__SSE__)
  _mm_setcsr(_mm_getcsr() | 0x8040U);  // flush to zero, subnormals are zero
#elif defined(__aarch64__)
  std::uint64_t control = 0;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  __asm__ volatile("msr fpcr, %0" : : "r"(control | (std::uint64_t{1} << 24U)));
#endif
}

struct flush_to_zero {
  static constexpr ravine::about about{"flush_to_zero", "Stays where it is"};

  template <class T>
  void step(ravine::step<T, flush_to_zero>) const {}
};

}  // namespace

RAVINE_OPTIMIZER(flush_to_zero)
