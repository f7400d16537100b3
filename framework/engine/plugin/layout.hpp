#pragma once

#include <ravine/abi.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace ravine {

/// The host's copy of a model's parameter layout, packed in the order in which the model named its tensors.
/// Does not move: plugins hold pointers into it.
class parameter_layout {
 public:
  explicit parameter_layout(rv_dtype type) { raw_.struct_size = sizeof(rv_layout), raw_.dtype = type; }
  parameter_layout(const parameter_layout&) = delete;
  parameter_layout& operator=(const parameter_layout&) = delete;

  /// Appends a tensor. Throws plugin_error if its name or shape makes no sense.
  void add(const rv_tensor& tensor);
  /// The same for a layout that no model made: neither fan is known.
  void add(const std::string& name, std::uint32_t role, const std::vector<std::uint64_t>& shape);

  const rv_layout* raw() const { return &raw_; }
  std::size_t size() const { return raw_.size; }
  /// "hidden.weight[3, 0]": a parameter by its tensor and its place in that; `i` is below size().
  std::string name_of(std::size_t i) const;

 private:
  // Deques: what the raw structs point at stays in place.
  std::deque<std::string> names_;
  std::deque<std::vector<std::uint64_t>> shapes_;
  std::deque<rv_tensor> tensors_;
  std::vector<const rv_tensor*> pointers_;
  rv_layout raw_{};
};

}  // namespace ravine
