#include "plugin/configuration.hpp"
#include "plugin/functions.hpp"
#include "plugin/host.hpp"
#include "plugin/release.hpp"
#include "plugin/sink.hpp"
#include "plugin/task.hpp"
#include "process/guarded_memory.hpp"
#include "validate/check.hpp"
#include "validate/model_rig.hpp"
#include "validate/numbers.hpp"
#include "validate/optimizer_rig.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <deque>
#include <span>
#include <vector>

#include <fmt/format.h>

namespace ravine {
namespace {

enum class host_age {
  present,
  older,  ///< structs of release 1.0, and nothing that may be read after them
  newer   ///< structs with fields that no plugin knows, full of noise
};

/// The host's structs as a host of some age makes them.
class aged_structs {
 public:
  explicit aged_structs(host_age age) : age_(age) {}

  /// A copy that lives as long as this object.
  template <class Struct>
  const Struct* of(const Struct& made) {
    const std::size_t known = size_in_1_0<Struct>;
    const std::size_t size = age_ == host_age::older   ? known
                             : age_ == host_age::newer ? sizeof(Struct) + unknown_bytes
                                                       : sizeof(Struct);
    // Its last byte is the last of the block: what follows may not be touched.
    constexpr std::size_t unit = guarded_memory::alignment;
    const std::size_t room = (size + unit - 1) / unit * unit;
    const guarded_memory& block = blocks_.emplace_back(room, "a struct of an older host");
    std::memset(block.data(), noise, room);
    auto* const place = static_cast<std::byte*>(block.data()) + room - size;
    std::memcpy(place, &made, std::min(size, sizeof(Struct)));
    const auto told = static_cast<std::uint32_t>(size);
    std::memcpy(place, &told, sizeof told);
    return reinterpret_cast<const Struct*>(place);
  }

  const rv_host* host() {
    if (host_ == nullptr) {
      rv_host made = *plugin_host();
      if (age_ == host_age::newer) ++made.abi_minor;
      if (age_ == host_age::older) made.abi_minor = 0;
      host_ = of(made);
    }
    return host_;
  }

 private:
  static constexpr std::size_t unknown_bytes = 64;
  static constexpr int noise = 0xA5;

