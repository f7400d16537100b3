// An optimizer that uses every part of the SDK's optimizer header.
#include <ravine/optimizer.hpp>

#include <algorithm>

namespace {

struct sdk_probe {
  static constexpr ravine::about about{"sdk_probe", "Looks ahead, averages, works tensor by tensor"};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::real("lr", 0.1).above(0).log().search(1e-3, 1).doc("learning rate"),
      ravine::boolean("points", true).doc("own gradient and evaluation points"),
      ravine::integer("count", 3).at_least(1).at_most(9).doc("doubles of state"),
      ravine::integer_list("powers", {1, 2}).at_least(0).doc("copied to the state at first"));
  static constexpr bool closure = true;

  explicit sdk_probe(ravine::config<sdk_probe> given) : c(given) {}

  void state(ravine::state_list& list) const {
    list.per_parameter("mean");
    list.array("tensors", 2);
    list.doubles("kept", c.count("count"));
  }

  template <class T>
  void init(ravine::step<T, sdk_probe> s) const {
    std::ranges::copy(s.params(), s.state("mean").begin());
    const auto powers = c.list("powers");
    const auto kept = s.doubles("kept");
    std::transform(powers.begin(),
                   powers.begin() + static_cast<std::ptrdiff_t>(std::min(powers.size(), kept.size())),
                   kept.begin(), [](auto power) { return static_cast<double>(power); });
  }

  /// Ahead of the parameters by 1 in each coordinate.
  template <class T>
  bool gradient_point(ravine::step<T, sdk_probe> s, std::span<T> point) const {
    if (!c.flag("points")) return false;
    std::ranges::transform(s.params(), point.begin(), [](T p) { return p + 1; });
    return true;
  }

  template <class T>
  bool evaluation_point(ravine::step<T, sdk_probe> s, std::span<T> point) const {
    if (!c.flag("points")) return false;
    std::ranges::copy(s.state("mean"), point.begin());
    return true;
  }

  template <class T>
  void step(ravine::step<T, sdk_probe> s) const {
    const T lr = s["lr"];
    std::size_t i = 0;
    for (auto tensor : s.tensors()) {
      s.state("tensors")[i++] = static_cast<T>(tensor.params().size());
      const auto p = tensor.params();
      const auto g = tensor.grads();
      for (std::size_t k = 0; k < p.size(); ++k) p[k] -= lr * g[k];
    }
    s.for_each([](T& p, T, T& mean) { mean = (mean + p) / 2; }, "mean");
    s.doubles("kept")[0] = s.evaluate(s.params(), {});
  }

  ravine::config<sdk_probe> c;
};

}  // namespace

RAVINE_OPTIMIZER(sdk_probe)
