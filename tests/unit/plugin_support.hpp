#pragma once

#include "plugin/functions.hpp"
#include "plugin/instance.hpp"
#include "plugin/memory.hpp"
#include "plugin/registry.hpp"
#include "plugin/slice.hpp"

#include <ravine/abi.h>

#include <cstdlib>
#include <filesystem>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace ravine::testing {

/// The plugins that this build ships, loaded once.
inline const registry& shipped_plugins() {
  static const registry loaded = [] {
    registry found;
    found.scan(RAVINE_TEST_PLUGIN_DIR);
    return found;
  }();
  return loaded;
}

/// A shared object of tests/plugins.
inline std::filesystem::path test_object(const std::string& name) {
  return std::filesystem::path(RAVINE_TEST_BAD_PLUGIN_DIR) / (name + ".so");
}

/// A registry of one shared object of tests/plugins.
inline registry load_test_object(const std::string& name) {
  registry loaded;
  loaded.load(test_object(name));
  return loaded;
}

/// A folder for plugins that is gone after the test.
class plugin_folder {
 public:
  plugin_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "ravine-plugins-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder can be made");
    path_ = name;
    std::filesystem::permissions(path_, std::filesystem::perms(0755));
  }
  ~plugin_folder() {
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(path_, ignored);
  }
  plugin_folder(const plugin_folder&) = delete;
  plugin_folder& operator=(const plugin_folder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Copies a shared object of tests/plugins into the folder, under another name if one is given.
  std::filesystem::path add(const std::string& object, const std::string& name = {}) const {
    std::filesystem::path target = path_ / ((name.empty() ? object : name) + ".so");
    std::filesystem::copy_file(test_object(object), target);
    return target;
  }

 private:
  std::filesystem::path path_;
};

/// A parameter vector of one tensor.
struct vector_layout : parameter_layout {
  vector_layout(rv_dtype type, std::uint64_t size) : parameter_layout(type) {
    add("x", RV_ROLE_COORDINATE, {size});
  }
};

/// Weights, biases and a normalisation in turn, so that borders of tensors fall between all roles.
struct network_layout : parameter_layout {
  static constexpr std::size_t parameters = 12 + 3 + 3 + 10 + 5;

  explicit network_layout(rv_dtype type, std::size_t = parameters) : parameter_layout(type) {
    add("hidden.weight", RV_ROLE_WEIGHT, {3, 4});
    add("hidden.bias", RV_ROLE_BIAS, {3});
    add("norm.scale", RV_ROLE_NORM, {3});
    add("output.weight", RV_ROLE_WEIGHT, {2, 5});
    add("other", RV_ROLE_OTHER, {5});
  }
};

/// An optimizer at work on a vector, with gradients that the test makes up.
template <class T, class Layout = vector_layout>
class driven_optimizer {
 public:
  driven_optimizer(const component& which, const settings& with, const std::vector<T>& start)
      : layout_(dtype_of<T>, start.size()),
        optimizer_(which, layout_, with),
        values_(optimizer_.base_values()),
        params_(dtype_of<T>, start.size(), "the parameters") {
    std::copy(start.begin(), start.end(), params().begin());
    rv_step first = describe(nullptr);
    first.step = 0;
    optimizer_.init_state(first);
  }

  void step(const std::vector<T>& grads) {
    ++steps_;
    optimizer_.step(describe(grads.data()));
  }

  /// A step whose optimizer may evaluate the loss.
  void step(const std::vector<T>& grads, double loss, const rv_closure& closure) {
    ++steps_;
    rv_step whole = describe(grads.data());
    whole.loss = loss;
    whole.closure = &closure;
    optimizer_.step(whole);
  }

  /// The same step in slices: first element and length of each, in the order given.
  void step(const std::vector<T>& grads, const std::vector<std::pair<std::size_t, std::size_t>>& slices) {
    ++steps_;
    std::vector<void*> state(optimizer_.state().arrays().size());
    for (const auto& [offset, length] : slices) {
      optimizer_.step(slice(describe(grads.data()), offset, length, layout_, optimizer_.state(), state));
    }
  }

  std::span<T> params() { return params_.template as<T>(); }
  T param() { return params()[0]; }
  /// First element of a state array.
  T state(std::size_t array) { return static_cast<const T*>(optimizer_.state().pointers()[array])[0]; }
  /// Changes a hyperparameter as a schedule does.
  void set(std::size_t hyperparameter, double value) { values_.at(hyperparameter) = value; }
  optimizer& wrapped() { return optimizer_; }

  rv_step describe(const void* grads) {
    rv_step step{};
    step.struct_size = sizeof step;
    step.step = steps_;
    step.n = params_.size();
    step.params = params_.data();
    step.grads = grads;
    step.state = optimizer_.state().pointers();
    step.values = values_.data();
    step.loss = std::numeric_limits<double>::quiet_NaN();
    return step;
  }

 private:
  Layout layout_;
  optimizer optimizer_;
  std::vector<double> values_;
  aligned_array params_;
  std::uint64_t steps_ = 0;
};

/// what() of the plugin_error that `body` throws; "" if it throws none.
template <class Body>
std::string plugin_error_of(Body body) {
  try {
    body();
    return "";
  } catch (const plugin_error& problem) {
    return problem.what();
  }
}

}  // namespace ravine::testing
