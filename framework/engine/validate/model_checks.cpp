#include "validate/check.hpp"
#include "validate/model_rig.hpp"
#include "validate/numbers.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

constexpr double reach = 0.05;

void model_works_at_all_sizes(const component& which, const sample_data& data) {
  for (const rv_dtype type : both_types) {
    model_rig at_work(which, {.type = type, .data = data});
    at_work.start();
    for (const std::size_t examples : {std::size_t{1}, std::size_t{7}, model_rig::max_batch}) {
      at_work.draw_batch(examples, examples);
      const double loss = at_work.loss_gradient();
      if (!std::isfinite(loss)) {
        throw check_failed(fmt::format("{} examples of type {}: the loss at the start is {}", examples,
                                       type_name(type), loss));
      }
      if (at_work.predict() && !at_work.has_finite_scores()) {
        throw check_failed(
            fmt::format("{} examples of type {}: scores are not finite", examples, type_name(type)));
      }
    }
  }
}

void model_stays_in_bounds(const component& which, const sample_data& data) {
  for (const rv_dtype type : both_types) {
    model_rig at_work(which, {.type = type, .data = data});
    at_work.start();
    at_work.loss_gradient();
    at_work.predict();
    if (const std::string found = at_work.damage(); !found.empty()) {
      throw check_failed(fmt::format("{}s: {}", type_name(type), found));
    }
  }
}

/// A write is stopped by the processor: returning is passing.
void leaves_inputs_alone(const component& which, const sample_data& data) {
  for (const rv_dtype type : both_types) {
    model_rig at_work(which, {.type = type, .inputs = model_rig::input_view::read_only, .data = data});
    at_work.start();
    at_work.loss_gradient();
    at_work.predict();
  }
}

struct slope {
  double from_gradient;
  double from_differences;
  double rounding;  ///< by which the differences may be off, from the loss's own precision
};

/// The slope along a direction at the rig's point.
slope slope_along(model_rig& at, const std::vector<double>& direction, double h) {
  std::vector<double> point(at.size());
  for (std::size_t i = 0; i < point.size(); ++i) point[i] = at.param(i);
  const auto loss_at = [&](double distance) {
    for (std::size_t i = 0; i < point.size(); ++i) at.set_param(i, point[i] + distance * direction[i]);
    return at.loss();
  };
  const double up = loss_at(h), down = loss_at(-h);
  loss_at(0);
  static_cast<void>(at.loss_gradient());
  double product = 0;
  for (std::size_t i = 0; i < point.size(); ++i) product += at.grad(i) * direction[i];
  constexpr double epsilon = std::numeric_limits<double>::epsilon();
  return {product, (up - down) / (2 * h), 64 * epsilon * std::max(std::abs(up), std::abs(down)) / h};
}

/// Kinks and curvature spoil one distance, not all of them.
bool agree(model_rig& at, const std::vector<double>& direction, slope& last) {
  return std::ranges::any_of(std::array{1e-4, 1e-5, 1e-6, 1e-7}, [&](double h) {
    last = slope_along(at, direction, h);
    const double scale = std::abs(last.from_gradient) + std::abs(last.from_differences);
    return std::abs(last.from_gradient - last.from_differences) <= 1e-5 * scale + last.rounding;
  });
}

std::vector<double> direction(std::size_t size, std::uint64_t stream) {
  std::vector<double> made(size);
  double squares = 0;
  for (std::size_t i = 0; i < size; ++i) {
    made[i] = number_at(stream, i);
    squares += made[i] * made[i];
  }
  for (double& each : made) each /= std::sqrt(squares);
  return made;
}

/// The same in the coordinates of one tensor, and 0 in all others.
std::vector<double> direction_in(const rv_tensor& tensor, std::size_t size, std::uint64_t stream) {
  const std::vector<double> within = direction(tensor.size, stream);
  std::vector<double> made(size);
  std::ranges::copy(within, made.begin() + static_cast<std::ptrdiff_t>(tensor.offset));
  return made;
}

/// Tells in which tensors the gradient is wrong, if it is so along a direction through all of them.
[[noreturn]] void fail_in_tensors(model_rig& at, const slope& along_all) {
  const rv_layout& layout = *at.layout().raw();
  std::vector<std::string> names;
  slope first = along_all;
  for (std::uint64_t t = 0; t < layout.tensor_count; ++t) {
    slope found{};
    if (agree(at, direction_in(*layout.tensors[t], at.size(), 100 + t), found)) continue;
    if (names.empty()) first = found;
    names.emplace_back(layout.tensors[t]->name);
  }
  const std::string others =
      names.size() < 2 ? ""
                       : fmt::format("; wrong as well: {}", fmt::join(names.begin() + 1, names.end(), ", "));
  throw check_failed(
      fmt::format("along a direction {}the gradient gives the slope {:.9g}, differences of the loss {:.9g}{}",
                  names.empty() ? "" : fmt::format("in {} ", names[0]), first.from_gradient,
                  first.from_differences, others));
}

