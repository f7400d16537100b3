#include <ravine/norms.hpp>
#include <ravine/optimizer.hpp>

#include <algorithm>

namespace {

struct cautious {
  static constexpr ravine::about about{
      "cautious", "Takes an optimizer's move only where it goes down the gradient",
      "Liang et al. 2024, arXiv:2411.16085",
      "u = the inner optimizer's move;  p <- p + u m / max(mean(m), 0.001),  m = 1 where u g < 0, else 0\n"
      "The mean is over each tensor, as in the authors' code; the paper's factor is d / (count + 1). They\n"
      "leave decoupled weight decay out of u; here u is the whole move, as the type of the parameters\n"
      "rounds it."};
  static constexpr auto hyper = ravine::hyperparameters();
  static constexpr auto scratch = ravine::per_parameter("before");
  static constexpr bool wraps = true;

  template <class T>
  void step(ravine::step<T, cautious> s) const {
    std::ranges::copy(s.params(), s.state("before").begin());
    s.step_inner();
    for (const auto tensor : s.tensors()) {
      const std::span<T> ps = tensor.params(), befores = tensor.state("before");
      const std::span<const T> gs = tensor.grads();
      const double agreeing = ravine::sum(
          ps.size(), [=](std::size_t i) { return (ps[i] - befores[i]) * gs[i] < 0 ? T{1} : T{0}; });
      const T scale = T(1 / std::max(agreeing / double(ps.size()), 1e-3));
      tensor.for_each(
          [=](T& p, T g, T& before) {
            const T move = p - before, moved = before + move * scale;
            p = move * g < 0 ? moved : before;
          },
          "before");
    }
  }
};

}  // namespace

RAVINE_OPTIMIZER(cautious)
