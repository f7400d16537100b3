# cmake -D SOURCE=… -D OUTPUT=… -P build_revision.cmake
# Writes the header that says which commit is built, if it says something else by now; empty outside a repository.
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
                OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
execute_process(COMMAND git -C ${SOURCE} rev-parse --show-cdup
                OUTPUT_VARIABLE above OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT status EQUAL 0 OR NOT above STREQUAL "")  # none, or that of a folder around an unpacked archive
  set(revision "")
endif()
set(text "#pragma once\n\nnamespace ravine {\n\ninline constexpr const char* build_revision = \"${revision}\";\n\n}  // namespace ravine\n")
set(before)
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} before)
endif()
if(NOT text STREQUAL before)
  file(WRITE ${OUTPUT} "${text}")
endif()
