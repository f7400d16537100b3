#include "validate/optimizer_rig.hpp"

#include "plugin/slice.hpp"
#include "validate/numbers.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

namespace ravine {
namespace {

double curvature(std::size_t i) { return i % 2 == 0 ? 1 : 0.5; }

}  // namespace

sample_layout::sample_layout(rv_dtype type, std::size_t parameters) : parameter_layout(type) {
  if (parameters < 8) {
    add("x", RV_ROLE_COORDINATE, {parameters});
    return;
  }
  const std::size_t width = parameters / 4;
  add("layer.weight", RV_ROLE_WEIGHT, {2, width});
  add("layer.bias", RV_ROLE_BIAS, {width});
  add("norm.scale", RV_ROLE_NORM, {parameters - 3 * width});
}

optimizer_rig::optimizer_rig(const component& which, const options& wanted)
    : layout_(wanted.type, wanted.parameters),
      optimizer_(which, layout_, wanted.with),
      inner_(wanted.type, wanted.parameters),
      values_(optimizer_.base_values()),
      params_(wanted.type, wanted.parameters, "the parameters"),
      grads_(wanted.type, wanted.parameters, "the gradients", guarded_memory::views::with_read_only),
      point_(wanted.type, wanted.parameters, "the point"),
      shown_grads_(wanted.gradients == gradient_view::read_only ? grads_.read_only() : grads_.data()),
      closure_{sizeof(rv_closure), 0, this, &evaluate},
      total_steps_(wanted.total_steps) {}

void optimizer_rig::start() {
  begin([](std::size_t i) {
    if (i % 8 == 5) return 0.0;
    return (i % 2 == 0 ? 1 : -1) * (1 + number_at(0, i) / 4);
  });
}

void optimizer_rig::start_at(double coordinate) {
  begin([=](std::size_t) { return coordinate; });
}

void optimizer_rig::begin(const std::function<double(std::size_t)>& coordinate) {
  for (std::size_t i = 0; i < size(); ++i) {
    set_element(params_.data(), params_.type(), i, coordinate(i));
  }
  steps_ = 0;
  inner_.start(params_.data());
  rv_step first = describe();
  first.step = 0;
  first.grads = nullptr;
  first.loss = std::numeric_limits<double>::quiet_NaN();
  optimizer_.init_state(first);
}

rv_step optimizer_rig::describe() {
  rv_step step{};
  step.struct_size = sizeof step;
  step.step = steps_;
  step.epoch = steps_ == 0 ? 0 : (steps_ - 1) / 2;
  step.total_steps = total_steps_;
  step.total_epochs = total_steps_ / 2;
  step.n = size();
  step.params = params_.data();
  step.grads = shown_grads_;
  step.state = optimizer_.state().pointers();
  step.values = values_.data();
  step.loss = 1;
  step.seed = steps_;
  step.closure = optimizer_.which().can(RV_OPTIMIZER_CLOSURE) ? &closure_ : nullptr;
  step.inner = wraps() ? inner_.raw() : nullptr;
  return step;
}

void optimizer_rig::make_up_gradients(std::uint64_t stream) {
  for (std::size_t i = 0; i < size(); ++i) {
    set_element(grads_.data(), grads_.type(), i, number_at(stream, steps_ * size() + i));
  }
}

/// No step may rely on what an earlier one left in scratch.
void optimizer_rig::next_step() {
  ++steps_;
  for (auto& array : optimizer_.state().arrays()) {
    if (array.scratch && array.elements.bytes() != 0)
      std::memset(array.elements.data(), 0xFF, array.elements.bytes());
  }
}

void optimizer_rig::step(std::uint64_t stream) {
  next_step();
  make_up_gradients(stream);
  take(describe());
}

void optimizer_rig::step_in_slices(std::uint64_t stream) {
  next_step();
  make_up_gradients(stream);
  const std::size_t third = size() / 3;
  const std::array<std::pair<std::size_t, std::size_t>, 3> slices{
      {{2 * third, size() - 2 * third}, {0, third}, {third, third}}};
  std::vector<void*> state(optimizer_.state().arrays().size());
  for (const auto& [offset, length] : slices) {
    if (length == 0) continue;
    take(slice(describe(), offset, length, layout_, optimizer_.state(), state));
  }
}

void optimizer_rig::step_with(double value) {
  next_step();
  for (std::size_t i = 0; i < size(); ++i) set_element(grads_.data(), grads_.type(), i, value);
  take(describe());
}

void optimizer_rig::descend() {
  next_step();
  rv_step next = describe();
  next.grads = nullptr;
  next.loss = std::numeric_limits<double>::quiet_NaN();
  bool own = optimizer_.gradient_point(next, point_.data()) == optimizer::point_use::own_point;
  if (!own && wraps()) {
    inner_.gradient_point(params_.data(), point_.data());
    own = true;
  }
  next = describe();
  evaluate(this, own ? point_.data() : params_.data(), &next.loss, grads_.data());
  take(next);
}

double optimizer_rig::loss() {
  rv_step now = describe();
  now.grads = nullptr;
  bool own = optimizer_.evaluation_point(now, point_.data()) == optimizer::point_use::own_point;
  if (!own && wraps()) {
    inner_.evaluation_point(point_.data());
    own = true;
  }
  double loss = 0;
  evaluate(this, own ? point_.data() : params_.data(), &loss, nullptr);
  return loss;
}

rv_status optimizer_rig::evaluate(void* context, const void* point, double* loss, void* grads) {
  const auto& rig = *static_cast<const optimizer_rig*>(context);
  const rv_dtype type = rig.params_.type();
  *loss = 0;
  for (std::size_t i = 0; i < rig.size(); ++i) {
    const double x = element(point, type, i);
    *loss += curvature(i) * x * x / 2;
    if (grads != nullptr) set_element(grads, type, i, curvature(i) * x);
  }
  return RV_OK;
}

template <class Rig, class Visit>
void optimizer_rig::for_each_lasting(Rig& rig, Visit visit) {
  visit(rig.params_);
  for (auto& array : rig.optimizer_.state().arrays()) {
    if (!array.scratch) visit(array.elements);
  }
  if (rig.wraps()) rig.inner_.for_each_state(visit);
}

std::vector<std::byte> optimizer_rig::memory() const {
  std::vector<std::byte> bits;
  for_each_lasting(*this, [&](const aligned_array& array) {
    const auto* const begin = static_cast<const std::byte*>(array.data());
    bits.insert(bits.end(), begin, begin + array.bytes());
  });
  return bits;
}

void optimizer_rig::restore(const std::vector<std::byte>& saved, std::uint64_t steps) {
  const std::byte* from = saved.data();
  for_each_lasting(*this, [&](aligned_array& array) {
    if (array.bytes() != 0) std::memcpy(array.data(), from, array.bytes());
    from += array.bytes();
  });
  steps_ = steps;
}

double optimizer_rig::param(std::size_t i) const { return element(params_.data(), params_.type(), i); }

bool optimizer_rig::is_finite() const {
  for (std::size_t i = 0; i < size(); ++i) {
    if (!std::isfinite(param(i))) return false;
  }
  return true;
}

std::string optimizer_rig::damage() const {
  for (const aligned_array* each : {&params_, &grads_, &point_}) {
    if (std::string found = each->damage(); !found.empty()) return found;
  }
  for (const auto& array : optimizer_.state().arrays()) {
    if (std::string found = array.elements.damage(); !found.empty()) return found;
  }
  return {};
}

}  // namespace ravine
