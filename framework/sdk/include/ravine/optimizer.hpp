#pragma once

#include <ravine/moments.hpp>
#include <ravine/optimizer_table.hpp>
#include <ravine/quotient.hpp>
#include <ravine/weight_decay.hpp>

/// Writing an optimizer: a struct with
///
///     about            static constexpr ravine::about
///     hyper            static constexpr auto = ravine::hyperparameters(…); optional
///     state            static constexpr auto = ravine::per_parameter("m", "v"), or where it depends on the
///                      configuration or on shapes, void state(ravine::state_list&) const; optional
///     scratch          static constexpr auto = ravine::per_parameter("work"): room to work in, beside state
///                      declared by names; nothing in it lasts to the next step; optional
///     elementwise      static constexpr bool = true: element i depends on element i alone, so that the
///                      host may split a step; optional
///     closure          static constexpr bool = true: s.evaluate() is called; optional
///     no_gradient      static constexpr bool = true, beside closure: s.loss() and s.grads() are not used, so
///                      that no evaluation is spent on them; each step calls s.evaluate(); optional
///     wraps            static constexpr bool = true: the rule works around another optimizer, s.inner(),
///                      which the manifest names; optional. Or may_wrap: it does so if s.has_inner()
///     reads_total      static constexpr bool = true: s.total_steps() or s.total_epochs() is called, so that
///     a
///                      longer budget changes the steps from the first on; optional
///     step             template <class T> void step(ravine::step<T, itself> s) const
///
/// where the rule needs them
///
///     init             template <class T> void init(ravine::step<T, itself> s) const
///                      once before the first step, with the parameters at their start and the state zero:
///                      fills state that starts otherwise. Neither gradients nor loss are there, and
///                      parameters stay.
///     gradient_point   template <class T>
///                      bool gradient_point(ravine::step<T, itself> s, std::span<T> point) const
///                      before each step: writes where the gradient is taken, if not at the parameters.
///     evaluation_point template <class T>
///                      bool evaluation_point(ravine::step<T, itself> s, std::span<T> point) const
///                      before each evaluation: writes the point that is evaluated, such as an average.
///
/// (both return false for an instance that never does so: they are not asked again; a wrapper without them
/// has the points of the optimizer inside), and a constructor from ravine::config<itself>, if values are
/// wanted that can't be scheduled. RAVINE_OPTIMIZER(itself) exports it.
///
/// Rules that offer weight decay declare ravine::weight_decay(0), ravine::decay_biases() among their
/// hyperparameters and call s.for_each_decayed in place of s.for_each, or s.by_decay. Rules with Adam's
/// moments find them in <ravine/moments.hpp>.
