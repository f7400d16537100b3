#include "bench/speed.hpp"
#include "data/data_source.hpp"
#include "plugin/instance.hpp"
#include "plugin/memory.hpp"
#include "train/batch_stream.hpp"
#include "train/openblas.hpp"
#include "train/trial.hpp"

#include <algorithm>

#include <cblas.h>

namespace ravine {
namespace {

constexpr std::size_t batch_size = 128;

}  // namespace

dataset digits_for_speed() {
  data_request request{"digits", {}};
  for (const data_option& option : find_data_source("digits")->options) {
    request.with[option.name] = option.default_value;
  }
  request.with["train"] = static_cast<std::int64_t>(batch_size);
  request.with["validation"] = std::int64_t{0};
  request.with["test"] = std::int64_t{10};
  return load_dataset(request);
}

namespace {

/// OpenBLAS as the models use it; nothing if no plugin of this process has brought it.
struct products_of_openblas {
  decltype(&cblas_sgemm) in_f32 = find_in_openblas<decltype(cblas_sgemm)>("cblas_sgemm");
  decltype(&cblas_dgemm) in_f64 = find_in_openblas<decltype(cblas_dgemm)>("cblas_dgemm");

  bool are_there() const { return in_f32 != nullptr && in_f64 != nullptr; }
};

void multiply(const products_of_openblas& by, const float* a, CBLAS_TRANSPOSE turn_a, const float* b,
              CBLAS_TRANSPOSE turn_b, float* c, int m, int n, int k) {
  by.in_f32(CblasRowMajor, turn_a, turn_b, m, n, k, 1, a, turn_a == CblasTrans ? m : k, b,
            turn_b == CblasTrans ? k : n, 0, c, n);
}
void multiply(const products_of_openblas& by, const double* a, CBLAS_TRANSPOSE turn_a, const double* b,
              CBLAS_TRANSPOSE turn_b, double* c, int m, int n, int k) {
  by.in_f64(CblasRowMajor, turn_a, turn_b, m, n, k, 1, a, turn_a == CblasTrans ? m : k, b,
            turn_b == CblasTrans ? k : n, 0, c, n);
}

/// The products of dense layers and nothing else: forwards, for the weights, and for the inputs but the
/// first's.
template <class T>
class layer_products {
 public:
  explicit layer_products(const rv_layout& layout) {
    std::size_t largest = 0;
    for (std::size_t i = 0; i < layout.tensor_count; ++i) {
      const rv_tensor& tensor = *layout.tensors[i];
      if (tensor.rank > 2) return;
      if (tensor.rank != 2) continue;
      shapes_.push_back({static_cast<int>(tensor.shape[0]), static_cast<int>(tensor.shape[1])});
      for (const std::uint64_t extent : {tensor.shape[0], tensor.shape[1]}) {
        largest = std::max({largest, static_cast<std::size_t>(tensor.size), extent * batch_size});
      }
    }
    complete_ = by_.are_there();
    a_.assign(largest, T{0.5});
    b_.assign(largest, T{0.25});
    c_.assign(largest, T{0});
  }

  /// Whether all weights are those of dense layers, and there is something to multiply them by.
  bool complete() const { return complete_; }

  void run() {
    constexpr int rows = batch_size;
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      const auto [in, out] = shapes_[i];
      multiply(by_, a_.data(), CblasNoTrans, b_.data(), CblasNoTrans, c_.data(), rows, out, in);
      multiply(by_, a_.data(), CblasTrans, b_.data(), CblasNoTrans, c_.data(), in, out, rows);
      if (i > 0) multiply(by_, a_.data(), CblasNoTrans, b_.data(), CblasTrans, c_.data(), rows, in, out);
    }
  }

