#include "plugin/layout.hpp"

#include "plugin/component.hpp"
#include "plugin/release.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {
namespace {

/// More elements than any machine holds: a forged or miscomputed shape.
constexpr std::uint64_t largest_layout = std::uint64_t{1} << 48;

}  // namespace

void parameter_layout::add(const rv_tensor& tensor) {
  if (!is_long_enough(tensor)) throw plugin_error("a tensor's struct_size is too small");
  const std::string name = tensor.name == nullptr ? "" : tensor.name;
  if (name.empty()) throw plugin_error("a tensor has no name");
  if (std::ranges::find(names_, name) != names_.end()) {
    throw plugin_error(fmt::format("two tensors are named {}", name));
  }
  if (tensor.rank == 0 || tensor.rank > 16 || tensor.shape == nullptr) {
    throw plugin_error(fmt::format("tensor {}: rank {}, expected 1 to 16 and a shape", name, tensor.rank));
  }
  std::vector<std::uint64_t> shape(tensor.shape, tensor.shape + tensor.rank);
  std::uint64_t size = 1;
  for (const std::uint64_t extent : shape) {
    if (extent == 0 || extent > largest_layout / size) {
      throw plugin_error(fmt::format("tensor {}: an extent of {} makes it empty or too large", name, extent));
    }
    size *= extent;
  }
  rv_tensor kept{};
  kept.struct_size = sizeof(rv_tensor);
  kept.role = tensor.role;
  kept.name = names_.emplace_back(name).c_str();
  kept.offset = raw_.size;
  kept.size = size;
  kept.rank = tensor.rank;
  kept.shape = shapes_.emplace_back(std::move(shape)).data();
  kept.fan_in = tensor.fan_in;
  kept.fan_out = tensor.fan_out;
  pointers_.push_back(&tensors_.emplace_back(kept));
  raw_.size += size;
  raw_.tensor_count = pointers_.size();
  raw_.tensors = pointers_.data();
}

void parameter_layout::add(const std::string& name, std::uint32_t role,
                           const std::vector<std::uint64_t>& shape) {
  rv_tensor tensor{};
  tensor.struct_size = sizeof tensor;
  tensor.role = role;
  tensor.name = name.c_str();
  tensor.rank = shape.size();
  tensor.shape = shape.data();
  add(tensor);
}

std::string parameter_layout::name_of(std::size_t i) const {
  const auto in = std::ranges::find_if(
      tensors_, [&](const rv_tensor& each) { return i >= each.offset && i - each.offset < each.size; });
  std::uint64_t rest = i - in->offset;
  std::vector<std::uint64_t> place(in->rank);
  for (std::size_t axis = place.size(); axis-- > 0; rest /= in->shape[axis])
    place[axis] = rest % in->shape[axis];
  return fmt::format("{}[{}]", in->name, fmt::join(place, ", "));
}

}  // namespace ravine
