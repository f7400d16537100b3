#pragma once

#include <ravine/abi.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>

namespace ravine {

/// What is known of one tensor of the parameters. Row-major.
class tensor_info {
 public:
  explicit tensor_info(const rv_tensor& tensor) : tensor_(&tensor) {}

  std::string_view name() const { return tensor_->name; }
  std::uint32_t role() const { return tensor_->role; }  ///< RV_ROLE_…
  /// What weight decay and layer-wise rates customarily leave alone.
  bool is_bias_or_norm() const { return role() == RV_ROLE_BIAS || role() == RV_ROLE_NORM; }
  std::span<const std::uint64_t> shape() const { return {tensor_->shape, tensor_->rank}; }
  std::size_t size() const { return tensor_->size; }
  /// Outputs over inputs. A matrix may lie either way, and its fans tell which; if they are not given, and
  /// for more dimensions, the first extent are the outputs and the product of the others the inputs.
  double outputs_per_input() const {
    const bool told = tensor_->rank == 2 && tensor_->fan_in != 0 && tensor_->fan_out != 0;
    const auto first = static_cast<double>(tensor_->shape[0]);
    return told ? static_cast<double>(tensor_->fan_out) / static_cast<double>(tensor_->fan_in)
                : first * first / static_cast<double>(size());
  }
  /// Whether it has two dimensions or more; those of more count as matrices of first extent x the rest.
  bool is_matrix() const { return tensor_->rank > 1; }
  /// Whether a matrix has a row for each input and a column for each output, as those of the SDK's dense
  /// layers do; of a square one that is assumed. More dimensions have the outputs first.
  bool has_inputs_first() const {
    return tensor_->rank == 2 && tensor_->shape[0] == tensor_->fan_in &&
           tensor_->shape[1] == tensor_->fan_out;
  }
  std::size_t offset() const { return tensor_->offset; }  ///< of the first element in the parameter vector

 private:
  const rv_tensor* tensor_;
};

/// The tensors of a layout in order, for a range-based for. Each view is made where it is visited, so that
/// a step allocates nothing.
template <class View, class... Context>
class tensor_range {
 public:
  class iterator {
   public:
    iterator(const rv_tensor* const* at, const tensor_range* range) : at_(at), range_(range) {}

    View operator*() const {
      return std::apply([this](const Context*... context) { return View(**at_, *context...); },
                        range_->context_);
    }
    iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator==(const iterator& other) const { return at_ == other.at_; }

   private:
    const rv_tensor* const* at_;
    const tensor_range* range_;
  };

  /// What `context` refers to outlives the range and its views.
  tensor_range(std::span<const rv_tensor* const> tensors, const Context&... context)
      : tensors_(tensors), context_(&context...) {}

  std::size_t size() const { return tensors_.size(); }
  iterator begin() const { return {tensors_.data(), this}; }
  iterator end() const { return {tensors_.data() + tensors_.size(), this}; }

 private:
  std::span<const rv_tensor* const> tensors_;
  std::tuple<const Context*...> context_;
};

}  // namespace ravine