 private:
  struct shape {
    int inputs, outputs;
  };
  products_of_openblas by_;
  std::vector<shape> shapes_;
  std::vector<T> a_, b_, c_;
  bool complete_ = false;
};

template <class T>
model_speed measure_model(const component& which, const settings& with, const dataset& digits,
                          const std::string& name, const measuring& how) {
  batch_stream<T> batches(digits, batch_size, {1, 1});
  batches.draw(1);
  const std::vector<std::uint64_t> shape(digits.shape.begin(), digits.shape.end());
  const rv_data_spec data{sizeof(rv_data_spec), 0, shape.size(), shape.data(), digits.classes, batch_size, 1};
  model trained(which, &data, which.complete(with), dtype_of<T>);
  aligned_array params(dtype_of<T>, trained.layout().size(), "the parameters");
  aligned_array grads(dtype_of<T>, trained.layout().size(), "the gradients");
  trained.init(1, params.data());
  layer_products<T> products(*trained.layout().raw());
  std::vector<measured_task> tasks{
      [&] { trained.loss_gradient(params.data(), batches.current(), nullptr); },
      [&] { trained.loss_gradient(params.data(), batches.current(), grads.data()); }};
  if (products.complete()) tasks.emplace_back([&] { products.run(); });
  const std::vector<double> seconds = measure_in_turns(tasks, how);
  return {.model = name,
          .type = sizeof(T) == sizeof(float) ? dtype::f32 : dtype::f64,
          .loss_seconds = seconds[0],
          .gradient_seconds = seconds[1],
          .product_seconds = products.complete() ? seconds[2] : 0};
}

class unwatched : public trial_observer {
 public:
  command after_step(const cost&, std::uint64_t, double) override { return command::go_on; }
};

double run_on_rosenbrock(const registry& plugins, const std::string& optimizer, double steps,
                         path_recording recording) {
  trial_spec spec;
  spec.problem.model = {"rosenbrock", {}, ""};
  spec.problem.type = dtype::f64;
  spec.optimizer.optimizer = {optimizer, {{"lr", 1e-4}}, ""};
  spec.train.budget = {steps, cost_unit::steps};
  spec.evaluate.every = spec.train.budget;
  unwatched observer;
  const trial_result result = run_trial(spec, plugins, nullptr, observer, recording);
  if (!result.succeeded()) throw plugin_error(result.reason);
  return result.evaluations.back().metrics.at("loss");
}

}  // namespace

std::vector<model_speed> measure_models(const registry& plugins, const dataset& digits,
                                        const measuring& how) {
  using units = std::vector<std::int64_t>;
  const struct {
    const char* id;
    settings with;
    const char* name;
  } models[] = {{"softmax", {}, "softmax"},
                {"mlp", {{"hidden", units{128}}}, "mlp 128"},
                {"mlp", {{"hidden", units{512, 256}}}, "mlp 512 256"},
                {"cnn", {}, "cnn"}};
  std::vector<model_speed> all;
  for (const auto& each : models) {
    const component* which = plugins.find(component_kind::model, each.id);
    if (which == nullptr) continue;
    all.push_back(measure_model<float>(*which, each.with, digits, each.name, how));
    all.push_back(measure_model<double>(*which, each.with, digits, each.name, how));
  }
  return all;
}

std::vector<loop_speed> measure_loops(const registry& plugins, const measuring& how) {
  constexpr double steps = 20000;
  std::vector<loop_speed> all;
  if (plugins.find(component_kind::model, "rosenbrock") == nullptr) return all;
  for (const char* optimizer : {"sgd", "adam"}) {
    if (plugins.find(component_kind::optimizer, optimizer) == nullptr) continue;
    const auto run = [&, optimizer](double count, path_recording recording) {
      return measured_task([=, &plugins] { run_on_rosenbrock(plugins, optimizer, count, recording); });
    };
    const std::vector<double> seconds =
        measure_in_turns({run(steps, path_recording::thinned), run(steps, path_recording::every_step),
                          run(1, path_recording::thinned)},
                         how);
    all.push_back({.optimizer = optimizer,
                   .step_seconds = (seconds[0] - seconds[2]) / steps,
                   .recorded_step_seconds = (seconds[1] - seconds[2]) / steps,
                   .trial_seconds = seconds[2]});
  }
  return all;
}

}  // namespace ravine
