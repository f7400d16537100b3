// An optimizer that wants no gradient, and does in a step what its hyperparameter says.
#include <ravine/optimizer.hpp>

namespace {

struct idle {
  static constexpr ravine::about about{"idle", "Wants no gradient, and stays where it is"};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::choice("does", {"evaluates", "nothing", "steps_inner", "steps_inner_in_init"}).doc("in a step"),
      ravine::integer("until", 1000).doc("the last step in which it does so; afterwards it does nothing"));
  static constexpr bool closure = true, no_gradient = true, may_wrap = true;

  explicit idle(ravine::config<idle> c) : does(c.choice("does")) {}

  template <class T>
  void init(ravine::step<T, idle> s) const {
    if (does == "steps_inner_in_init") s.inner().step(s.params(), s.params(), 0);
  }

  template <class T>
  void step(ravine::step<T, idle> s) const {
    if (s.t() > double(s["until"])) return;
    if (does == "evaluates") s.evaluate(s.params(), {});
    if (does == "steps_inner") s.step_inner();  // with the gradient that it said it does not want
  }

  std::string_view does;
};

}  // namespace

RAVINE_OPTIMIZER(idle)
