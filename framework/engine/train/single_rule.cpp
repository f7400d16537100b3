#include "train/single_rule.hpp"

#include "train/lr_scaling.hpp"
#include "trial/streams.hpp"

#include <cstring>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace ravine {

/// The rule that a wrapper works around, as the wrapper sees it: rv_inner's functions.
struct single_rule::inner_rule {
  inner_rule(const optimizer_spec& spec, const setting& in);

  /// The step that the inner rule is at, seen from the wrapper's.
  rv_step step_on(const void* params, std::uint64_t number) const {
    rv_step mine = outer;
    mine.step = number;
    mine.offset = 0;
    mine.n = elements;
    // The contract has one type for parameters that are written and those that are only read.
    mine.params = const_cast<void*>(params);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    mine.grads = nullptr;
    mine.loss = std::numeric_limits<double>::quiet_NaN();
    // The first inner step has the seed that it would have without the wrapper.
    if (steps_in_this != 0) mine.seed = step_seed(outer.seed, steps_in_this);
    return mine;
  }

  std::uint64_t steps_done() const { return static_cast<std::uint64_t>(*steps); }

  void step(void* params, const void* grads, double loss) {
    if (!stepping) throw plugin_error("the inner optimizer may only be stepped within step");
    if (params == nullptr || grads == nullptr) {
      throw plugin_error("the inner optimizer needs parameters and gradients, and one of them is NULL");
    }
    rv_step mine = step_on(params, steps_done() + 1);
    mine.grads = grads;
    mine.loss = loss;
    works->step(mine);
    ++steps_in_this;
    ++*steps;
  }

  void copy_unless(optimizer::point_use use, const void* params, void* point) const {
    if (use == optimizer::point_use::parameters) std::memcpy(point, params, bytes);
  }

  template <class Body>
  static rv_status call(void* context, Body body) noexcept {
    return status_of([&] { body(*static_cast<inner_rule*>(context)); });
  }

  std::unique_ptr<rule> works;
  std::size_t elements, bytes;
  plugin_state counter;     // saved with a checkpoint, but no optimizer's memory
  double* steps = nullptr;  // that the inner rule has taken, in the counter
  rv_step outer{};          // the wrapper's step in progress
  std::uint64_t steps_in_this = 0;
  bool stepping = false;
  rv_inner raw{};
};

single_rule::inner_rule::inner_rule(const optimizer_spec& spec, const setting& in)
    : works(make_rule(spec, in)),
      elements(in.layout.size()),
      bytes(elements * element_size(in.layout.raw()->dtype)) {
  counter.add({.struct_size = sizeof(rv_state_array),
               .dtype = RV_F64,
               .name = "inner steps",
               .count = 1,
               .flags = 0});
  steps = counter.arrays().front().elements.as<double>().data();
  raw.struct_size = sizeof(rv_inner);
  raw.context = this;
  raw.step = [](void* context, void* params, const void* grads, double loss) noexcept {
    return call(context, [=](inner_rule& self) { self.step(params, grads, loss); });
  };
  raw.gradient_point = [](void* context, const void* params, void* point) noexcept {
    return call(context, [=](inner_rule& self) {
      const rv_step mine = self.step_on(params, self.steps_done() + 1);
      self.copy_unless(self.works->gradient_point(mine, point), params, point);
    });
  };
  raw.evaluation_point = [](void* context, const void* params, void* point) noexcept {
    return call(context, [=](inner_rule& self) {
      const rv_step mine = self.step_on(params, self.steps_done());
      self.copy_unless(self.works->evaluation_point(mine, point), params, point);
    });
  };
}

