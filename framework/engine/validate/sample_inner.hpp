#pragma once

#include "plugin/memory.hpp"

#include <ravine/abi.h>

#include <cstddef>

namespace ravine {

/// An optimizer for wrappers to work around: momentum that wants its gradient ahead and is evaluated at an
/// average, so that a wrapper that passes over one of them is seen. No plugin is needed for it.
class sample_inner {
 public:
  sample_inner(rv_dtype type, std::size_t parameters);
  sample_inner(const sample_inner&) = delete;
  sample_inner& operator=(const sample_inner&) = delete;

  const rv_inner* raw() const { return &raw_; }
  /// Begins at the parameters.
  void start(const void* params);
  void gradient_point(const void* params, void* point) const;
  void evaluation_point(void* point) const;
  /// Calls visit(array) for what lasts from step to step.
  template <class Visit>
  void for_each_state(Visit visit) {
    visit(velocity_);
    visit(average_);
  }
  template <class Visit>
  void for_each_state(Visit visit) const {
    visit(velocity_);
    visit(average_);
  }

 private:
  void step(void* params, const void* grads);

  aligned_array velocity_, average_;
  rv_inner raw_{};
};

}  // namespace ravine
