// Hooks of an optimizer that would never be called.
#include <ravine/optimizer.hpp>

namespace {

struct hooks {
  static constexpr ravine::about about{"hooks", "Declares its hooks wrongly"};
  static constexpr auto states = ravine::per_parameter("m");

  template <class T>
  void initialise(ravine::step<T, hooks>) const {}
  template <class T>
  bool gradient_at(ravine::step<T, hooks>, std::span<T>) const {
    return false;
  }
  template <class T>
  bool evaluation_point(ravine::step<T, hooks>) const {
    return false;
  }
  template <class T>
  void step(ravine::step<T, hooks>) {}
};

}  // namespace

// expect: template <class T> void step(ravine::step<T, itself> s) const
// expect: template <class T> void init(ravine::step<T, itself> s) const
// expect: template <class T> bool gradient_point(ravine::step<T, itself> s, std::span<T> point) const
// expect: template <class T> bool evaluation_point(ravine::step<T, itself> s, std::span<T> point) const
// expect: static constexpr auto state = ravine::per_parameter(
RAVINE_OPTIMIZER(hooks)