single_rule::single_rule(const optimizer_spec& spec, const setting& in, std::vector<stretch> stretches)
    : optimizer_(in.plugins.get(component_kind::optimizer, spec.optimizer.use), in.layout,
                 scale_learning_rate(in.plugins.get(component_kind::optimizer, spec.optimizer.use),
                                     spec.optimizer.with, in.lr_factor)),
      schedules_(spec, optimizer_, in.planned, in.plugins),
      split_step_(optimizer_, in.layout, in.threads, std::move(stretches)) {
  const bool wraps = optimizer_.which().can(RV_OPTIMIZER_WRAPS);
  const bool may_wrap = optimizer_.which().can(RV_OPTIMIZER_MAY_WRAP);
  const char* const id = optimizer_.which().id.c_str();
  if (wraps && spec.inner.empty()) {
    throw plugin_error(fmt::format("{}: works around another optimizer, and none is given", id));
  }
  if (!wraps && !may_wrap && !spec.inner.empty()) {
    throw plugin_error(fmt::format("{}: does not work around another optimizer, and one is given", id));
  }
  if (!spec.inner.empty()) inner_ = std::make_unique<inner_rule>(spec.inner.front(), in);
}

single_rule::~single_rule() = default;

void single_rule::begin_step(std::uint64_t number) {
  schedules_.begin_step(number);
  if (inner_) inner_->works->begin_step(number);
}

void single_rule::observe(std::uint64_t step, double metric) {
  schedules_.observe(step, metric);
  if (inner_) inner_->works->observe(step, metric);
}

/// What the optimizer itself sees of a step.
rv_step single_rule::own_step(const rv_step& given) {
  rv_step own = given;
  own.state = optimizer_.state().pointers();
  own.values = schedules_.values();
  if (!optimizer_.which().can(RV_OPTIMIZER_CLOSURE)) own.closure = nullptr;
  if (inner_) {
    inner_->outer = given;
    inner_->steps_in_this = 0;
    own.inner = &inner_->raw;
    own.seed = step_seed(~given.seed, height());  // the innermost optimizer draws from the given one
  }
  return own;
}

void single_rule::init_state(const rv_step& start) {
  const rv_step own = own_step(start);
  if (inner_) inner_->works->init_state(start);
  optimizer_.init_state(own);
}

void single_rule::step(const rv_step& now) {
  if (!inner_) {
    split_step_(own_step(now));
    return;
  }
  const rv_step own = own_step(now);
  inner_->stepping = true;
  optimizer_.step(own);  // if it throws, the trial is over
  inner_->stepping = false;
}

std::size_t single_rule::height() const { return inner_ ? inner_->works->height() + 1 : 0; }

bool single_rule::has_own_points() const {
  return optimizer_.has_own_points() || (inner_ && inner_->works->has_own_points());
}

rule::point_use single_rule::gradient_point(const rv_step& now, void* point) {
  if (!has_own_points()) return optimizer::point_use::parameters;
  const auto use = optimizer_.gradient_point(own_step(now), point);
  if (use == optimizer::point_use::own_point || !inner_) return use;
  return inner_->works->gradient_point(inner_->step_on(now.params, inner_->steps_done() + 1), point);
}

rule::point_use single_rule::evaluation_point(const rv_step& now, void* point) {
  if (!has_own_points()) return optimizer::point_use::parameters;
  const auto use = optimizer_.evaluation_point(own_step(now), point);
  if (use == optimizer::point_use::own_point || !inner_) return use;
  return inner_->works->evaluation_point(inner_->step_on(now.params, inner_->steps_done()), point);
}

std::vector<plugin_state*> single_rule::states() {
  std::vector<plugin_state*> all{&optimizer_.state()};
  for (plugin_state* each : schedules_.states()) all.push_back(each);
  if (!inner_) return all;
  all.push_back(&inner_->counter);
  for (plugin_state* each : inner_->works->states()) all.push_back(each);
  return all;
}

std::size_t single_rule::state_bytes() const {
  return optimizer_.state().bytes() + (inner_ ? inner_->works->state_bytes() : 0);
}

std::string single_rule::damage() const {
  for (const plugin_state::array& each : optimizer_.state().arrays()) {
    const std::string found = each.elements.damage();
    if (!found.empty()) return fmt::format("{}: {}", optimizer_.which().id, found);
  }
  return inner_ ? inner_->works->damage() : "";
}

void single_rule::record(std::map<std::string, double>& values, const std::string& prefix) const {
  for (const auto& [name, value] : schedules_.recorded()) values[prefix + name] = value;
  if (inner_) inner_->works->record(values, prefix + "inner.");
}

}  // namespace ravine
