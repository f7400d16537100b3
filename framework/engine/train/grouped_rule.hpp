#pragma once

#include "train/rule.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ravine {

/// Several rules, each of which moves tensors of its own: the groups of a specification, in order, after the
/// rule for the rest.
class grouped_rule : public rule {
 public:
  /// Throws plugin_error for a group that no tensor is left for, and for an optimizer that evaluates the
  /// loss itself: it would see other tensors move that it knows nothing of.
  grouped_rule(const optimizer_spec& spec, const setting& in);
  ~grouped_rule() override;

  void begin_step(std::uint64_t number) override;
  void observe(std::uint64_t step, double metric) override;
  void init_state(const rv_step& start) override;
  void step(const rv_step& now) override;
  bool wants_gradient() const override { return true; }
  bool has_own_points() const override;
  point_use gradient_point(const rv_step& now, void* point) override;
  point_use evaluation_point(const rv_step& now, void* point) override;
  std::vector<plugin_state*> states() override;
  std::size_t state_bytes() const override;
  std::string damage() const override;
  void record(std::map<std::string, double>& values, const std::string& prefix) const override;
  std::size_t height() const override;

 private:
  class group;

  using point_of = point_use (rule::*)(const rv_step&, void*);
  point_use own_points(const rv_step& now, void* point, point_of which);

  std::vector<std::unique_ptr<group>> groups_;
  std::size_t bytes_;  // of the whole parameter vector
};

}  // namespace ravine
