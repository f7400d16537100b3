#include <ravine/optimizer.hpp>

#include <algorithm>

namespace {

struct rprop {
  static constexpr ravine::about about{
      "rprop", "Steps of their own for each parameter, by the gradient's sign alone",
      "Riedmiller & Braun 1993, doi:10.1109/ICNN.1993.298623",
      "step <- step eta_plus if g has the sign of the gradient before, step eta_minus if the other,\n"
      "        kept within step_min and step_max\n"
      "p <- p - step sign(g), but stays, and forgets g, where the sign changed\n"
      "As in PyTorch: the variant that takes no move back (Igel & Huesken 2003). For full batches: noise\n"
      "in the sign shrinks the steps."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(0.01).search(1e-4, 1.0).fixed().doc("step at first"),
      ravine::real("eta_minus", 0.5).above(0).below(1).search(0.2, 0.8).doc("factor when the sign changes"),
      ravine::real("eta_plus", 1.2).above(1).search(1.05, 2).doc("factor when the sign stays"),
      ravine::real("step_min", 1e-6).at_least(0).doc("shortest step"),
      ravine::real("step_max", 50).above(0).doc("longest step"));
  static constexpr auto state = ravine::per_parameter("previous", "step");
  static constexpr bool elementwise = true;

  explicit rprop(ravine::config<rprop> c) {
    if (c["step_min"] > c["step_max"]) throw ravine::bad_config("step_min is above step_max: swap them");
  }

  template <class T>
  void init(ravine::step<T, rprop> s) const {
    std::ranges::fill(s.state("step"), s["lr"]);
  }

  template <class T>
  void step(ravine::step<T, rprop> s) const {
    const T minus = s["eta_minus"], plus = s["eta_plus"];
    const T shortest = s["step_min"], longest = s["step_max"];
    s.for_each([=](T& p, T g, T& previous, T& step) {
      // Selections by factors of 0 and 1, which are exact: the compiler vectorises no branches here.
      const T agreement = g * previous;
      const T same = agreement > 0, opposite = agreement < 0;
      const T factor = same * plus + opposite * minus + (1 - same - opposite);
      step = std::min(std::max(step * factor, shortest), longest);
      previous = (1 - opposite) * g;
      const T up = previous > 0, down = previous < 0;
      p -= (up - down) * step;
    });
  }
};

}  // namespace

RAVINE_OPTIMIZER(rprop)