void has_the_gradient_of_its_loss(const component& which, const sample_data& data) {
  model_rig at_work(which, {.data = data});
  for (std::uint64_t place = 1; place <= 4; ++place) {
    at_work.start(place);
    at_work.move(place, reach);
    for (std::uint64_t k = 0; k < 4; ++k) {
      slope found{};
      if (agree(at_work, direction(at_work.size(), 10 * place + k), found)) continue;
      fail_in_tensors(at_work, found);
    }
    // One coordinate at a time: a wrong element among many would not show above.
    for (std::uint64_t k = 0; k < 12; ++k) {
      std::vector<double> axis(at_work.size());
      const auto i =
          static_cast<std::size_t>((number_at(7, 20 * place + k) + 1) / 2 * static_cast<double>(axis.size()));
      axis[i] = 1;
      slope found{};
      if (agree(at_work, axis, found)) continue;
      throw check_failed(
          fmt::format("the gradient at {} (element {}) is {:.9g}, differences of the loss give {:.9g}",
                      at_work.layout().name_of(i), i, found.from_gradient, found.from_differences));
    }
  }
}

void has_one_loss(const component& which, const sample_data& data) {
  for (const rv_dtype type : both_types) {
    model_rig at_work(which, {.type = type, .data = data});
    for (std::uint64_t place = 1; place <= 4; ++place) {
      at_work.start(place);
      at_work.move(place, reach);
      const double with = at_work.loss_gradient(), without = at_work.loss();
      if (std::bit_cast<std::uint64_t>(with) != std::bit_cast<std::uint64_t>(without)) {
        throw check_failed(
            fmt::format("{}s: {} with the gradient, {} without it", type_name(type), with, without));
      }
    }
  }
}

void model_is_repeatable(const component& which, const sample_data& data) {
  for (const rv_dtype type : both_types) {
    model_rig first(which, {.type = type, .data = data}), second(which, {.type = type, .data = data});
    // The second has been elsewhere before: what it did there must not show.
    second.start(2);
    second.move(2, reach);
    second.loss_gradient();
    second.predict();
    for (model_rig* each : {&first, &second}) {
      each->start(1);
      each->loss_gradient();
      each->predict();
    }
    if (first.memory() != second.memory()) {
      throw check_failed(fmt::format(
          "{}s: the same seed, parameters and batch give other bits the second time", type_name(type)));
    }
  }
}

/// A model with metrics of its own measures the same again, and touches nothing that it only reads.
void measures_the_same_again(const subject& it) {
  for (const rv_dtype type : both_types) {
    model_rig at_work(*it.which, {.type = type, .inputs = model_rig::input_view::read_only});
    at_work.start();
    at_work.predict();
    const std::vector<std::byte> before = at_work.memory();
    const std::vector<double> first = at_work.measure(), second = at_work.measure();
    if (first.empty()) throw not_applicable("it has no metrics of its own for these data");
    if (at_work.memory() != before) {
      throw check_failed(fmt::format("{}s: measure changes the scores", type_name(type)));
    }
    if (std::memcmp(first.data(), second.data(), first.size() * sizeof(double)) != 0) {
      throw check_failed(
          fmt::format("{}s: the same scores are measured as other bits the second time", type_name(type)));
    }
  }
}

void survives_any_parameters(const component& which, const sample_data& data) {
  using limits = std::numeric_limits<double>;
  for (const rv_dtype type : both_types) {
    for (const double value :
         {limits::quiet_NaN(), limits::infinity(), -limits::infinity(), 0.0, 1e30, -1e30, 1e-40}) {
      model_rig at_work(which, {.type = type, .data = data});
      at_work.start();
      at_work.fill(value);
      try {
        at_work.loss_gradient();
        at_work.predict();
      } catch (const plugin_error&) {
        continue;
      }
    }
  }
}

/// Checks the model on data of each kind that it accepts, with one label of an example and with several.
template <void (*check_with)(const component&, const sample_data&)>
void on_all_data(const subject& it) {
  for (const sample_data& data : accepted_samples(*it.which, {})) {
    try {
      check_with(*it.which, data);
    } catch (const check_failed& fault) {
      if (data.labels == 1) throw;
      throw check_failed(fmt::format("examples with {} labels: {}", data.labels, fault.what()));
    }
  }
}

}  // namespace

std::span<const check> model_checks() {
  static constexpr std::array checks{
      check{"sizes", "batches of one, few and all examples, float and double, have finite losses and scores",
            "batch->size may be less than max_batch, and the last batch of an epoch often is",
            on_all_data<model_works_at_all_sizes>},
      check{"bounds", "nothing is written before or after an array",
            "grads has one element per parameter, scores batch->size x classes",
            on_all_data<model_stays_in_bounds>},
      check{"inputs_untouched", "parameters, inputs and labels are read, not written",
            "use a workspace of the instance", on_all_data<leaves_inputs_alone>},
      check{"gradient", "the gradient is that of the loss, by central differences in double",
            "check the derivation; the loss and its gradient must be means over the batch",
            on_all_data<has_the_gradient_of_its_loss>},
      check{"loss_alone", "the loss is the same bits with and without the gradient",
            "compute it by the same statements whether grads is NULL or not", on_all_data<has_one_loss>},
      check{"repeatability", "the same seed, parameters and batch give the same bits",
            "draw random numbers from the given seeds alone, and set workspaces before reading them",
            on_all_data<model_is_repeatable>},
      check{"metrics", "metrics of its own are the same bits for the same scores",
            "read parameters, batch and scores, write `count` values, and keep nothing for the next call",
            measures_the_same_again},
      check{"any_parameters", "parameters that are NaN, infinite, zero or huge crash nothing",
            "do not use a number as an index or a count before you know that it is finite",
            on_all_data<survives_any_parameters>},
  };
  return checks;
}

}  // namespace ravine
