# What `cmake --install` puts where, as three components: program (what runs experiments, with the plugins),
# dev (what plugins are built with) and engine (the host library, for programs that run experiments themselves). Nothing that is installed points into the build or source folder.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Debug information would name the folders of the build.
install(CODE "set(CMAKE_INSTALL_DO_STRIP TRUE)" ALL_COMPONENTS)

set(installed_plugins ${CMAKE_INSTALL_LIBDIR}/ravine/plugins)
set(installed_cmake ${CMAKE_INSTALL_LIBDIR}/cmake/ravine)

install(TARGETS ravine RUNTIME COMPONENT program)
get_property(shipped_plugins GLOBAL PROPERTY RAVINE_SHIPPED_PLUGINS)
install(TARGETS ${shipped_plugins} LIBRARY DESTINATION ${installed_plugins} COMPONENT program)
if(TARGET ravine_torch_bridge)
  install(TARGETS ravine_torch_bridge LIBRARY DESTINATION ${installed_plugins}/torchscript COMPONENT torch)
endif()

install(FILES framework/cli/completion.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME ravine COMPONENT program)

install(DIRECTORY framework/abi/include/ framework/sdk/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        COMPONENT dev)
install(TARGETS ravine_abi ravine_sdk EXPORT ravine)
install(EXPORT ravine NAMESPACE ravine:: DESTINATION ${installed_cmake} FILE ravine-targets.cmake
        COMPONENT dev)

# Archives are not stripped with the programs; their debug information names no folder of the build.
install(TARGETS ravine_engine EXPORT ravine-engine ARCHIVE COMPONENT engine)
get_property(engine_folders GLOBAL PROPERTY RAVINE_ENGINE_FOLDERS)
foreach(folder IN LISTS engine_folders)
  install(DIRECTORY framework/engine/${folder} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/ravine-engine
          COMPONENT engine FILES_MATCHING PATTERN "*.hpp")
endforeach()
install(EXPORT ravine-engine NAMESPACE ravine:: DESTINATION ${installed_cmake} FILE ravine-engine-targets.cmake
        COMPONENT engine)
configure_package_config_file(cmake/ravine-config.cmake.in ${CMAKE_BINARY_DIR}/ravine-config.cmake
                              INSTALL_DESTINATION ${installed_cmake})
# Plugins of an older minor release load in a newer one, so a newer SDK serves who asks for an older one.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/ravine-config-version.cmake
                                 COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
install(FILES ${CMAKE_BINARY_DIR}/ravine-config.cmake ${CMAKE_BINARY_DIR}/ravine-config-version.cmake
              cmake/RavinePlugin.cmake cmake/RavinePluginOptions.cmake cmake/plugin.map
        DESTINATION ${installed_cmake} COMPONENT dev)

# Relative to the .pc file, as is everything else.
file(RELATIVE_PATH pkgconfig_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/ravine.pc.in ${CMAKE_BINARY_DIR}/ravine.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/ravine.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)

# json_list(VARIABLE WORD…): the words as a JSON array.
function(json_list variable)
  list(JOIN ARGN "\", \"" words)
  set(${variable} "[\"${words}\"]" PARENT_SCOPE)
endfunction()

install(DIRECTORY experiments/suites DESTINATION ${CMAKE_INSTALL_DATADIR}/ravine COMPONENT program
        FILES_MATCHING PATTERN "*.yaml" PATTERN "*.csv")
install(DIRECTORY framework/sdk/templates DESTINATION ${CMAKE_INSTALL_DATADIR}/ravine COMPONENT dev)

# ravine_write_installation(FILE PLUGINS SUITES MAP TEMPLATES INCLUDE…): what framework/engine/plugin/installation.hpp reads.
function(ravine_write_installation file plugins suites map templates)
  json_list(includes ${ARGN})
  json_list(compile_options ${RAVINE_PLUGIN_COMPILE_OPTIONS} -g1 -Wall -Wextra -fPIC -fvisibility=hidden)
  json_list(c_options -std=c11)
  json_list(cxx_options -std=c++20 -fvisibility-inlines-hidden -DHAVE_CBLAS=1)
  json_list(link_options -shared ${RAVINE_PLUGIN_LINK_OPTIONS} -lopenblas -lm)
  configure_file(cmake/installation.json.in ${file} @ONLY)
endfunction()

ravine_write_installation(${CMAKE_BINARY_DIR}/share/ravine/installation.json plugins
                          ${CMAKE_SOURCE_DIR}/experiments/suites ${RAVINE_PLUGIN_MAP}
                          ${CMAKE_SOURCE_DIR}/framework/sdk/templates
                          ${CMAKE_SOURCE_DIR}/framework/abi/include ${CMAKE_SOURCE_DIR}/framework/sdk/include)
ravine_write_installation(${CMAKE_BINARY_DIR}/installed/installation.json ${installed_plugins}
                          ${CMAKE_INSTALL_DATADIR}/ravine/suites
                          ${installed_cmake}/plugin.map ${CMAKE_INSTALL_DATADIR}/ravine/templates
                          ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${CMAKE_BINARY_DIR}/installed/installation.json DESTINATION ${CMAKE_INSTALL_DATADIR}/ravine
        COMPONENT program)
