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
      "the statistics of batch normalisation, which no model here has. Needs a budget in steps or epochs."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("start", 0.75)
          .at_least(0)
          .below(1)
          .search(0.3, 0.95)
          .doc("share of the training before averaging"),
      ravine::integer("every", 1).at_least(1).doc("steps from one iterate of the mean to the next"));
  static constexpr auto state = ravine::per_parameter("mean");
  static constexpr bool wraps = true;

  /// Iterates in the mean after this step.
  template <class T>
  static double averaged(const ravine::step<T, swa>& s) {
    if (s.total_steps() == 0) {
      throw std::runtime_error("start is a share of the training, and its length is not known in steps");
    }
    const double begin = std::floor(double(s["start"]) * double(s.total_steps()));
    return std::max(0.0, std::floor((s.t() - begin) / double(s["every"])));
  }

  template <class T>
  void step(ravine::step<T, swa> s) const {
    s.step_inner();
    const double begin = std::floor(double(s["start"]) * double(s.total_steps()));
    if (averaged(s) < 1 || std::fmod(s.t() - begin, double(s["every"])) != 0) return;
    const T share = T(1 / averaged(s));
    s.for_each([=](T& p, T, T& mean) { mean = share * p + (1 - share) * mean; });
  }

  template <class T>
  bool evaluation_point(ravine::step<T, swa> s, std::span<T> point) const {
    s.inner().evaluation_point(s.params(), point);
    if (averaged(s) >= 1) std::ranges::copy(s.state("mean"), point.begin());
    return true;
  }
};

}  // namespace

RAVINE_OPTIMIZER(swa)
