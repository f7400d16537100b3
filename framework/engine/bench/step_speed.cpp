#include "bench/speed.hpp"
#include "core/byte_stream.hpp"
#include "plugin/memory.hpp"
#include "process/sandbox.hpp"
#include "train/rule.hpp"
#include "train/split_step.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <span>
#include <string>

namespace ravine {
namespace {

/// As many parameters in weights of 784 x 128, the first layer of a small network, and a rest.
void add_layers(parameter_layout& layout, std::size_t parameters) {
  constexpr std::uint64_t inputs = 784, outputs = 128;
  std::size_t left = parameters;
  for (std::size_t i = 0; left >= inputs * outputs; ++i, left -= inputs * outputs) {
    layout.add("weight" + std::to_string(i), RV_ROLE_WEIGHT, {inputs, outputs});
  }
  if (left != 0) layout.add("bias", RV_ROLE_BIAS, {left});
}

optimizer_spec plain(const std::string& id) {
  optimizer_spec spec;
  spec.optimizer.use = id;
  return spec;
}

/// An optimizer at work on parameters of its own.
template <class T>
class driven_rule {
 public:
  driven_rule(const registry& plugins, const optimizer_spec& spec, std::size_t parameters,
              std::size_t threads)
      : layout_(dtype_of<T>),
        rule_((add_layers(layout_, parameters),
               make_rule(spec, {.plugins = plugins, .layout = layout_, .planned = {}, .threads = threads}))),
        params_(dtype_of<T>, parameters, "the parameters"),
        grads_(dtype_of<T>, parameters, "the gradients") {
    for (std::size_t i = 0; i < parameters; ++i) {
      params_.template as<T>()[i] = static_cast<T>(i % 7) / 7;
      grads_.template as<T>()[i] = static_cast<T>(i % 11) / 11 - T{0.5};
    }
    step_.struct_size = sizeof step_;
    step_.total_steps = 1;  // what begins after a share of the training, such as averaging, has begun
    step_.n = parameters;
    step_.params = params_.data();
    rule_->init_state(step_);
    step_.grads = grads_.data();
    step_.loss = 1;
  }

  void step() {
    rule_->begin_step(++step_.step);
    rule_->step(step_);
  }

  /// Parameters and state are read and written, gradients read.
  double bytes_moved() const {
    return static_cast<double>(2 * (params_.bytes() + state_bytes()) + grads_.bytes());
  }
  std::size_t bytes_held() const { return params_.bytes() + state_bytes() + grads_.bytes(); }

 private:
  std::size_t state_bytes() const {
    std::size_t all = 0;
    for (const plugin_state* state : rule_->states()) {
      for (const plugin_state::array& each : state->arrays()) all += each.elements.bytes();
    }
    return all;
  }

  parameter_layout layout_;
  std::unique_ptr<rule> rule_;
  aligned_array params_, grads_;
  rv_step step_{};
};

/// Adds to an array in place: two bytes moved for each of its bytes, and the least arithmetic.
class memory_loop {
 public:
  memory_loop(std::size_t bytes, std::size_t threads)
      : elements_(RV_F64, std::max<std::size_t>(bytes / sizeof(double) / block, 1) * block, "the array"),
        team_(threads) {}

  void run() {
    const std::span<double> all = elements_.as<double>();
    const std::size_t blocks = all.size() / block;
    team_.run([&](std::size_t part) {
      const std::size_t end = blocks * (part + 1) / team_.size();
      for (std::size_t i = blocks * part / team_.size(); i < end; ++i) {
        double* const elements = all.data() + i * block;
        for (std::size_t k = 0; k < block; ++k) elements[k] += 1;
      }
    });
  }
  double bytes_moved() const { return 2 * static_cast<double>(elements_.bytes()); }

 private:
  static constexpr std::size_t block = 8;  // a count that the compiler knows, so that it makes vectors of it

  aligned_array elements_;
  thread_team team_;
};

/// What a wrapper is measured around: the least work.
constexpr auto innermost = "sgd";

template <class T>
step_speed measure_step(const registry& plugins, const component& which, std::size_t parameters,
                        std::size_t threads, const measuring& how) {
  const bool wraps = which.can(RV_OPTIMIZER_WRAPS);
  optimizer_spec spec = plain(which.id);
  if (wraps) spec.inner.push_back(plain(innermost));
  driven_rule<T> rule(plugins, spec, parameters, threads);
  memory_loop memory(rule.bytes_held(), threads);  // lies in the same caches
  std::vector<measured_task> tasks{[&] { rule.step(); }, [&] { memory.run(); }};
  std::unique_ptr<driven_rule<T>> alone;
  if (wraps) {
    alone = std::make_unique<driven_rule<T>>(plugins, plain(innermost), parameters, threads);
    tasks.push_back([&] { alone->step(); });
  }
  const std::vector<double> seconds = measure_in_turns(tasks, how);
  return {.type = sizeof(T) == sizeof(float) ? dtype::f32 : dtype::f64,
          .parameters = parameters,
          .threads = threads,
          .seconds = seconds[0],
          .bytes = rule.bytes_moved(),
          .memory_seconds = seconds[1] * rule.bytes_moved() / memory.bytes_moved(),
          .inner_seconds = wraps ? seconds[2] : 0};
}

/// All that is to be measured of one optimizer. Calls the plugin.
std::vector<step_speed> measure_all(const registry& plugins, const component& which,
                                    const std::vector<std::size_t>& parameters,
                                    const std::vector<std::size_t>& threads, const measuring& how) {
  std::vector<step_speed> all;
  for (const std::size_t n : parameters) {
    for (const std::size_t team : threads) {
      const bool splits = which.can(RV_OPTIMIZER_ELEMENTWISE) && n / split_step::least_part >= team;
      if (team > 1 && !splits) continue;
      all.push_back(measure_step<float>(plugins, which, n, team, how));
      all.push_back(measure_step<double>(plugins, which, n, team, how));
    }
  }
  return all;
}

std::string as_bytes(const std::vector<step_speed>& steps) {
  byte_writer all;
  all << steps;
  return {reinterpret_cast<const char*>(all.bytes().data()), all.bytes().size()};
}

optimizer_speed from_outcome(const component& which, const sandbox_outcome& outcome) {
  optimizer_speed found{.optimizer = which.id, .steps = {}, .fault = {}};
  if (outcome.ended != sandbox_outcome::how::answered) {
    found.fault = failure_of(outcome);
    return found;
  }
  try {
    byte_reader(std::as_bytes(std::span(outcome.text))) >> found.steps;
  } catch (const bytes_error& problem) {
    found.fault = std::string("a plugin wrote over its speeds: ") + problem.what();
  }
  return found;
}

}  // namespace

double step_speed::own_passes() const {
  const std::size_t element = type == dtype::f32 ? sizeof(float) : sizeof(double);
  const double pass_seconds = memory_seconds * static_cast<double>(parameters * element) / bytes;
  return (seconds - inner_seconds) / pass_seconds;
}

std::vector<optimizer_speed> measure_steps(const registry& plugins,
                                           const std::vector<std::size_t>& parameters,
                                           const std::vector<std::size_t>& threads, const measuring& how) {
  constexpr std::chrono::minutes longest(10);
  std::vector<optimizer_speed> all;
  for (const component* which : plugins.all(component_kind::optimizer)) {
    if (which->can(RV_OPTIMIZER_CLOSURE)) continue;
    const auto job = [&] { return as_bytes(measure_all(plugins, *which, parameters, threads, how)); };
    all.push_back(from_outcome(*which, try_in_sandbox(job, {.time = longest})));
  }
  return all;
}

}  // namespace ravine
