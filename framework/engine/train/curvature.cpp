#include "train/curvature.hpp"

#include "train/lanczos.hpp"
#include "train/vector_math.hpp"
#include "trial/streams.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ravine {
namespace {

/// To 1e-4 of it: where another eigenvalue is so near that it takes many products to tell them apart, what it
/// can still rise is not much more than what the last ones have raised it by.
constexpr eigenvalue_stop close_enough{.residual = 1e-4, .rise = 2.5e-5, .asymmetry = 0.01, .most = 100};
/// Where gradients jump, as those of ReLUs, what is measured depends on how far is looked more than this.
constexpr eigenvalue_stop close_enough_with_kinks{.residual = 0.01, .rise = 1e-3, .most = 30};

template <class T>
double squared_norm(std::span<const T> x) {
  return sum_in_lanes(x.size(), [x](std::size_t i) {
    const auto value = static_cast<double>(x[i]);
    return value * value;
  });
}

/// The simple noise scale, from squared norms of gradients: the mean over parts of `small` examples, and that
/// of all `large` together. NaN if there is only one part.
double noise_scale(double mean_of_small, double small, double of_large, double large) {
  if (small == large) return std::numeric_limits<double>::quiet_NaN();
  const double gradient = (large * of_large - small * mean_of_small) / (large - small);
  const double trace = (mean_of_small - of_large) / (1 / small - 1 / large);
  return gradient > 0 ? trace / gradient : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

template <class T>
curvature_watch<T>::curvature_watch(objective<T>& of, const dataset* data, const curvature_spec& what,
                                    double every, std::uint64_t seed)
    : loss_(of, data, what.examples, seed),
      rho_(what.rho),
      every_(every),
      seed_(seed),
      before_(of.layout().size()),
      last_update_(dtype_of<T>, of.layout().size(), "the last update"),
      point_(dtype_of<T>, of.layout().size(), "a point nearby"),
      gradient_(of.layout().size()),
      other_gradient_(of.layout().size()) {}

template <class T>
bool curvature_watch<T>::due(std::uint64_t step) const {
  const auto count = static_cast<double>(step);
  return std::round(std::round(count / every_) * every_) == count;
}

template <class T>
void curvature_watch<T>::before_step(std::span<const T> params) {
  std::copy(params.begin(), params.end(), before_.begin());
}

template <class T>
std::map<std::string, double> curvature_watch<T>::after_step(std::uint64_t step, std::span<const T> params) {
  std::map<std::string, double> found;
  if (due(step)) measure_around(params, step, found);
  if (needs_update(step)) note_update(step, params, found);
  std::erase_if(found, [](const auto& each) { return !std::isfinite(each.second); });
  return found;
}

template <class T>
void curvature_watch<T>::note_update(std::uint64_t step, std::span<const T> params,
                                     std::map<std::string, double>& found) {
  const std::span<T> last = last_update_.template as<T>();
  const auto change = [&](std::size_t i) {
    return static_cast<double>(params[i]) - static_cast<double>(before_[i]);
  };
  if (due(step) && step > 1) {
    const double product =
        sum_in_lanes(last.size(), [&](std::size_t i) { return change(i) * static_cast<double>(last[i]); });
    // 0 / 0 where nothing moved has no angle.
    found["update_cosine"] = product / (distance<T>(params, before_) * norm<T>(last));
  }
  if (!due(step + 1)) return;
  for (std::size_t i = 0; i < last.size(); ++i) last[i] = params[i] - before_[i];
}

template <class T>
void curvature_watch<T>::measure_around(std::span<const T> params, std::uint64_t step,
                                        std::map<std::string, double>& found) {
  double squares = 0;
  std::size_t count = 0;
  const double loss = loss_.at(params.data(), gradient_, [&](std::span<const T> of_part) {
    squares += squared_norm(of_part);
    ++count;
  });
  const double of_all = squared_norm<double>(gradient_);
  if (count > 0) {
    found["gradient_noise_scale"] =
        noise_scale(squares / static_cast<double>(count), static_cast<double>(loss_.examples_in_part()),
                    of_all, static_cast<double>(loss_.examples()));
  }
  if (of_all > 0) {  // else there is no direction
    found["sam_sharpness"] = loss_.at(moved(params, gradient_, rho_ / std::sqrt(of_all))) - loss;
  }
  found["hessian_eigenvalue"] = top_eigenvalue(params, step);
}

/// The parameters moved in a direction by a multiple of it; valid until the next call.
template <class T>
const T* curvature_watch<T>::moved(std::span<const T> params, std::span<const double> direction,
                                   double multiple) {
  const std::span<T> to = point_.template as<T>();
  for (std::size_t i = 0; i < to.size(); ++i) {
    to[i] = static_cast<T>(static_cast<double>(params[i]) + multiple * direction[i]);
  }
  return to.data();
}

template <class T>
double curvature_watch<T>::top_eigenvalue(std::span<const T> params, std::uint64_t step) {
  const double size = std::max(1.0, norm<T>(params));
  const std::uint64_t seed = step_seed(seed_, step);
  // Where the errors of rounding and of the third order are about equal.
  const double near = std::cbrt(static_cast<double>(std::numeric_limits<T>::epsilon())) * size / 8;
  const found_eigenvalue found = top_eigenvalue_over(params, near, seed, close_enough);
  if (!(found.asymmetry > close_enough.asymmetry)) return found.value;
  // So far that many kinks are crossed, whose jumps have a mean: over the few that are near, any slope is
  // found.
  const double far = std::cbrt(static_cast<double>(std::numeric_limits<float>::epsilon())) * size;
  return top_eigenvalue_over(params, far, seed, close_enough_with_kinks).value;
}

template <class T>
found_eigenvalue curvature_watch<T>::top_eigenvalue_over(std::span<const T> params, double away,
                                                         std::uint64_t seed, const eigenvalue_stop& stop) {
  const auto product = [&](std::span<const double> v, std::span<double> to) {
    loss_.at(moved(params, v, away), gradient_);
    loss_.at(moved(params, v, -away), other_gradient_);
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = (gradient_[i] - other_gradient_[i]) / (2 * away);
  };
  return largest_eigenvalue(params.size(), product, seed, stop);
}

template class curvature_watch<float>;
template class curvature_watch<double>;

}  // namespace ravine
