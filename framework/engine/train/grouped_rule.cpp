#include "train/grouped_rule.hpp"

#include "plugin/memory.hpp"
#include "plugin/tensors.hpp"
#include "train/single_rule.hpp"
#include "trial/streams.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

#include <fmt/format.h>

namespace ravine {
namespace {

/// The tensors of a layout that are in `mine`, packed, and where they lie in it: neighbours in one stretch.
std::vector<stretch> take_tensors(const parameter_layout& whole, const std::vector<std::size_t>& mine,
                                  parameter_layout& packed) {
  std::vector<stretch> stretches;
  for (const std::size_t index : mine) {
    const rv_tensor& tensor = *whole.raw()->tensors[index];
    const bool follows =
        !stretches.empty() && stretches.back().place + stretches.back().size == tensor.offset;
    if (!follows) stretches.push_back({packed.size(), tensor.offset, 0});
    stretches.back().size += tensor.size;
    packed.add(tensor);
  }
  return stretches;
}

/// The indices of the tensors that each group moves, after those of the rest.
std::vector<std::vector<std::size_t>> divide(const parameter_layout& layout,
                                             const std::vector<optimizer_spec>& groups) {
  std::vector<std::vector<std::size_t>> divided(groups.size() + 1);
  for (std::size_t i = 0; i < layout.raw()->tensor_count; ++i) {
    const tensor_fact tensor = fact_of(*layout.raw()->tensors[i]);
    const auto first = std::ranges::find_if(
        groups, [&](const optimizer_spec& each) { return each.selects.selects(tensor.name, tensor.role); });
    const bool is_rest = first == groups.end();
    divided[is_rest ? 0 : static_cast<std::size_t>(std::distance(groups.begin(), first)) + 1].push_back(i);
  }
  return divided;
}

bool is_elementwise(const optimizer_spec& spec, const registry& plugins) {
  return spec.inner.empty() &&
         plugins.get(component_kind::optimizer, spec.optimizer.use).can(RV_OPTIMIZER_ELEMENTWISE);
}

}  // namespace

/// One rule with its part of the layout. The rule is given arrays that hold this part alone: a piece of the
/// step's where it lies in one stretch; else copies, which an elementwise step does without.
class grouped_rule::group {
 public:
  group(const optimizer_spec& spec, const setting& in, const std::vector<std::size_t>& tensors,
        std::uint64_t number, std::string name)
      : layout_(in.layout.raw()->dtype),
        stretches_(take_tensors(in.layout, tensors, layout_)),
        element_(element_size(layout_.raw()->dtype)),
        number_(number),
        name_(std::move(name)) {
    const setting own{in.plugins, layout_, in.planned, in.threads, in.lr_factor};
    sliced_ = stretches_.size() > 1 && is_elementwise(spec, in.plugins);
    works_ = sliced_ ? std::make_unique<single_rule>(spec, own, stretches_) : make_rule(spec, own);
    if (stretches_.size() == 1) return;
    params_ = aligned_array(layout_.raw()->dtype, layout_.size(), "the parameters of a group");
    if (!sliced_) grads_ = aligned_array(layout_.raw()->dtype, layout_.size(), "the gradients of a group");
    if (works_->has_own_points()) {
      point_ = aligned_array(layout_.raw()->dtype, layout_.size(), "the point of a group");
    }
  }

  rule& works() { return *works_; }
  const rule& works() const { return *works_; }
  /// "" of the rest.
  const std::string& name() const { return name_; }

  void init_state(const rv_step& whole) { works_->init_state(part_of(whole)); }

  void step(const rv_step& whole) {
    if (sliced_) return works_->step(seeded(whole));
    const rv_step part = part_of(whole);
    works_->step(part);
    if (part.params == params_.data()) scatter(params_.data(), whole.params);
  }

  /// Writes this part of `point`, unless the rule is content with the parameters.
  point_use own_point(const rv_step& whole, void* point, point_of which) {
    const rv_step part = part_of(whole);
    const bool copied = stretches_.size() > 1;
    void* const own = copied ? point_.data() : at(point, stretches_.front().place);
    const point_use use = ((*works_).*which)(part, own);
    if (use == point_use::own_point && copied) scatter(own, point);
    return use;
  }

  std::string damage() const {
    for (const aligned_array* each : {&params_, &grads_, &point_}) {
      if (std::string found = each->damage(); !found.empty()) return found;
    }
    return works_->damage();
  }

 private:
  void* at(void* array, std::size_t element) const {
    return static_cast<std::byte*>(array) + element * element_;
  }
  const void* at(const void* array, std::size_t element) const {
    return static_cast<const std::byte*>(array) + element * element_;
  }

  /// Optimizers that draw random numbers draw others in each group.
  rv_step seeded(const rv_step& whole) const {
    rv_step mine = whole;
    mine.n = layout_.size();
    if (number_ != 0) mine.seed = step_seed(whole.seed, ~number_);
    return mine;
  }

