#include "validate/check.hpp"
#include "validate/numbers.hpp"
#include "validate/optimizer_rig.hpp"

#include <array>
#include <cfloat>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr std::array<std::size_t, 11> sizes{1, 2, 7, 15, 16, 17, 63, 64, 65, 1023, 1025};
constexpr int few_steps = 3;

using declared_array = std::tuple<std::string, rv_dtype, std::size_t>;

std::vector<declared_array> declared_state(const subject& it, rv_dtype type, std::size_t n) {
  const sample_layout layout(type, n);
  const optimizer made(*it.which, layout, {});
  std::vector<declared_array> declared;
  for (const auto& array : made.state().arrays()) {
    declared.emplace_back(array.name, array.elements.type(), array.elements.size());
  }
  return declared;
}

/// The host refuses arrays that do not fit as it makes the instance.
void declares_its_state(const subject& it) {
  for (const rv_dtype type : both_types) {
    for (const std::size_t n : sizes) {
      if (declared_state(it, type, n) != declared_state(it, type, n)) {
        throw check_failed(fmt::format("{} parameters of type {}: two instances ask for different arrays", n,
                                       type_name(type)));
      }
    }
  }
}

void optimizer_works_at_all_sizes(const subject& it) {
  for (const rv_dtype type : both_types) {
    for (const std::size_t n : sizes) {
      optimizer_rig at_work(*it.which, {.type = type, .parameters = n});
      at_work.start();
      for (int i = 0; i < few_steps; ++i) at_work.descend();
      if (!at_work.is_finite()) {
        throw check_failed(fmt::format("{} parameters of type {}: not finite after {} steps down a bowl", n,
                                       type_name(type), few_steps));
      }
    }
  }
}

void require_finite(const optimizer_rig& at_work, rv_dtype type, std::string_view where) {
  if (at_work.is_finite()) return;
  throw check_failed(
      fmt::format("{}s: not finite after step {} {}", type_name(type), at_work.steps(), where));
}

/// Down either side of the bowl, and at its bottom.
void descends_from(const subject& it, rv_dtype type, double coordinate, std::string_view where) {
  optimizer_rig at_work(*it.which, {.type = type});
  at_work.start_at(coordinate);
  for (int i = 0; i < few_steps; ++i) {
    at_work.descend();
    require_finite(at_work, type, where);
  }
}

void takes_gradients_of_either_sign(const subject& it) {
  for (const rv_dtype type : both_types) {
    descends_from(it, type, 1, "down the side of a bowl where gradients are positive");
    descends_from(it, type, -1, "down the side of a bowl where gradients are negative");
    descends_from(it, type, 0, "at the bottom of a bowl, where gradients are exactly 0");
    if (it.which->can(RV_OPTIMIZER_CLOSURE)) continue;  // its gradients have to be those of its losses
    optimizer_rig at_work(*it.which, {.type = type});
    at_work.start();
    for (const double gradient : {1.0, -1.0, 0.0, -1.0, 1.0}) {
      at_work.step_with(gradient);
      require_finite(at_work, type, "with gradients of 1, -1, 0, -1, 1");
    }
  }
}

void optimizer_stays_in_bounds(const subject& it) {
  for (const rv_dtype type : both_types) {
    for (const std::size_t n : sizes) {
      optimizer_rig at_work(*it.which, {.type = type, .parameters = n});
      at_work.start();
      for (int i = 0; i < few_steps; ++i) at_work.step();
      static_cast<void>(at_work.loss());
      if (const std::string found = at_work.damage(); !found.empty()) {
        throw check_failed(fmt::format("{} parameters of type {}: {}", n, type_name(type), found));
      }
    }
  }
}

/// A write is stopped by the processor: returning is passing.
void leaves_gradients_alone(const subject& it) {
  for (const rv_dtype type : both_types) {
    optimizer_rig at_work(*it.which, {.type = type, .gradients = optimizer_rig::gradient_view::read_only});
    at_work.start();
    for (int i = 0; i < few_steps; ++i) at_work.step();
  }
}

/// An error status is an answer, a crash is none.
void survives_any_gradient(const subject& it) {
  using limits = std::numeric_limits<double>;
  for (const rv_dtype type : both_types) {
    const double tiny = type == RV_F32 ? static_cast<double>(FLT_TRUE_MIN) : DBL_TRUE_MIN;
    const double huge = type == RV_F32 ? static_cast<double>(FLT_MAX) : DBL_MAX;
    for (const double value : {0.0, -0.0, limits::quiet_NaN(), limits::infinity(), -limits::infinity(), tiny,
                               -tiny, huge, -huge}) {
      optimizer_rig at_work(*it.which, {.type = type});
      at_work.start();
      try {
        at_work.step_with(value);
        at_work.step();
        at_work.step_with(value);
      } catch (const plugin_error&) {
        continue;
      }
    }
  }
}

/// What is on the heap afterwards is no longer zero: memory that a plugin forgot to set shows.
void fill_the_heap_with_garbage() {
  for (std::size_t size = 8; size <= 4096; size *= 2) {
    std::array<std::vector<unsigned char>, 8> blocks;
    for (auto& each : blocks) each.assign(size, 0xB7);
  }
}

