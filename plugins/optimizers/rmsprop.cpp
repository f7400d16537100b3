#include <ravine/optimizer.hpp>

#include <algorithm>
#include <cmath>

namespace {

struct rmsprop {
  static constexpr ravine::about about{
      "rmsprop", "Gradient over the root of its mean square", "Hinton 2012, Coursera lecture 6e",
      "s <- beta s + (1 - beta) g^2,  p <- p - lr g / sqrt(s + eps)\n"
      "eps_outside: g / (sqrt(s) + eps), as in PyTorch, where beta is 0.99 and lr 0.01 by default.\n"
      "centered:    s - mean^2 in place of s, with mean <- beta mean + (1 - beta) g (Graves 2013,\n"
      "             arXiv:1308.0850); no less than 0, where rounding makes PyTorch's negative.\n"
      "momentum:    v <- momentum v + the quotient, p <- p - lr v. Its state is there unless it is 0 in the\n"
      "             manifest. weight_decay adds weight_decay p to g."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::learning_rate(1e-3), ravine::decay_rate("beta", 0.9).search(0.5, 0.999).doc("decay of s"),
      ravine::real("eps", 1e-8).at_least(0).log().search(1e-10, 1e-1).doc("added to s, or to its root"),
      ravine::boolean("eps_outside", false).doc("add eps to the root of s"),
      ravine::boolean("centered", false).doc("variance of the gradient in place of its mean square"),
      ravine::real("momentum", 0).at_least(0).below(1).doc("decay of the velocity"), ravine::weight_decay(0),
      ravine::decay_biases());
  static constexpr bool elementwise = true;

  explicit rmsprop(ravine::config<rmsprop> c)
      : outside(c.flag("eps_outside")), centered(c.flag("centered")), moves(c["momentum"] != 0) {}

  void state(ravine::state_list& list) const {
    list.per_parameter("s");
    if (centered) list.per_parameter("mean");
    if (moves) list.per_parameter("v");
  }

  template <class T>
  void step(ravine::step<T, rmsprop> s) const {
    const T lr = s["lr"], momentum = s["momentum"];
    if (!moves && momentum != 0)
      throw std::invalid_argument("momentum is scheduled from 0: give it a value above 0, to have its state");
    const T beta = s["beta"], gain = 1 - s["beta"], eps = s["eps"];
    const T inside = outside ? T{0} : eps, added = outside ? eps : T{0};
    const auto quotient = [=](T g, T& square, auto&... mean) {
      square = beta * square + gain * g * g;
      ((mean = beta * mean + gain * g), ...);
      const T spread = std::max((square - ... - (mean * mean)), T{0});
      return ravine::quotient(g, std::sqrt(spread + inside) + added);
    };
    const auto plain = [=](T& p, T g, auto&... own) { p -= lr * quotient(g, own...); };
    const auto moving = [=](T& p, T g, T& v, auto&... own) {
      v = momentum * v + quotient(g, own...);
      p -= lr * v;
    };
    const auto run = [&](auto... names) {
      if (moves) return s.for_each_decayed(moving, "v", names...);
      s.for_each_decayed(plain, names...);
    };
    if (centered) return run("s", "mean");
    run("s");
  }

  bool outside, centered, moves;
};

}  // namespace

RAVINE_OPTIMIZER(rmsprop)
