#pragma once

#include <ravine/optimizer_table.hpp>
#include <ravine/weight_decay.hpp>

/// Writing an optimizer: a struct with
///
///     about            static constexpr ravine::about
///     hyper            static constexpr auto = ravine::hyperparameters(…); optional
///     state            static constexpr auto = ravine::per_parameter("m", "v"), or a member function
///                      void state(ravine::state_list&) const; optional
///     elementwise      static constexpr bool = true: element i depends on element i alone, so that the
///                      host may split a step; optional
///     step             template <class T> void step(ravine::step<T, itself> s) const
///
/// Rules that offer weight decay declare ravine::weight_decay(0), ravine::decay_biases() among their
/// hyperparameters and call s.for_each_decayed in place of s.for_each.
///
/// And, where the rule needs them, init(s), bool gradient_point(s, point), bool evaluation_point(s, point)
/// (answering false: not used by this instance). A constructor from ravine::config<itself> is optional.
/// RAVINE_OPTIMIZER(itself) exports it.

/// Makes the file a plugin with this optimizer.
#define RAVINE_OPTIMIZER(author) RAVINE_PLUGIN(::ravine::detail::optimizer_component<author>)