  rv_step part_of(const rv_step& whole) {
    rv_step mine = seeded(whole);
    if (stretches_.size() == 1) {
      mine.params = at(whole.params, stretches_.front().place);
      if (whole.grads != nullptr) mine.grads = at(whole.grads, stretches_.front().place);
      return mine;
    }
    gather(whole.params, params_.data());
    mine.params = params_.data();
    if (whole.grads != nullptr) {
      gather(whole.grads, grads_.data());
      mine.grads = grads_.data();
    }
    return mine;
  }

  void gather(const void* whole, void* part) const {
    for (const stretch& each : stretches_) {
      std::memcpy(at(part, each.first), at(whole, each.place), each.size * element_);
    }
  }

  void scatter(const void* part, void* whole) const {
    for (const stretch& each : stretches_) {
      std::memcpy(at(whole, each.place), at(part, each.first), each.size * element_);
    }
  }

  parameter_layout layout_;
  std::vector<stretch> stretches_;
  std::size_t element_;  // bytes
  std::uint64_t number_;
  std::string name_;
  bool sliced_ = false;
  std::unique_ptr<rule> works_;
  aligned_array params_, grads_, point_;  // empty unless they are copied
};

grouped_rule::grouped_rule(const optimizer_spec& spec, const setting& in)
    : bytes_(in.layout.size() * element_size(in.layout.raw()->dtype)) {
  const auto divided = divide(in.layout, spec.groups);
  optimizer_spec rest = spec;
  rest.groups.clear();
  for (std::size_t i = 0; i < divided.size(); ++i) {
    const optimizer_spec& each = i == 0 ? rest : spec.groups[i - 1];
    const std::string name = i == 0 ? "" : to_string(each.selects);
    if (may_evaluate_more(each, in.plugins)) {
      throw plugin_error(
          fmt::format("{}: evaluates the loss itself, which an optimizer that has only some of "
                      "the tensors can't",
                      each.optimizer.use));
    }
    if (divided[i].empty() && i == 0) continue;  // every tensor is in a group
    if (divided[i].empty()) {
      throw plugin_error(
          fmt::format("groups: {} selects no tensor, or none that an earlier group has left; "
                      "there are {}",
                      name, list_of(facts_of(in.layout))));
    }
    groups_.push_back(std::make_unique<group>(each, in, divided[i], i, name));
  }
}

grouped_rule::~grouped_rule() = default;

void grouped_rule::begin_step(std::uint64_t number) {
  for (const auto& each : groups_) each->works().begin_step(number);
}

void grouped_rule::observe(std::uint64_t step, double metric) {
  for (const auto& each : groups_) each->works().observe(step, metric);
}

void grouped_rule::init_state(const rv_step& start) {
  for (const auto& each : groups_) each->init_state(start);
}

void grouped_rule::step(const rv_step& now) {
  for (const auto& each : groups_) each->step(now);
}

bool grouped_rule::has_own_points() const {
  return std::ranges::any_of(groups_, [](const auto& each) { return each->works().has_own_points(); });
}

rule::point_use grouped_rule::own_points(const rv_step& now, void* point, point_of which) {
  if (!has_own_points()) return point_use::parameters;
  std::memcpy(point, now.params, bytes_);
  point_use use = point_use::parameters;
  for (const auto& each : groups_) {
    if (!each->works().has_own_points()) continue;
    if (each->own_point(now, point, which) == point_use::own_point) use = point_use::own_point;
  }
  return use;
}

rule::point_use grouped_rule::gradient_point(const rv_step& now, void* point) {
  return own_points(now, point, &rule::gradient_point);
}

rule::point_use grouped_rule::evaluation_point(const rv_step& now, void* point) {
  return own_points(now, point, &rule::evaluation_point);
}

std::vector<plugin_state*> grouped_rule::states() {
  std::vector<plugin_state*> all;
  for (const auto& each : groups_) std::ranges::copy(each->works().states(), std::back_inserter(all));
  return all;
}

std::size_t grouped_rule::height() const {
  std::size_t most = 0;
  for (const auto& each : groups_) most = std::max(most, each->works().height());
  return most;
}

std::size_t grouped_rule::state_bytes() const {
  std::size_t bytes = 0;
  for (const auto& each : groups_) bytes += each->works().state_bytes();
  return bytes;
}

std::string grouped_rule::damage() const {
  for (const auto& each : groups_) {
    if (std::string found = each->damage(); !found.empty()) return found;
  }
  return "";
}

void grouped_rule::record(std::map<std::string, double>& values, const std::string& prefix) const {
  for (const auto& each : groups_) {
    each->works().record(values, each->name().empty() ? prefix : prefix + each->name() + ".");
  }
}

}  // namespace ravine
