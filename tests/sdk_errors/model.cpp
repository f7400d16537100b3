// A model that lacks a function and declares others wrongly.
#include <ravine/model.hpp>

namespace {

template <class T>
class model {
 public:
  static constexpr ravine::about about{"model", "Declares its functions wrongly"};

  explicit model(ravine::config<model>) {}
  void layout(ravine::layout_builder&) {}
  void init(std::span<T>) const {}
  double loss_gradient(std::span<const T>, const ravine::batch<T>&) { return 0; }
  std::vector<int> metrics() const { return {}; }
};

}  // namespace

// expect: constructor
// expect: void layout(ravine::layout_builder& tensors) const
// expect: void init(std::uint64_t seed, std::span<T> params) const
// expect: double loss_gradient(std::span<const T> params, const ravine::batch<T>& b, std::span<T> grads)
// expect: metrics of its own need both of: std::vector<std::string> metrics() const, and
// expect: void predict(std::span<const T> params, const ravine::batch<T>& b, std::span<T> scores)
RAVINE_MODEL(model)
