#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Between torchscript.so and torchscript/bridge.so, which both come from one build. PyTorch's library takes
/// a fraction of a second and 200 MB of address space to load: the bridge, which is linked with it, is loaded
/// where a module is used, and not where plugins are listed. The bridge has no part in the contract.
namespace ravine::torch_bridge {

enum class element_type { f32, f64 };

/// How a batch of examples of shape {…} enters the module.
enum class input_form {
  image,  ///< {n, 1, rows, columns} for shapes of two extents, else as_is
  as_is,  ///< {n, …}
  flat,   ///< {n, features}
  index   ///< as_is, in whole numbers: for embeddings
};

/// One that is trained. Several names of the same one are the first of them.
struct parameter {
  std::string name;                  ///< "0.weight"
  std::vector<std::uint64_t> shape;  ///< {1} for a scalar

  std::size_t size() const {
    std::size_t product = 1;
    for (const std::uint64_t extent : shape) product *= extent;
    return product;
  }
};

struct module_source {
  std::string_view path;               ///< for messages
  std::span<const std::byte> content;  ///< of the file; empty: a linear layer, for checks without a file
  element_type type;
  input_form form;
  std::span<const std::uint64_t> shape;  ///< of one example
  std::size_t classes;
  std::size_t labels;  ///< of one example
};

struct examples {
  std::size_t count;
  const void* inputs;
  const std::int32_t* labels;
  bool training;
  std::uint64_t seed;
};

/// A scripted or traced module. Arrays are of its element type. Functions throw std::exception with words for
/// the user.
class module {
 public:
  virtual ~module() = default;

  virtual const std::vector<parameter>& parameters() const = 0;
  /// Writes the values in the file.
  virtual void start(void* params) const = 0;
  /// Mean cross-entropy, and its gradient unless `grads` is null.
  virtual double loss_gradient(const void* params, const examples& batch, void* grads) = 0;
  virtual void predict(const void* params, const examples& batch, void* scores) = 0;
};

/// What bridge.so exports under this name. Throws as the functions of a module.
inline constexpr const char* load_symbol = "ravine_load_torch_module";
using load_function = std::unique_ptr<module>(const module_source& source);

}  // namespace ravine::torch_bridge
