# ravine_add_plugin(NAME FILE…): a plugin as a shared object NAME.so. The same in Ravine's own build and
# after find_package(ravine), where it lands in the folder plugins of the build.
#
# -O3 and -fno-math-errno: loops with square roots are vectorised. No fused multiply-add: it would make a
# result depend on how the compiler groups terms and on whether an element falls into the vectorised body of
# a loop. The version script hides every symbol but the entry: hidden visibility alone leaves template
# statics shared between plugins.
include(${CMAKE_CURRENT_LIST_DIR}/RavinePluginOptions.cmake)
set(RAVINE_PLUGIN_MAP ${CMAKE_CURRENT_LIST_DIR}/plugin.map)
if(NOT RAVINE_PLUGIN_DIR)
  set(RAVINE_PLUGIN_DIR ${CMAKE_BINARY_DIR}/plugins)
endif()

function(ravine_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE ravine::sdk)
  if(TARGET ravine_options)
    target_link_libraries(${name} PRIVATE ravine_options)
  endif()
  set(compile_options ${RAVINE_PLUGIN_COMPILE_OPTIONS})
  target_link_options(${name} PRIVATE -Wl,--version-script=${RAVINE_PLUGIN_MAP} ${RAVINE_PLUGIN_LINK_OPTIONS})
  if(RAVINE_SANITIZE)
    list(REMOVE_ITEM compile_options -O3) # the level is the one of all code with sanitizers
    # The sanitizers' symbols come from the program that loads the plugin.
    target_link_options(${name} PRIVATE -Wl,-z,undefs)
  endif()
  target_compile_options(${name} PRIVATE ${compile_options})
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so"
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${RAVINE_PLUGIN_MAP}
    LIBRARY_OUTPUT_DIRECTORY ${RAVINE_PLUGIN_DIR})
endfunction()
