#pragma once

#include "plugin/instance.hpp"
#include "plugin/layout.hpp"

#include <ravine/abi.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace ravine {

/// Threads that run the parts of one piece of work at the same time. They wait asleep in between.
class thread_team {
 public:
  /// `threads` counts the caller's own, which works too.
  explicit thread_team(std::size_t threads);
  ~thread_team();
  thread_team(const thread_team&) = delete;
  thread_team& operator=(const thread_team&) = delete;

  std::size_t size() const { return size_; }
  /// Calls part(0) … part(size() - 1), each on a thread of its own, and returns when all have. Rethrows the
  /// first part's exception.
  void run(const std::function<void(std::size_t)>& part);

 private:
  struct shared;
  std::size_t size_;
  std::unique_ptr<shared> shared_;
};

/// Elements of an optimizer's layout and where in longer arrays they lie.
struct stretch {
  std::size_t first;  ///< in the optimizer's layout
  std::size_t place;  ///< in the arrays of a step
  std::size_t size;
};

/// Takes the steps of an optimizer on several threads, each over its own part of the parameters, where
/// the rule is elementwise and the vector long enough to gain from it. The result has the same bits
/// however it is split, as an elementwise rule promises.
class split_step {
 public:
  /// Fewer parameters than this on each thread cost more in waking it than they save.
  static constexpr std::size_t least_part = 65536;

  /// `stretches`, in order, cover the layout and say where the arrays of a step hold it, for an elementwise
  /// rule only; empty: they hold nothing else.
  split_step(optimizer& rule, const parameter_layout& layout, std::size_t threads,
             std::vector<stretch> stretches = {});

  void operator()(const rv_step& step);

 private:
  void take_part(const rv_step& whole, std::size_t part);

  optimizer& rule_;
  const parameter_layout& layout_;
  std::vector<stretch> stretches_;
  std::vector<std::vector<void*>> state_;  // pointers to the state of each part; empty: steps are taken whole
  std::unique_ptr<thread_team> team_;      // null: on this thread alone
};

}  // namespace ravine
