#pragma once

#include <ravine/hyperparameters.hpp>
#include <ravine/quotient.hpp>
#include <ravine/step.hpp>

#include <cmath>
#include <string_view>

/// The moments of the gradient that Adam and its relatives keep (Kingma & Ba 2014, arXiv:1412.6980).
namespace ravine {

/// The hyperparameters that class moments reads; each may be refined: ravine::beta2(0.95).search(0.9, 0.999).
constexpr hyperparameter beta1(double default_value = 0.9) {
  return decay_rate("beta1", default_value).search(0.5, 0.99).doc("decay of m");
}
constexpr hyperparameter beta2(double default_value = 0.999) {
  return decay_rate("beta2", default_value).search(0.9, 0.9999).doc("decay of v");
}
constexpr hyperparameter eps(double default_value = 1e-8) {
  return real("eps", default_value).at_least(0).log().search(1e-10, 1e-1).doc("added to the root of v");
}
/// Optional: without it the moments are corrected.
constexpr hyperparameter bias_correction(bool default_value = true) {
  return boolean("bias_correction", default_value).doc("apply bias correction to m and v");
}

/// Adam's moments in one step, made once and used for each element:
///
///     const ravine::moments moments(s);
///     const T rate = s["lr"] / moments.correction1;
///     s.for_each([=](T& p, T g, T& m, T& v) {
///       moments.update(g, m, v);
///       p -= ravine::quotient(rate * m, moments.root(v));
///     });
template <class T>
class moments {
 public:
  template <class Author>
  explicit moments(const step<T, Author>& s)
      : eps(s["eps"]),
        beta1_(s["beta1"]),
        gain1_(1 - s["beta1"]),
        beta2_(s["beta2"]),
        gain2_(1 - s["beta2"]) {
    if (is_corrected(s)) {
      correction1 = s.bias_correction(s["beta1"]);
      correction2 = s.bias_correction(s["beta2"]);
    }
    root_correction2_ = static_cast<T>(std::sqrt(correction2));
  }

  /// m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2
  void update(T g, T& m, T& v) const {
    m = beta1_ * m + gain1_ * g;
    update_second(g, v);
  }
  /// The second moment alone, for rules whose m decays in another way.
  void update_second(T g, T& v) const { v = beta2_ * v + gain2_ * g * g; }
  /// sqrt(v / correction2) + eps, as PyTorch has it.
  T root(T v) const { return std::sqrt(v) / root_correction2_ + eps; }

  double correction1 = 1;  ///< 1 - beta1^t, what m is divided by; 1 without bias correction
  double correction2 = 1;  ///< 1 - beta2^t, what v is divided by; 1 without bias correction
  T eps;

 private:
  template <class Author>
  static bool is_corrected(const step<T, Author>& s) {
    constexpr bool may_be_off = [] {
      for (const hyperparameter& each : Author::hyper) {
        if (std::string_view(each.name) == "bias_correction") return true;
      }
      return false;
    }();
    if constexpr (may_be_off) return s.flag("bias_correction");
    return true;
  }

  T beta1_, gain1_, beta2_, gain2_;
  T root_correction2_;
};

}  // namespace ravine
