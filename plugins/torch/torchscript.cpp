#include "bridge_digest.hpp"
#include "torch_module.hpp"

#include <ravine/model.hpp>
#include <ravine/random.hpp>

#include <algorithm>
#include <cfenv>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <dlfcn.h>

namespace {

namespace bridge = ravine::torch_bridge;

/// Of the bridge that belongs to this file: a trial is told by the digest of this file, and so by that of
/// both.
[[gnu::used]] constexpr char bridge_digest[] = RAVINE_BRIDGE_SHA256;

/// Loads a library, and leaves rounding and subnormal numbers as they were.
void* load_library(const char* path) {
  std::fenv_t kept{};
  std::fegetenv(&kept);
  void* const library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  std::fesetenv(&kept);
  return library;
}

/// The bridge lies in a folder beside this plugin. It stays loaded.
bridge::load_function* find_bridge() {
  Dl_info self{};
  dladdr(reinterpret_cast<const void*>(&find_bridge), &self);
  const auto path = std::filesystem::path(self.dli_fname).parent_path() / "torchscript" / "bridge.so";
  if (!std::filesystem::exists(path)) {
    throw std::runtime_error(path.string() + " is missing; it comes with the package ravine-torchscript");
  }
  void* const library = load_library(path.c_str());
  if (library == nullptr) {
    throw std::runtime_error(std::string("PyTorch's library does not load; it comes with Debian's package "
                                         "libtorch1.13. The loader says: ") +
                             dlerror());
  }
  void* const found = dlsym(library, bridge::load_symbol);
  if (found == nullptr) throw std::runtime_error(path.string() + " belongs to another build of this plugin");
  return reinterpret_cast<bridge::load_function*>(found);
}

bridge::input_form form_named(std::string_view name) {
  return name == "image"   ? bridge::input_form::image
         : name == "flat"  ? bridge::input_form::flat
         : name == "as_is" ? bridge::input_form::as_is
                           : bridge::input_form::index;
}

/// What follows the last dot: "weight" of "layers.0.weight".
std::string_view last_word(std::string_view name) { return name.substr(name.rfind('.') + 1); }

/// By PyTorch's names: weights have two extents or more, except those of normalisations, whose biases are
/// told by the weight beside them.
std::uint32_t role_of(const bridge::parameter& each, const std::vector<bridge::parameter>& all) {
  const bool is_bias = last_word(each.name).find("bias") != std::string_view::npos;
  if (each.shape.size() > 1) return is_bias ? RV_ROLE_BIAS : RV_ROLE_WEIGHT;
  if (last_word(each.name) == "weight") return RV_ROLE_NORM;
  if (!is_bias) return RV_ROLE_OTHER;
  const std::string beside = each.name.substr(0, each.name.size() - last_word(each.name).size()) + "weight";
  const auto weight = std::ranges::find(all, beside, &bridge::parameter::name);
  const bool normalises = last_word(each.name) == "bias" && weight != all.end() && weight->shape.size() == 1;
  return normalises ? RV_ROLE_NORM : RV_ROLE_BIAS;
}

template <class T>
class torchscript {
 public:
  static constexpr bool several_labels = true;
  static constexpr ravine::about about{
      "torchscript", "A network of your own, scripted or traced in PyTorch",
      "Paszke et al. 2019, arXiv:1912.01703",
      "Trains the module in a file that torch.jit.script(net).save(\"net.pt\") or torch.jit.trace(net, x) "
      "has\n"
      "written. All parameters that require a gradient are trained, under PyTorch's names; forward(x) gives "
      "class\n"
      "scores, and the loss is their mean cross-entropy. train and eval hold as in PyTorch. A module that "
      "keeps\n"
      "something else from batch to batch, such as the running statistics of BatchNorm, is refused. One "
      "thread.\n"
      "dtype: f64 converts parameters and constants. See docs/pytorch.md."};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::file("file").doc("the module, as torch.jit.script(net).save has written it"),
      ravine::choice("input", {"image", "as_is", "flat", "index"})
          .doc("examples enter as {n, 1, rows, columns}, {n, ...}, {n, features} or {n, ...} of integers"),
      ravine::choice("start", {"file", "shuffled"})
          .doc("values in the file; shuffled: within each tensor, in an order drawn by the seed"));

  torchscript(ravine::config<torchscript> c, const ravine::data_spec& data)
      : shuffled_(c.choice("start") == "shuffled") {
    static bridge::load_function* const load = find_bridge();
    const ravine::named_file file = c.file("file");
    module_ =
        load({.path = file.path,
              .content = file.content,
              .type = sizeof(T) == sizeof(float) ? bridge::element_type::f32 : bridge::element_type::f64,
              .form = form_named(c.choice("input")),
              .shape = data.shape(),
              .classes = data.classes(),
              .labels = data.labels()});
  }

  void layout(ravine::layout_builder& tensors) const {
    const auto& all = module_->parameters();
    for (const bridge::parameter& each : all) {
      std::size_t fan_in = 0, fan_out = 0;
      if (each.shape.size() > 1) {
        const std::size_t places = each.size() / (each.shape[0] * each.shape[1]);
        fan_in = each.shape[1] * places, fan_out = each.shape[0] * places;
      }
      tensors.add(each.name, role_of(each, all), each.shape, fan_in, fan_out);
    }
  }

  void init(std::uint64_t seed, std::span<T> params) const {
    module_->start(params.data());
    if (!shuffled_) return;
    ravine::random_stream random(seed);
    for (const bridge::parameter& each : module_->parameters()) {
      shuffle(params.first(each.size()), random);
      params = params.subspan(each.size());
    }
  }

  double loss_gradient(std::span<const T> params, const ravine::batch<T>& b, std::span<T> grads) {
    return module_->loss_gradient(params.data(), examples(b), grads.empty() ? nullptr : grads.data());
  }

  void predict(std::span<const T> params, const ravine::batch<T>& b, std::span<T> scores) {
    module_->predict(params.data(), examples(b), scores.data());
  }

 private:
  static bridge::examples examples(const ravine::batch<T>& b) {
    return {b.size(), b.inputs().data(), b.labels().data(), b.training(), b.seed()};
  }

  static void shuffle(std::span<T> values, ravine::random_stream& random) {
    for (std::size_t left = values.size(); left > 1; --left) {
      const auto drawn = static_cast<std::size_t>(random.uniform(0, static_cast<double>(left)));
      std::swap(values[left - 1], values[std::min(drawn, left - 1)]);
    }
  }

  bool shuffled_;
  std::unique_ptr<bridge::module> module_;
};

}  // namespace

RAVINE_MODEL(torchscript)
