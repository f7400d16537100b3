// Names that are not declared.
#include <ravine/optimizer.hpp>

namespace {

struct names {
  static constexpr ravine::about about{"names", "Looks for what is not there"};
  static constexpr auto hyper = ravine::hyperparameters(ravine::real("lr", 0.1).doc("learning rate"));
  static constexpr auto state = ravine::per_parameter("m");

  template <class T>
  void step(ravine::step<T, names> s) const {
    // expect: no_hyperparameter_of_that_name_is_declared  name: "lrr"
    const T rate = s["lrr"];
    // expect: no_state_array_of_that_name_is_declared  name: "mm"
    const T first = s.state("mm")[0];
    s.for_each([=](T& p, T g, T& m) { p -= rate * g + m + first; });
  }
};

}  // namespace

RAVINE_OPTIMIZER(names)
