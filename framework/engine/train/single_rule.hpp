#pragma once

#include "train/rule.hpp"
#include "train/split_step.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ravine {

/// One optimizer for the whole layout, and what it works around.
class single_rule : public rule {
 public:
  /// `stretches`: where the arrays of steps hold the layout, of an elementwise optimizer; see split_step.
  single_rule(const optimizer_spec& spec, const setting& in, std::vector<stretch> stretches = {});
  ~single_rule() override;

  void begin_step(std::uint64_t number) override;
  void observe(std::uint64_t step, double metric) override;
  void init_state(const rv_step& start) override;
  void step(const rv_step& now) override;
  bool wants_gradient() const override { return !optimizer_.which().can(RV_OPTIMIZER_NO_GRADIENT); }
  bool has_own_points() const override;
  point_use gradient_point(const rv_step& now, void* point) override;
  point_use evaluation_point(const rv_step& now, void* point) override;
  std::vector<plugin_state*> states() override;
  std::size_t state_bytes() const override;
  std::string damage() const override;
  void record(std::map<std::string, double>& values, const std::string& prefix) const override;
  std::size_t height() const override;

 private:
  struct inner_rule;

  rv_step own_step(const rv_step& given);

  optimizer optimizer_;
  hyper_schedules schedules_;
  split_step split_step_;
  std::unique_ptr<inner_rule> inner_;  // null unless this is a wrapper
};

}  // namespace ravine
