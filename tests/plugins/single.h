/* SINGLE_PLUGIN(component, name, version): makes the file a plugin that holds one component. */
#ifndef SINGLE_H
#define SINGLE_H

#include <ravine/abi.h>

#define SINGLE_PLUGIN(component, its_name, its_version)                        \
  static const rv_component* const single_component[] = {&(component)};        \
  static const rv_plugin single_plugin = {.struct_size = sizeof single_plugin, \
                                          .magic = RV_MAGIC,                   \
                                          .abi_major = RV_ABI_MAJOR,           \
                                          .abi_minor = RV_ABI_MINOR,           \
                                          .name = its_name,                    \
                                          .version = its_version,              \
                                          .author = "Ravine's tests",          \
                                          .license = "BSD-3-Clause",           \
                                          .component_count = 1,                \
                                          .components = single_component};     \
  const rv_plugin* ravine_plugin_v1(const rv_host* host) {                     \
    (void)host;                                                                \
    return &single_plugin;                                                     \
  }

#endif
