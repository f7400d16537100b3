# `cpack -G DEB`: the packages ravine, ravine-dev and ravine-engine-dev.
set(CPACK_PACKAGE_NAME ravine)
set(CPACK_PACKAGE_CONTACT "Ravine's authors <ravine@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES TRUE)
set(CPACK_DEB_COMPONENT_INSTALL TRUE)
set(CPACK_COMPONENTS_ALL program dev engine)
if(TARGET ravine_torch_bridge) # a package of its own: few need PyTorch's library
  list(APPEND CPACK_COMPONENTS_ALL torch)
  set(CPACK_DEBIAN_TORCH_PACKAGE_NAME ravine-torchscript)
  set(CPACK_DEBIAN_TORCH_PACKAGE_SHLIBDEPS TRUE)
  set(CPACK_DEBIAN_TORCH_PACKAGE_DEPENDS "ravine (= ${PROJECT_VERSION})")
  set(CPACK_COMPONENT_TORCH_DESCRIPTION "What lets ravine train networks that were scripted in PyTorch.")
endif()
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME ravine)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS TRUE)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS libcurl4) # loaded when a download needs it
set(CPACK_DEBIAN_DEV_PACKAGE_NAME ravine-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS
    "ravine (= ${PROJECT_VERSION}), g++, libboost-dev, libopenblas-dev, libxtensor-dev, libxtensor-blas-dev")
set(CPACK_DEBIAN_ENGINE_PACKAGE_NAME ravine-engine-dev)
set(CPACK_DEBIAN_ENGINE_PACKAGE_DEPENDS
    "ravine-dev (= ${PROJECT_VERSION}), libboost-filesystem-dev, libfmt-dev, libseccomp-dev, \
libsqlite3-dev, libsqlitecpp-dev, libssl-dev, libyaml-cpp-dev, nlohmann-json3-dev, zlib1g-dev")
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION "The program ravine with its optimizers, schedules, models and landscapes.")
set(CPACK_COMPONENT_ENGINE_DESCRIPTION "The library that runs experiments, for programs in C++.")
set(CPACK_COMPONENT_DEV_DESCRIPTION "What plugins for Ravine are built with.")
include(CPack)
