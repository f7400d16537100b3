#pragma once

#include <ravine/cross_entropy.hpp>
#include <ravine/layers/parameters.hpp>
#include <ravine/model.hpp>
#include <ravine/random.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// Reverse-mode differentiation of networks whose operations are recorded once, when the model is made. Each
/// batch then runs them forward, and backward in reverse order, in workspaces of fixed size.
namespace ravine {

/// A matrix of positions x columns for each example: the rows of an image, the characters of a line, or one
/// row of features. In memory positions come first, then examples, then columns: what belongs to one position
/// of all examples lies together.
struct variable {
  std::size_t index;
  std::size_t positions, columns;
  bool constant;  ///< depends on no parameter: its gradient may be left out

  std::size_t size() const { return positions * columns; }  ///< of one example
};

template <class T>
class tape;

/// One run over at most tape::at_once() examples: what operations read and write.
template <class T>
class pass {
 public:
  pass(tape<T>& of, std::span<const T> params, std::span<T> grads, const batch<T>& all, std::size_t first,
       std::size_t examples)
      : tape_(&of), params_(params), grads_(grads), all_(&all), first_(first), examples_(examples) {}

  std::size_t examples() const { return examples_; }
  bool training() const { return all_->training(); }
  /// Of random numbers in a run; the same with and without gradient. `stream` tells operations apart.
  std::uint64_t seed(std::size_t stream) const {
    return splitmix64(splitmix64(all_->seed() + stream)() + first_)();
  }
  /// examples x features, as the host gave them.
  std::span<const T> inputs() const {
    const std::size_t features = all_->inputs().size() / all_->size();
    return all_->inputs().subspan(first_ * features, examples_ * features);
  }
  /// examples x labels of an example.
  std::span<const std::int32_t> labels() const {
    const std::size_t each = all_->labels().size() / all_->size();
    return all_->labels().subspan(first_ * each, examples_ * each);
  }

  /// positions x examples x columns.
  std::span<T> value(const variable& v) const {
    return std::span(tape_->rooms_[v.index].value).first(v.size() * examples_);
  }
  /// Of the loss with respect to the variable, as far as it has been added up: operations add to it.
  std::span<T> gradient(const variable& v) {
    auto& room = tape_->rooms_[v.index];
    const std::span<T> all = std::span(room.gradient).first(v.size() * examples_);
    if (!std::exchange(room.begun, true)) std::ranges::fill(all, T{0});
    return all;
  }
  std::span<const T> value(const parameter& p) const { return params_.subspan(p.offset, p.size); }
  /// Operations add to it.
  std::span<T> gradient(const parameter& p) const { return grads_.subspan(p.offset, p.size); }

 private:
  tape<T>* tape_;
  std::span<const T> params_;
  std::span<T> grads_;
  const batch<T>* all_;
  std::size_t first_, examples_;
};

/// A step of the computation. It reads values of variables and parameters and writes the value of one.
template <class T>
class operation {
 public:
  operation() = default;
  operation(const operation&) = delete;
  operation& operator=(const operation&) = delete;
  virtual ~operation() = default;

  virtual void forward(pass<T>& p) = 0;
  /// After forward of the same examples: adds to the gradients of what was read, from that of what was
  /// written.
  virtual void backward(pass<T>& p) = 0;
};

/// The operations of a network, its parameters, and room for what they compute. The functions of
/// <ravine/layers.hpp> record operations; classify() ends the recording. layout, init, loss_gradient and
/// predict are then those that a model needs.
///
/// Batches of more than at_once() examples are computed in parts, so that room and cache use don't grow with
/// the batch. Nothing is allocated after the recording.
template <class T>
class tape {
 public:
  explicit tape(const data_spec& data, std::size_t at_once = 128)
      : features_(data.features()),
        classes_(data.classes()),
        labels_(data.labels()),
        at_once_(std::min(at_once, data.max_batch())) {}

  std::size_t at_once() const { return at_once_; }
  std::size_t features() const { return features_; }  ///< of an example
  std::size_t classes() const { return classes_; }
  std::size_t labels() const { return labels_; }  ///< of an example
  std::size_t parameters() const { return parameters_.size(); }

