#include "plugin/slice.hpp"

#include "plugin/memory.hpp"

namespace ravine {
namespace {

void* skip(void* array, std::size_t elements, rv_dtype type) {
  return static_cast<std::byte*>(array) + elements * element_size(type);
}

const void* skip(const void* array, std::size_t elements, rv_dtype type) {
  return static_cast<const std::byte*>(array) + elements * element_size(type);
}

}  // namespace

rv_step slice(const rv_step& whole, std::size_t offset, std::size_t n, const parameter_layout& layout,
              const plugin_state& state, std::span<void*> pointers) {
  const rv_dtype type = layout.raw()->dtype;
  for (std::size_t i = 0; i < state.arrays().size(); ++i) {
    pointers[i] = skip(whole.state[i], offset, state.arrays()[i].elements.type());
  }
  rv_step part = whole;
  part.offset = whole.offset + offset;
  part.n = n;
  part.params = skip(whole.params, offset, type);
  part.grads = skip(whole.grads, offset, type);
  part.state = pointers.data();
  return part;
}

}  // namespace ravine
