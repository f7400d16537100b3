#pragma once

#include "core/error.hpp"
#include "store/store.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ravine {

/// A condition on trials that is wrong, or that no trial could be asked about.
struct filter_error : error {
  using error::error;
};

/// One condition, such as problem=digits, optimizer!=sgd,adam or lr<=0.1.
struct filter {
  enum class relation { equal, unequal, less, at_most, greater, at_least };

  std::string name;
  relation how = relation::equal;
  std::vector<std::string> values;  ///< equal: to any of them; unequal: to none; else one number
};

/// Reads NAME=VALUE[,VALUE…], NAME!=VALUE[,VALUE…], or NAME<NUMBER, <=, >, >=. Throws filter_error.
filter parse_filter(std::string_view text);

/// The trials that meet every condition. Names: experiment, problem, optimizer, status, repetition (from 1,
/// as it is shown), seed, batch_size, machine, build, the names of searched values and the hyperparameters of
/// the optimizer, those of one that it works around as inner.lr. A trial without a value of that name meets
/// no condition but !=. Throws filter_error if no trial has the name, or if a number is asked for and not
/// found.
std::vector<stored_trial> matching(std::vector<stored_trial> trials, std::span<const filter> filters);

}  // namespace ravine
