#pragma once

#include "trial/trial_spec.hpp"

#include <ravine/abi.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ravine {

/// A landscape f turned and moved: the optimizer at x meets f at
///
///     y = anchor + Q (x - place)
///
/// with a rotation Q, uniformly random over all of them (Haar measure on SO(n)), about the anchor, the mean
/// of f's minima, or its box's centre if f has none; and a random place of the anchor. x are the optimizer's
/// coordinates, in which paths are recorded; y are the function's own, in which the start is given and a
/// point escapes, so that a method that does not depend on the axes has the same curve on every rotation.
///
/// The box stays where it is in the optimizer's coordinates, and the minima stay inside. Rotations that turn
/// one of several minima out of it are drawn again. A shift is uniform over those that keep the minima within
/// the middle 80 % of the box, or where the rotation has put them beyond that, draw no farther out.
class landscape_instance {
 public:
  /// Draws the instance of one repetition of an experiment: all optimizers meet the same. Throws
  /// plugin_error for more dimensions than can be rotated, and if no rotation keeps the minima inside.
  landscape_instance(const rv_landscape& original, const instance_spec& spec, std::uint64_t seed,
                     std::uint64_t repetition);

  std::size_t dimension() const { return anchor_.size(); }
  /// Q, row-major; empty without a rotation.
  const std::vector<double>& rotation() const { return rotation_; }

  /// From the optimizer's coordinates to the function's.
  template <class T>
  void to_function(const T* x, T* y) const;
  /// And back.
  std::vector<double> to_optimizer(std::span<const double> y) const;
  /// A gradient in the function's coordinates, turned into the optimizer's.
  template <class T>
  void turn_back(const T* function_gradient, T* gradient) const;

 private:
  void draw_rotation(const rv_landscape& original, std::uint64_t seed);
  void draw_shift(const rv_landscape& original, std::uint64_t seed);
  bool keeps_inside(const rv_landscape& original) const;

  std::vector<double> anchor_;    // of the rotation, in the function's coordinates
  std::vector<double> place_;     // of the anchor, in the optimizer's coordinates
  std::vector<double> rotation_;  // row-major, or empty
  std::vector<double> inverse_;   // its transpose, so that both are read by rows
};

/// A rotation of n dimensions, row-major, uniformly random over all of them.
std::vector<double> random_rotation(std::size_t n, std::uint64_t seed);

}  // namespace ravine
