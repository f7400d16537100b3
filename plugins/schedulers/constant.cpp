#include <ravine/scheduler.hpp>

namespace {

struct constant {
  static constexpr ravine::about about{
      "constant", "The value of the manifest, times a factor",
      "Bottou, Curtis & Nocedal 2018, arXiv:1606.04838",
      "base factor. PyTorch's ConstantLR ends by itself, which is\n"
      "[{use: constant, with: {factor: 0.3}, for: {epochs: 5}}, {use: constant}]."};
  static constexpr auto hyper =
      ravine::hyperparameters(ravine::real("factor", 1).doc("multiplies the base value"));

  double value(ravine::schedule_point<constant> s) const { return s["factor"] * s.base; }
};

}  // namespace

RAVINE_SCHEDULER(constant)
