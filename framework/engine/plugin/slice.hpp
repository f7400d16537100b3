#pragma once

#include "plugin/layout.hpp"
#include "plugin/state.hpp"

#include <ravine/abi.h>

#include <cstddef>
#include <span>

namespace ravine {

/// A part of an elementwise step: the `n` elements of `whole` from its element `offset` on. Parameters,
/// gradients and every state array are moved by that many of their own elements: a state array need not have
/// the type of the parameters. `pointers` has room for one pointer per state array and lasts as long as the
/// slice.
rv_step slice(const rv_step& whole, std::size_t offset, std::size_t n, const parameter_layout& layout,
              const plugin_state& state, std::span<void*> pointers);

}  // namespace ravine