void optimizer_is_repeatable(const subject& it) {
  for (const rv_dtype type : both_types) {
    const auto run = [&] {
      optimizer_rig at_work(*it.which, {.type = type});
      at_work.start();
      for (int i = 0; i < 5; ++i) at_work.step();
      return at_work.memory();
    };
    const auto first = run();
    for (int again = 0; again < 3; ++again) {
      fill_the_heap_with_garbage();
      if (run() != first) {
        throw check_failed(
            fmt::format("the same five steps on {}s end at other bits the next time", type_name(type)));
      }
    }
  }
}

void may_be_split(const subject& it) {
  if (!it.which->can(RV_OPTIMIZER_ELEMENTWISE)) throw not_applicable("it does not claim to be elementwise");
  for (const rv_dtype type : both_types) {
    for (const std::size_t n : {7U, 65U, 300U}) {
      optimizer_rig whole(*it.which, {.type = type, .parameters = n}),
          split(*it.which, {.type = type, .parameters = n});
      whole.start();
      split.start();
      for (int i = 0; i < few_steps; ++i) {
        whole.step();
        split.step_in_slices();
      }
      if (whole.memory() != split.memory()) {
        throw check_failed(fmt::format(
            "{} parameters of type {}: three slices of a step end at other bits than the whole step", n,
            type_name(type)));
      }
    }
  }
}

void optimizer_keeps_its_state_with_the_host(const subject& it) {
  for (const rv_dtype type : both_types) {
    optimizer_rig through(*it.which, {.type = type}), resumed(*it.which, {.type = type});
    through.start();
    for (int i = 0; i < few_steps; ++i) through.step();
    resumed.restore(through.memory(), through.steps());
    for (int i = 0; i < few_steps; ++i) {
      through.step();
      resumed.step();
    }
    if (through.memory() != resumed.memory()) {
      throw check_failed(fmt::format(
          "{}s: {} steps, the state into a new instance and {} more end elsewhere than {} in one go",
          type_name(type), few_steps, few_steps, 2 * few_steps));
    }
  }
}

/// What claims to ignore the length goes on from the end of a shorter trial.
void ignores_what_is_planned(const subject& it) {
  if (!it.which->can(RV_OPTIMIZER_IGNORES_TOTAL)) {
    throw not_applicable("it does not claim to ignore the total of steps");
  }
  for (const rv_dtype type : both_types) {
    optimizer_rig one(*it.which, {.type = type, .total_steps = 8});
    optimizer_rig other(*it.which, {.type = type, .total_steps = 200});
    for (optimizer_rig* each : {&one, &other}) {
      each->start();
      for (int i = 0; i < 8; ++i) each->descend();
    }
    if (one.memory() != other.memory() || one.loss() != other.loss()) {
      throw check_failed(fmt::format("{}s: eight steps of 8 planned ones end at other bits than eight of 200",
                                     type_name(type)));
    }
  }
}

void descends(const subject& it) {
  for (const rv_dtype type : both_types) {
    optimizer_rig at_work(*it.which, {.type = type});
    at_work.start();
    const double before = at_work.loss();
    for (int i = 0; i < 200; ++i) at_work.descend();
    const double after = at_work.loss();
    if (!(after < before)) {
      throw check_failed(
          fmt::format("{}s: the sum of c x^2 / 2 went from {:.6g} to {:.6g} in 200 steps with the defaults",
                      type_name(type), before, after));
    }
  }
}

}  // namespace

std::span<const check> optimizer_checks() {
  static constexpr std::array checks{
      check{
          "state", "its state arrays are declared as the contract asks, the same by each instance",
          "give each array a name of its own and the type RV_F32 or RV_F64; of an elementwise optimizer each "
          "has layout->size elements",
          declares_its_state},
      check{"sizes",
            "parameter vectors of 1 to 1,025 elements, float and double, are stepped to finite values",
            "look for loops that assume a multiple of some width, or one of the two types",
            optimizer_works_at_all_sizes},
      check{"signs", "gradients that are positive, negative or exactly 0 lead to finite parameters",
            "take roots and logarithms of squares or absolute values, and divide by nothing that can be 0",
            takes_gradients_of_either_sign},
      check{"bounds", "nothing is written before or after an array",
            "write elements 0 to n - 1 of params and of each state array", optimizer_stays_in_bounds},
      check{"gradients_untouched", "gradients are read, not written",
            "keep what you need in a state array or on the stack", leaves_gradients_alone},
      check{"any_gradient", "gradients that are NaN, infinite, zero, subnormal or huge crash nothing",
            "do not use a number as an index or a count before you know that it is finite",
            survives_any_gradient},
      check{"repeatability", "the same steps give the same bits",
            "draw random numbers from rv_step.seed alone, set memory before reading it, keep no global "
            "variables",
            optimizer_is_repeatable},
      check{"split_invariance", "slices of a step give the bits that the whole step gives",
            "take away the elementwise capability, or let element i depend on element i alone", may_be_split},
      check{"state_round_trip", "a new instance goes on from saved parameters and state",
            "keep what must last from step to step in state arrays, not in the instance",
            optimizer_keeps_its_state_with_the_host},
      check{
          "total", "how many steps are planned changes none of them",
          "take away the capability RV_OPTIMIZER_IGNORES_TOTAL, or read neither total_steps nor total_epochs",
          ignores_what_is_planned},
      check{"descent", "the defaults lead down a bowl", "look at the update's sign and the defaults",
            descends},
  };
  return checks;
}

}  // namespace ravine
