#include "torch_module.hpp"

#include <algorithm>
#include <functional>
#include <istream>
#include <numeric>
#include <stdexcept>
#include <streambuf>
#include <unordered_map>
#include <utility>

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/script.h>

namespace ravine::torch_bridge {
namespace {

at::ScalarType scalar_type(element_type type) { return type == element_type::f32 ? at::kFloat : at::kDouble; }

/// PyTorch's own words, without its stack of C++ functions.
std::string words_of(const std::exception& fault) {
  const auto* const known = dynamic_cast<const c10::Error*>(&fault);
  std::string words = known == nullptr ? fault.what() : known->what_without_backtrace();
  while (!words.empty() && words.back() == '\n') words.pop_back();
  return words;
}

std::string text_of(at::IntArrayRef sizes) {
  std::string text = "{";
  for (std::size_t i = 0; i < sizes.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(sizes[i]);
  return text + "}";
}

/// Reads bytes where they are.
class byte_buffer : public std::streambuf {
 public:
  explicit byte_buffer(std::span<const std::byte> bytes) {
    char* const begin = reinterpret_cast<char*>(const_cast<std::byte*>(bytes.data()));
    setg(begin, begin, begin + bytes.size());
  }

 private:
  pos_type seekoff(off_type offset, std::ios_base::seekdir from, std::ios_base::openmode) override {
    char* const base = from == std::ios_base::beg ? eback() : from == std::ios_base::cur ? gptr() : egptr();
    if (offset < eback() - base || offset > egptr() - base) return pos_type(off_type(-1));
    setg(eback(), base + offset, egptr());
    return pos_type(gptr() - eback());
  }
  pos_type seekpos(pos_type place, std::ios_base::openmode which) override {
    return seekoff(off_type(place), std::ios_base::beg, which);
  }
};

torch::jit::Module linear_layer(const module_source& source) {
  const auto features = static_cast<std::int64_t>(
      std::accumulate(source.shape.begin(), source.shape.end(), std::uint64_t{1}, std::multiplies<>()));
  const auto scores = static_cast<std::int64_t>(source.labels * source.classes);
  torch::jit::Module made("linear");
  made.register_parameter("weight", at::zeros({scores, features}).requires_grad_(), false);
  made.register_parameter("bias", at::zeros({scores}).requires_grad_(), false);
  const std::string shape = source.labels == 1 ? ""
                                               : ".view([-1, " + std::to_string(source.labels) + ", " +
                                                     std::to_string(source.classes) + "])";
  made.define("def forward(self, x):\n    return torch.linear(x.flatten(1), self.weight, self.bias)" + shape +
              "\n");
  return made;
}

torch::jit::Module read_module(const module_source& source) {
  if (source.content.empty()) return linear_layer(source);
  try {
    byte_buffer bytes(source.content);
    std::istream in(&bytes);
    return torch::jit::load(in, at::kCPU);
  } catch (const std::exception& fault) {
    throw std::invalid_argument(
        std::string(source.path) +
        ": this is no TorchScript; expected what torch.jit.script(net).save(\"net.pt\") or "
        "torch.jit.trace(net, x).save(\"net.pt\") writes (torch.save writes something else). "
        "PyTorch says: " +
        words_of(fault));
  }
}

/// A tensor of the module that is not trained, such as a mask or a table of positions.
struct constant {
  std::string name;
  at::Tensor value;
  std::int64_t version;  // counts changes in place
};

/// One thread adds up in one order. Nor is the graph rewritten while it runs: PyTorch does that after some
/// calls, and rounds otherwise from then on.
void set_up_torch() {
  at::set_num_threads(1);
  torch::jit::setGraphExecutorOptimize(false);
}

class script_module : public module {
 public:
  explicit script_module(const module_source& source)
      : path_(source.path),
        type_(scalar_type(source.type)),
        form_(source.form),
        shape_(source.shape.begin(), source.shape.end()),
        classes_(static_cast<std::int64_t>(source.classes)),
        labels_(static_cast<std::int64_t>(source.labels)),
        module_(read_module(source)) {
    if (!module_.find_method("forward"))
      throw std::invalid_argument(path_ + ": the module has no method forward");
    add_parameters();
    add_constants();
  }

  const std::vector<parameter>& parameters() const override { return parameters_; }

  void start(void* params) const override {
    for (std::size_t i = 0; i < trained_.size(); ++i) view(params, i).copy_(start_[i]);
  }

  double loss_gradient(const void* params, const examples& batch, void* grads) override {
    const at::AutoGradMode differentiate(batch.training || grads != nullptr);
    const at::Tensor scores = forward(params, batch);
    const at::Tensor targets =
        at::from_blob(const_cast<std::int32_t*>(batch.labels), {scores.size(0)}, at::kInt).to(at::kLong);
    const at::Tensor loss = at::cross_entropy_loss(scores, targets);
    if (grads != nullptr) differentiate_loss(loss, grads);
    return loss.item<double>();
  }

  void predict(const void* params, const examples& batch, void* scores) override {
    const at::NoGradGuard forward_only;
    const at::Tensor found = forward(params, batch);
    at::from_blob(scores, found.sizes(), type_).copy_(found);
  }

 private:
  /// Part i of a flat vector.
  at::Tensor view(void* flat, std::size_t i) const {
    auto* const first = static_cast<std::byte*>(flat) + offsets_[i] * c10::elementSize(type_);
    return at::from_blob(first, trained_[i].sizes(), type_);
  }

  void add_parameters() {
    std::unordered_map<const void*, std::string> seen, places;
    std::size_t offset = 0;
    for (const auto& [name, value] : module_.named_parameters()) {
      if (!value.requires_grad() || !seen.emplace(value.unsafeGetTensorImpl(), name).second) continue;
      if (!value.is_floating_point())
        throw std::invalid_argument(path_ + ": " + name + " holds no real numbers");
      if (value.numel() == 0) throw std::invalid_argument(path_ + ": " + name + " is empty");
      const auto [place, is_new] = places.emplace(value.data_ptr(), name);
      if (!is_new) {
        throw std::invalid_argument(path_ + ": " + name + " and " + place->second +
                                    " share their memory, but are two parameters: make them one");
      }
      parameter& added = parameters_.emplace_back(parameter{name, {}});
      for (const std::int64_t extent : value.sizes())
        added.shape.push_back(static_cast<std::uint64_t>(extent));
      if (added.shape.empty()) added.shape.push_back(1);
      start_.push_back(value.detach().to(type_).clone());
      value.set_data(start_.back());
      trained_.push_back(value);
      offsets_.push_back(offset);
      offset += added.size();
    }
    if (trained_.empty()) throw std::invalid_argument(path_ + ": the module has no parameters to train");
  }

  void add_constants() {
    for (const auto& each : module_.named_attributes()) {
      if (!is_mode(each.name)) attributes_.push_back(each.value);
      if (!each.value.isTensor()) continue;
      at::Tensor value = each.value.toTensor();
      if (!value.defined()) continue;
      const bool trained = std::any_of(trained_.begin(), trained_.end(),
                                       [&](const at::Tensor& one) { return one.is_same(value); });
      if (trained) continue;
      if (value.is_floating_point()) value.set_data(value.detach().to(type_).clone());
      constants_.push_back({each.name, value, value._version()});
    }
  }

  /// The host changes parameters in place: they are bound again only where the vector is another one.
  void bind(const void* params) {
    if (params == bound_) return;
    bound_ = nullptr;
    for (std::size_t i = 0; i < trained_.size(); ++i)
      trained_[i].set_data(view(const_cast<void*>(params), i));
    bound_ = params;
  }

  at::Tensor make_input(const examples& batch) const {
    std::vector<std::int64_t> sizes{static_cast<std::int64_t>(batch.count)};
    if (form_ == input_form::image && shape_.size() == 2) sizes.push_back(1);
    sizes.insert(sizes.end(), shape_.begin(), shape_.end());
    at::Tensor x = at::from_blob(const_cast<void*>(batch.inputs), sizes, type_);
    if (form_ == input_form::flat) return x.flatten(1);
    return form_ == input_form::index ? x.to(at::kLong) : x;
  }

  /// Class scores, count x labels of an example rows.
  at::Tensor forward(const void* params, const examples& batch) {
    set_up_torch();
    torch::set_default_dtype(c10::scalarTypeToTypeMeta(type_));
    bind(params);
    if (training_ != batch.training) module_.train(training_ = batch.training);
    at::manual_seed(batch.seed);  // in evaluation, too: a forward may draw there
    const at::Tensor x = make_input(batch);
    at::Tensor scores = call(x);
    if (x._version() != 0) {
      throw std::runtime_error(path_ +
                               ": forward changes its input in place; write x = x - 0.5 instead of x -= 0.5");
    }
    expect_constants();
    const std::int64_t rows = x.size(0) * labels_;
    if (scores.dim() < 2 || scores.size(-1) != classes_ || scores.numel() != rows * classes_) {
      throw std::runtime_error(path_ + ": forward gives " + text_of(scores.sizes()) + " for an input of " +
                               text_of(x.sizes()) + ", expected " + expected_output(x.size(0)));
    }
    return scores.reshape({rows, classes_}).to(type_);
  }

  at::Tensor call(const at::Tensor& x) {
    torch::jit::IValue answer;
    try {
      answer = module_.forward({x});
    } catch (const std::exception& fault) {
      throw std::runtime_error(path_ + ": forward fails on an input of " + text_of(x.sizes()) +
                               " (see input, which says how examples enter): " + words_of(fault));
    }
    if (!answer.isTensor()) {
      throw std::runtime_error(path_ + ": forward gives a " + answer.tagKind() +
                               ", expected one tensor of class scores, before the softmax");
    }
    return answer.toTensor();
  }

  std::string expected_output(std::int64_t count) const {
    const std::string classes = std::to_string(classes_);
    const std::string what = " (class scores: there are " + classes + " classes)";
    if (labels_ == 1) return text_of({count, classes_}) + what;
    return text_of({count, labels_, classes_}) + what;
  }

  /// Running statistics would be a state that no checkpoint holds, and that the evaluation of averaged
  /// parameters would not have.
  void expect_constants() const {
    for (const constant& each : constants_) {
      if (each.value._version() != each.version) refuse_change(each.name);
    }
    // One that is assigned anew leaves the tensor that was there as it is.
    auto before = attributes_.begin();
    for (const auto& each : module_.named_attributes()) {
      if (!is_mode(each.name) && !each.value.is(*before++)) refuse_change(each.name);
    }
  }

  [[noreturn]] void refuse_change(const std::string& name) const {
    throw std::runtime_error(
        path_ + ": forward changes " + name +
        ", which is no parameter: all that a module learns must be one. For BatchNorm, set "
        "track_running_stats=False, or use GroupNorm or LayerNorm");
  }

  /// Whether it trains or evaluates, which this class itself changes.
  static bool is_mode(const std::string& name) {
    return name == "training" || (name.size() > 9 && name.compare(name.size() - 9, 9, ".training") == 0);
  }

  void differentiate_loss(const at::Tensor& loss, void* grads) const {
    const auto slopes = torch::autograd::grad({loss}, trained_, {}, c10::nullopt, false, true);
    for (std::size_t i = 0; i < trained_.size(); ++i) {
      if (slopes[i].defined()) {
        view(grads, i).copy_(slopes[i]);
      } else {
        view(grads, i).zero_();  // forward does not use it
      }
    }
  }

  std::string path_;
  at::ScalarType type_;
  input_form form_;
  std::vector<std::int64_t> shape_;
  std::int64_t classes_, labels_;
  torch::jit::Module module_;
  std::vector<parameter> parameters_;
  std::vector<at::Tensor> trained_;  // the module's own, by parameter
  std::vector<at::Tensor> start_;
  std::vector<std::size_t> offsets_;
  std::vector<constant> constants_;
  std::vector<torch::jit::IValue> attributes_;  // all but modes, in the module's order
  const void* bound_ = nullptr;
  bool training_ = true;
};

}  // namespace

extern "C" __attribute__((visibility("default"))) std::unique_ptr<module> ravine_load_torch_module(
    const module_source& source) {
  set_up_torch();
  return std::make_unique<script_module>(source);
}

}  // namespace ravine::torch_bridge
