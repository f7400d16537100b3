// A landscape with functions that can't be called.
#include <ravine/landscape.hpp>

namespace {

struct landscape {
  static constexpr ravine::about about{"landscape", "Declares its functions wrongly"};

  ravine::landscape_facts facts() { return {}; }
  double loss_gradient(std::span<const double>, std::span<double>) const { return 0; }
  void layout() const {}
};

}  // namespace

// expect: ravine::landscape_facts facts() const
// expect: void layout(ravine::layout_builder& tensors) const
// expect: template <class T> T loss_gradient(std::span<const T> x, std::span<T> g) const
RAVINE_LANDSCAPE(landscape)
