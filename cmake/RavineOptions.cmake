# Compiler options that every target shares.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

add_library(ravine_options INTERFACE)
target_compile_options(ravine_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(RAVINE_WERROR)
  target_compile_options(ravine_options INTERFACE -Werror)
endif()

# Fused multiply-add would make a result depend on how the compiler groups terms and on whether an
# element falls into the vectorised body of a loop: results must not change with a split or a flag.
add_compile_options(-ffp-contract=off)

# Lines and functions, which backtraces and profiles need. Variables, which only a debugger needs, take a
# quarter of the build's time and most of its space: the debug preset has them.
add_compile_options($<$<CONFIG:RelWithDebInfo>:-g1>)

# Debug information names files as the source tree does, wherever it lies.
add_compile_options(-ffile-prefix-map=${CMAKE_BINARY_DIR}/engine-includes/=engine-includes/
                    -ffile-prefix-map=${CMAKE_BINARY_DIR}/=build/ -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)

if(RAVINE_SANITIZE)
  # -O1: code with sanitizers takes half as long to compile as at -O3.
  add_compile_options(-fsanitize=${RAVINE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -O1)
  add_link_options(-fsanitize=${RAVINE_SANITIZE})
  # GCC warns falsely in instrumented code, of the standard library too; Clang does not vectorise it, and says so.
  target_compile_options(ravine_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
                                                  $<$<CXX_COMPILER_ID:Clang>:-Wno-pass-failed>)
endif()
