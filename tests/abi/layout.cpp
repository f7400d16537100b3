#include "layout.h"

#include <type_traits>

static_assert(std::is_standard_layout_v<rv_plugin> && std::is_trivially_copyable_v<rv_plugin>);
static_assert(std::is_standard_layout_v<rv_step> && std::is_trivially_copyable_v<rv_step>);
// A null table entry means "not offered": functions must be plain pointers.
static_assert(std::is_pointer_v<decltype(rv_optimizer::gradient_point)>);

static_assert(
    [] {
      rv_host host{};
      host.struct_size = offsetof(rv_host, get_extension);
      return RV_HAS(rv_host, &host, set_error) && !RV_HAS(rv_host, &host, get_extension);
    }(),
    "RV_HAS tells a field that a struct is too short for");
