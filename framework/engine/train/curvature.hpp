#pragma once

#include "plugin/memory.hpp"
#include "train/lanczos.hpp"
#include "train/objective.hpp"
#include "train/steady_loss.hpp"
#include "trial/trial_spec.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace ravine {

/// The shape of the loss around the parameters, along training. With w the parameters, L the loss on a fixed
/// sample of the training set (see steady_loss), or a landscape without its noise, g its gradient and H its
/// Hessian:
///
///     hessian_eigenvalue    the largest eigenvalue of H, by sign: what Cohen et al. 2021 (arXiv:2103.00065)
///     call
///                           sharpness. Products H v are (g(w + e v) - g(w - e v)) / 2e
///     sam_sharpness         L(w + rho g / |g|) - L(w): the largest rise within rho, to first order (Foret et
///     al.
///                           2021, arXiv:2010.01412)
///     gradient_noise_scale  tr(C) / |G|^2, in examples, where C is the covariance of the gradients of single
///                           examples and G their mean: the simple noise scale, by the unbiased estimates
///                           from two batch sizes, the sample and its parts (McCandlish et al. 2018,
///                           arXiv:1812.06162, appendix A.1). Absent where the estimate of |G|^2 is not above
///                           0, and on landscapes
///     update_cosine         of the angle between the last two changes of w: 1 straight on, -1 straight back
///
/// Measuring changes nothing of a trial: the sample and the first vector are drawn from a stream of their
/// own.
template <class T>
class curvature_watch {
 public:
  /// `data` is null for a landscape; `every` is in steps, with fractions.
  curvature_watch(objective<T>& of, const dataset* data, const curvature_spec& what, double every,
                  std::uint64_t seed);

  /// Whether the shape is measured after that step; also after none.
  bool due(std::uint64_t step) const;
  /// Whether the change of that step is part of what is measured after it, or after the next one.
  bool needs_update(std::uint64_t step) const { return step > 0 && (due(step) || due(step + 1)); }
  /// To be called before such a step.
  void before_step(std::span<const T> params);
  /// To be called after it. Answers what was measured, by name, as far as it is finite; nothing if it is not
  /// due.
  std::map<std::string, double> after_step(std::uint64_t step, std::span<const T> params);

  /// The one thing that is remembered from step to step.
  aligned_array& last_update() { return last_update_; }

 private:
  void note_update(std::uint64_t step, std::span<const T> params, std::map<std::string, double>& found);
  void measure_around(std::span<const T> params, std::uint64_t step, std::map<std::string, double>& found);
  const T* moved(std::span<const T> params, std::span<const double> direction, double distance);
  double top_eigenvalue(std::span<const T> params, std::uint64_t step);
  found_eigenvalue top_eigenvalue_over(std::span<const T> params, double away, std::uint64_t seed,
                                       const eigenvalue_stop& stop);

  steady_loss<T> loss_;
  double rho_, every_;
  std::uint64_t seed_;
  std::vector<T> before_;
  aligned_array last_update_, point_;
  std::vector<double> gradient_, other_gradient_;
};

extern template class curvature_watch<float>;
extern template class curvature_watch<double>;

}  // namespace ravine
