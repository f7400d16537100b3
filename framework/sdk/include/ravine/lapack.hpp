#pragma once

#include <cblas.h>

/// The functions of LAPACK that <ravine/linear_algebra.hpp> calls, by element type. Matrices are
/// column-major, arguments are LAPACK's (netlib.org/lapack). The names of the members are not those of the
/// symbols, so that other headers that declare LAPACK may be included as well.
namespace ravine::detail {

template <class T>
struct lapack;

// NOLINTBEGIN(bugprone-macro-parentheses): types and letters can't stand in parentheses
#define RAVINE_LAPACK(type, letter)                                                                          \
  template <>                                                                                                \
  struct lapack<type> {                                                                                      \
    using in = const blasint*;                                                                               \
    static void syevd(const char* job, const char* half, in n, type* a, in lda, type* w, type* work,         \
                      in lwork, blasint* iwork, in liwork, blasint* info) __asm__(letter "syevd_");          \
    static void gelqf(in m, in n, type* a, in lda, type* tau, type* work, in lwork,                          \
                      blasint* info) __asm__(letter "gelqf_");                                               \
    static void orglq(in m, in n, in k, type* a, in lda, const type* tau, type* work, in lwork,              \
                      blasint* info) __asm__(letter "orglq_");                                               \
    static void potrf(const char* half, in n, type* a, in lda, blasint* info) __asm__(letter "potrf_");      \
    static void getrf(in m, in n, type* a, in lda, blasint* pivots, blasint* info) __asm__(letter "getrf_"); \
    static void getrs(const char* order, in n, in columns, const type* a, in lda, const blasint* pivots,     \
                      type* b, in ldb, blasint* info) __asm__(letter "getrs_");                              \
    static void gesdd(const char* job, in m, in n, type* a, in lda, type* s, type* u, in ldu, type* vt,      \
                      in ldvt, type* work, in lwork, blasint* iwork,                                         \
                      blasint* info) __asm__(letter "gesdd_");                                               \
  };
// NOLINTEND(bugprone-macro-parentheses)
RAVINE_LAPACK(float, "s")
RAVINE_LAPACK(double, "d")
#undef RAVINE_LAPACK

}  // namespace ravine::detail
