#include <ravine/optimizer.hpp>

#include <algorithm>

namespace {

struct ema {
  static constexpr ravine::about about{
      "ema", "Evaluates an exponential moving average of an optimizer's iterates",
      "Ruppert 1988; Polyak & Juditsky 1992, doi:10.1137/0330046",
      "The inner optimizer steps on the parameters p, and\n"
      "average <- decay average + (1 - decay) p\n"
      "after each step from `start` on. The average begins as the parameters are then; before, the\n"
      "parameters are evaluated. PyTorch's AveragedModel begins after the first step: start: 1. Training\n"
      "never sees the average. The parameters are what is averaged, whatever point the inner optimizer\n"
      "would be evaluated at."};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::decay_rate("decay", 0.999).search(0.9, 0.9999).doc("of the average"),
                              ravine::integer("start", 0).at_least(0).doc("steps before averaging begins"));
  static constexpr auto state = ravine::per_parameter("average");
  static constexpr bool wraps = true;

  template <class T>
  void init(ravine::step<T, ema> s) const {
    std::ranges::copy(s.params(), s.state("average").begin());
  }

  template <class T>
  void step(ravine::step<T, ema> s) const {
    s.step_inner();
    const T decay = s.t() > double(s["start"]) ? s["decay"] : T{0};
    s.for_each([=](T& p, T, T& average) { average = decay * average + (1 - decay) * p; });
  }

  template <class T>
  bool evaluation_point(ravine::step<T, ema> s, std::span<T> point) const {
    if (s.t() > double(s["start"])) {
      std::ranges::copy(s.state("average"), point.begin());
    } else {
      s.inner().evaluation_point(s.params(), point);
    }
    return true;
  }
};

}  // namespace

RAVINE_OPTIMIZER(ema)
