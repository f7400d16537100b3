/* What plugins of the tests share. */
#ifndef RAVINE_TESTS_PLUGIN_H
#define RAVINE_TESTS_PLUGIN_H

#include <ravine/abi.h>

#include <limits.h>

/* Without the fraction; INT_MIN in place of what no int can be, without undefined behaviour. */
static inline int whole(double x) { return x > INT_MIN && x < INT_MAX ? (int)x : INT_MIN; }

/* TEST_PLUGIN(name, &component, ...): makes the file a plugin that holds these components. */
#define TEST_PLUGIN(its_name, ...)                                                                          \
  static const rv_component* const its_components[] = {__VA_ARGS__};                                        \
  static const rv_plugin its_plugin = {.struct_size = sizeof its_plugin,                                    \
                                       .magic = RV_MAGIC,                                                   \
                                       .abi_major = RV_ABI_MAJOR,                                           \
                                       .abi_minor = RV_ABI_MINOR,                                           \
                                       .name = its_name,                                                    \
                                       .version = "1.0.0",                                                  \
                                       .author = "Ravine's tests",                                          \
                                       .license = "BSD-3-Clause",                                           \
                                       .component_count = sizeof its_components / sizeof its_components[0], \
                                       .components = its_components};                                       \
  const rv_plugin* ravine_plugin_v1(const rv_host* host) {                                                  \
    (void)host;                                                                                             \
    return &its_plugin;                                                                                     \
  }

#endif
