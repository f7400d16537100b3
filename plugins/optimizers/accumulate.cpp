#include <ravine/optimizer.hpp>

#include <cmath>

namespace {

struct accumulate {
  static constexpr ravine::about about{
      "accumulate", "Lets an optimizer step once for several batches", "",
      "The inner optimizer steps with the mean of the last k gradients, "
      "every k steps, as if the batch were k\n"
      "times as large. Gradients are clipped one by one. What is left over "
      "at the end is not used. The inner\n"
      "optimizer counts its own steps; schedules go by the trial's. Rules that evaluate by themselves, such\n"
      "as lbfgs and sam, do so on the last batch alone."};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::integer("k", 4).at_least(1).search(2, 16).doc("batches for one step"));
  static constexpr bool wraps = true;

  void state(ravine::state_list& list) const {
    list.per_parameter("sum");
    list.doubles("loss", 1);
  }

  template <class T>
  void step(ravine::step<T, accumulate> s) const {
    const double k = s["k"], place = std::fmod(s.t() - 1, k);
    double& loss = s.doubles("loss")[0];
    loss = (place == 0 ? 0 : loss) + s.loss();
    if (place == 0) {
      s.for_each([](T&, T g, T& sum) { sum = g; }, "sum");
    } else {
      s.for_each([](T&, T g, T& sum) { sum += g; }, "sum");
    }
    if (place != k - 1) return;
    s.for_each([k = T(k)](T&, T, T& sum) { sum /= k; }, "sum");
    s.inner().step(s.params(), s.state("sum"), loss / k);
  }
};

}  // namespace

RAVINE_OPTIMIZER(accumulate)