  host_age age_;
  std::deque<guarded_memory> blocks_;
  const rv_host* host_ = nullptr;
};

void require(rv_status status, std::string_view call) {
  if (status != RV_OK) check_status(status == RV_UNUSED ? RV_FAILED : status, "", call);
}

/// Parameters after three steps.
std::vector<double> optimizer_numbers(const component& which, host_age age) {
  constexpr std::size_t n = 24;
  const auto& table = *static_cast<const rv_optimizer*>(functions_of(which));
  aged_structs made(age);
  const sample_layout plain(RV_F64, n);
  std::vector<const rv_tensor*> tensors;
  for (std::uint64_t i = 0; i < plain.raw()->tensor_count; ++i)
    tensors.push_back(made.of(*plain.raw()->tensors[i]));
  rv_layout layout = *plain.raw();
  layout.tensors = tensors.data();
  const configuration config(which, {});
  void* self = nullptr;
  require(table.create(made.host(), made.of(layout), made.of(*config.raw()), &self), "create");
  const plugin_handle handle(self, table.destroy);
  plugin_state state;
  const rv_state_sink sink{&state, add_to_sink<plugin_state, rv_state_array>};
  require(table.state(self, &sink), "state");

  aligned_array params(RV_F64, n, "the parameters"), grads(RV_F64, n, "the gradients");
  const std::span<double> x = params.as<double>();
  for (std::size_t i = 0; i < n; ++i) x[i] = number_at(1, i);
  rv_closure closure{};
  closure.evaluate = [](void*, const void* point, double* loss, void* gradient) -> rv_status {
    const auto* const at = static_cast<const double*>(point);
    *loss = 0;
    for (std::size_t i = 0; i < n; ++i) {
      *loss += at[i] * at[i] / 2;
      if (gradient != nullptr) static_cast<double*>(gradient)[i] = at[i];
    }
    return RV_OK;
  };
  sample_inner inner(RV_F64, n);
  inner.start(params.data());
  rv_step step{};
  if (which.can(RV_OPTIMIZER_WRAPS)) step.inner = made.of(*inner.raw());
  step.total_steps = 200;
  step.n = n;
  step.params = params.data();
  step.state = state.pointers();
  step.values = config.values().data();
  step.closure = which.can(RV_OPTIMIZER_CLOSURE) ? made.of(closure) : nullptr;
  if (table.init_state != nullptr) require(table.init_state(self, made.of(step)), "init_state");
  for (step.step = 1; step.step <= 3; ++step.step) {
    std::ranges::copy(x, grads.as<double>().begin());
    step.grads = grads.data();
    step.loss = 1;
    require(table.step(self, made.of(step)), "step");
  }
  return {x.begin(), x.end()};
}

/// Values at ten times.
std::vector<double> scheduler_numbers(const component& which, host_age age) {
  const auto& table = *static_cast<const rv_scheduler*>(functions_of(which));
  aged_structs made(age);
  const configuration config(which, {});
  void* self = nullptr;
  require(table.create(made.host(), made.of(*config.raw()), &self), "create");
  const plugin_handle handle(self, table.destroy);
  plugin_state state;
  const rv_state_sink sink{&state, add_to_sink<plugin_state, rv_state_array>};
  if (table.state != nullptr) require(table.state(self, &sink), "state");
  std::vector<double> values(10);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const rv_progress progress{
        .struct_size = 0, .unit = RV_UNIT_STEP, .t = static_cast<double>(i), .total = 10};
    require(table.value(self, 0.1, made.of(progress), state.pointers(), &values[i]), "value");
    if (table.observe != nullptr) require(table.observe(self, state.pointers(), 1), "observe");
  }
  return values;
}

/// The loss and the gradient at the start.
std::vector<double> model_numbers(const component& which, host_age age) {
  const auto& table = *static_cast<const rv_model*>(functions_of(which));
  aged_structs made(age);
  const configuration config(which, {});
  const sample_data sample = sample_of(which, {}, sample_data::kind::images);
  const rv_data_spec data = sample.spec();
  const bool is_landscape = sample.shape.empty();
  void* self = nullptr;
  require(table.create(made.host(), is_landscape ? nullptr : made.of(data), made.of(*config.raw()), RV_F64,
                       &self),
          "create");
  const plugin_handle handle(self, table.destroy);
  parameter_layout layout(RV_F64);
  const rv_tensor_sink sink{&layout, add_to_sink<parameter_layout, rv_tensor>};
  require(table.layout(self, &sink), "layout");

  aligned_array params(RV_F64, layout.size(), "the parameters"), inputs;
  require(table.init(self, 1, params.data()), "init");
  constexpr std::size_t examples = 5;
  if (!is_landscape) inputs = aligned_array(RV_F64, examples * sample.features(), "the inputs");
  for (std::size_t i = 0; i < inputs.size(); ++i) inputs.as<double>()[i] = number_at(2, i);
  const std::array<std::int32_t, examples> labels{0, 1, 2, 3, 0};
  const rv_batch batch{.struct_size = 0,
                       .mode = RV_MODE_TRAIN,
                       .size = examples,
                       .inputs = inputs.data(),
                       .labels = labels.data(),
                       .seed = 1};
  aligned_array grads(RV_F64, layout.size(), "the gradients");
  double loss = 0;
  require(
      table.loss_gradient(self, params.data(), is_landscape ? nullptr : made.of(batch), &loss, grads.data()),
      "loss_gradient");
  std::vector<double> numbers(grads.as<double>().begin(), grads.as<double>().end());
  numbers.push_back(loss);
  return numbers;
}

std::vector<double> numbers(const component& which, host_age age) {
  switch (which.kind) {
    case component_kind::optimizer:
      return optimizer_numbers(which, age);
    case component_kind::scheduler:
      return scheduler_numbers(which, age);
    case component_kind::model:
      return model_numbers(which, age);
  }
  return {};
}

void require_the_same(const subject& it, host_age age) {
  const std::vector<double> here = numbers(*it.which, host_age::present), there = numbers(*it.which, age);
  if (std::memcmp(here.data(), there.data(), here.size() * sizeof(double)) != 0) {
    throw check_failed("it computes other numbers there than here");
  }
}

void refuse_numbers(const component& which) {
  if (which.kind == component_kind::model && predicts_numbers(which))
    throw not_applicable("it predicts numbers, which is a draft and not part of a release");
}

void works_with_an_older_host(const subject& it) {
  if (it.which->kind == component_kind::optimizer && it.which->can(RV_OPTIMIZER_WRAPS)) {
    throw not_applicable("it is a wrapper, which release 1.0 does not know");
  }
  refuse_numbers(*it.which);
  require_the_same(it, host_age::older);
}
void works_with_a_newer_host(const subject& it) {
  refuse_numbers(*it.which);
  require_the_same(it, host_age::newer);
}

}  // namespace

std::span<const check> host_checks() {
  static constexpr std::array checks{
      check{"older_host", "it works with a host of release 1.0, whose structs may be shorter",
            "ask RV_HAS before reading a field newer than 1.0", works_with_an_older_host},
      check{"newer_host", "it works with a host whose structs have grown",
            "accept any struct_size that is long enough, and ignore what follows the fields that you know",
            works_with_a_newer_host},
  };
  return checks;
}

}  // namespace ravine
