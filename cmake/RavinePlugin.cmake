# ravine_add_plugin(NAME FILE…): a plugin as a shared object NAME.so in the build's plugins folder.
#
# -O3 and -fno-math-errno: loops with square roots are vectorised. The version script hides every
# symbol but the entry: hidden visibility alone leaves template statics shared between plugins.
set(RAVINE_PLUGIN_MAP ${CMAKE_CURRENT_LIST_DIR}/plugin.map)
set(RAVINE_PLUGIN_DIR ${CMAKE_BINARY_DIR}/plugins)

function(ravine_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  target_link_libraries(${name} PRIVATE ravine::sdk ravine_options)
  target_compile_options(${name} PRIVATE -O3 -fno-math-errno)
  target_link_options(${name} PRIVATE -Wl,--version-script=${RAVINE_PLUGIN_MAP} -Wl,--as-needed
                                      -Wl,-z,defs,-z,now,-z,noexecstack)
  if(RAVINE_SANITIZE)
    # The sanitizers' symbols come from the program that loads the plugin.
    target_link_options(${name} PRIVATE -Wl,-z,undefs)
  endif()
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so"
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${RAVINE_PLUGIN_MAP}
    LIBRARY_OUTPUT_DIRECTORY ${RAVINE_PLUGIN_DIR})
endfunction()
