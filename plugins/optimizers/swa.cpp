#include <ravine/optimizer.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace {

struct swa {
  static constexpr ravine::about about{
      "swa", "Evaluates the mean of an optimizer's last iterates", "Izmailov et al. 2018, arXiv:1803.05407",
      "The inner optimizer steps on the parameters p. After the share `start` of the training, every\n"
      "`every` steps, p goes into the mean that is evaluated; before, the parameters are. The paper\n"
      "averages once an epoch, at a learning rate that is high and constant or cyclic, and then recomputes\n"
      "the statistics of batch normalisation, which no model here has. Needs a budget in steps or epochs. "
      "As\n"
      "an inner optimizer that does not step each time it counts its own steps, but the trial's length."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("start", 0.75)
          .at_least(0)
          .below(1)
          .search(0.3, 0.95)
          .doc("share of the training before averaging")
          .fixed(),
      ravine::integer("every", 1).at_least(1).doc("steps from one iterate of the mean to the next").fixed());
  static constexpr auto state = ravine::per_parameter("mean");
  static constexpr bool wraps = true;
  static constexpr bool reads_total = true;

  /// Steps of averaging that are over after this one, in units of `every`; below 1 before the first iterate.
  template <class T>
  static double averaged(const ravine::step<T, swa>& s) {
    if (s.total_steps() == 0) {
      throw std::runtime_error("start is a share of the training, and its length is not known in steps");
    }
    return (s.t() - std::floor(double(s["start"]) * double(s.total_steps()))) / double(s["every"]);
  }

  template <class T>
  void step(ravine::step<T, swa> s) const {
    const double iterates = averaged(s);
    s.step_inner();
    if (iterates < 1 || iterates != std::floor(iterates)) return;
    const T share = T(1 / iterates);
    s.for_each([=](T& p, T, T& mean) { mean = share * p + (1 - share) * mean; });
  }

  template <class T>
  bool evaluation_point(ravine::step<T, swa> s, std::span<T> point) const {
    if (averaged(s) >= 1) {
      std::ranges::copy(s.state("mean"), point.begin());
    } else {
      s.inner().evaluation_point(s.params(), point);
    }
    return true;
  }
};

}  // namespace

RAVINE_OPTIMIZER(swa)