  /// Counts room for elements that an operation keeps. Throws bad_config, before any is taken, once the
  /// network needs more than 2 GiB of it.
  void take_room(std::size_t elements) {
    constexpr double most = 1UL << 31U;
    room_ += static_cast<double>(elements) * sizeof(T);
    if (room_ <= most) return;
    throw bad_config("the layers take more than 2 GiB of room for what they compute of " +
                     std::to_string(at_once_) + " examples: fewer or smaller layers, or fewer positions");
  }
  variable add_variable(std::size_t positions, std::size_t columns, bool constant = false) {
    take_room(2 * positions * columns * at_once_);
    const std::vector<T> room(positions * columns * at_once_);
    rooms_.push_back({room, room});
    return {rooms_.size() - 1, positions, columns, constant};
  }
  parameter add_parameter(parameter_spec spec) { return parameters_.add(std::move(spec)); }
  template <class Operation, class... Arguments>
  void record(Arguments&&... arguments) {
    operations_.push_back(std::make_unique<Operation>(std::forward<Arguments>(arguments)...));
  }
  /// A number for an operation's random numbers.
  std::size_t new_stream() { return streams_++; }

  /// The loss is the mean cross-entropy of these scores. Throws bad_config unless they have a column for each
  /// class and a position for each label.
  void classify(const variable& scores) {
    if (scores.columns != classes_ || scores.positions != labels_ || scores.constant) {
      throw bad_config("the network ends in " + std::to_string(scores.positions) + " x " +
                       std::to_string(scores.columns) + " scores, expected " + std::to_string(labels_) +
                       " x " + std::to_string(classes_) +
                       " that depend on parameters: a row for each label, a column for each class");
    }
    scores_ = scores;
    turned_labels_.resize(labels_ * at_once_);
  }

  void layout(layout_builder& tensors) const { parameters_.layout(tensors); }
  void init(std::uint64_t seed, std::span<T> params) const { parameters_.init(seed, params); }

  double loss_gradient(std::span<const T> params, const batch<T>& b, std::span<T> grads) {
    std::ranges::fill(grads, T{0});
    double loss = 0;
    in_parts(params, b, grads, [&](pass<T>& p) {
      const double share = static_cast<double>(p.examples()) / static_cast<double>(b.size());
      loss += share * loss_of(p, static_cast<T>(share), !grads.empty());
      if (grads.empty()) return;
      for (auto each = operations_.rbegin(); each != operations_.rend(); ++each) (*each)->backward(p);
    });
    return loss;
  }

  void predict(std::span<const T> params, const batch<T>& b, std::span<T> scores) {
    T* to = scores.data();
    in_parts(params, b, {}, [&](pass<T>& p) {
      const T* const from = p.value(scores_).data();
      for (std::size_t e = 0; e < p.examples(); ++e) {
        for (std::size_t k = 0; k < labels_; ++k, to += classes_)
          std::copy_n(from + (k * p.examples() + e) * classes_, classes_, to);
      }
    });
  }

 private:
  friend class pass<T>;

  struct variable_room {
    std::vector<T> value, gradient;
    bool begun = false;  // whether the gradient holds something of this pass
  };

  template <class Body>
  void in_parts(std::span<const T> params, const batch<T>& b, std::span<T> grads, Body body) {
    for (std::size_t first = 0; first < b.size(); first += at_once_) {
      pass<T> p(*this, params, grads, b, first, std::min(at_once_, b.size() - first));
      for (variable_room& each : rooms_) each.begun = false;
      for (const auto& each : operations_) each->forward(p);
      body(p);
    }
  }

  /// The mean over the examples of a pass; sets the gradient of the scores, times `share`, if wanted.
  double loss_of(pass<T>& p, T share, bool with_gradient) {
    const std::size_t n = p.examples();
    const std::span<std::int32_t> turned = std::span(turned_labels_).first(labels_ * n);
    for (std::size_t e = 0; e < n; ++e) {
      for (std::size_t k = 0; k < labels_; ++k) turned[k * n + e] = p.labels()[e * labels_ + k];
    }
    const std::span<T> slopes = p.gradient(scores_);
    std::ranges::copy(p.value(scores_), slopes.begin());
    const double loss = cross_entropy(
        slopes, std::span<const std::int32_t>(turned), classes_,
        with_gradient ? cross_entropy_output::scores_to_gradient : cross_entropy_output::loss_only);
    if (with_gradient && share != 1) {
      for (T& each : slopes) each *= share;
    }
    return loss;
  }

  std::size_t features_, classes_, labels_, at_once_, streams_ = 0;
  double room_ = 0;  // bytes, which may be more than any machine has
  parameter_list parameters_;
  std::vector<std::unique_ptr<operation<T>>> operations_;
  std::vector<variable_room> rooms_;
  variable scores_{};
  std::vector<std::int32_t> turned_labels_;  // of one position of all examples after another
};

}  // namespace ravine
