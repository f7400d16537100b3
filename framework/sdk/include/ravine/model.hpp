#pragma once

#include <ravine/abi.h>
#include <ravine/component.hpp>
#include <ravine/draft/metrics.h>
#include <ravine/draft/regression.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

RAVINE_DECLARES(metrics)
RAVINE_DECLARES(measure)

/// Writing a model of data: a class template over the element type T (float and double) with about, hyper
/// (optional), a constructor (ravine::config<itself>, const ravine::data_spec&) and
///
///     void layout(ravine::layout_builder& tensors) const
///     void init(std::uint64_t seed, std::span<T> params) const
///     double loss_gradient(std::span<const T> params, const ravine::batch<T>&, std::span<T> grads)
///     void predict(std::span<const T> params, const ravine::batch<T>&, std::span<T> scores)
///
/// init writes the starting parameters, which depend on the seed and on nothing else. loss_gradient returns
/// the mean loss over the batch and, unless grads is empty, overwrites grads. predict writes size x labels of
/// an example x classes scores, row-major. A model whose examples may have several labels says so:
///
///     static constexpr bool several_labels = true;
///
/// Others get data with one label of an example alone. A model that predicts numbers, as a draft, says
///
///     static constexpr bool regression = true;
///
/// It gets b.targets(), a number for each example, in place of labels, and predict writes size numbers.
/// Others get classes alone. RAVINE_MODEL(itself) exports it. Optional, as a draft, are metrics of its own,
/// beside loss and accuracy of the validation and test examples:
///
///     std::vector<std::string> metrics() const
///     void measure(std::span<const T> params, const ravine::batch<T>&, std::span<const T> scores,
///                  std::span<double> values)
///
/// metrics names them, once, and may name none. measure is called with what predict wrote of the same batch,
/// and writes the mean of each over its examples. Of names that end in "accuracy" more is better, of others
/// less. For functions without data see <ravine/landscape.hpp>.
namespace ravine {

/// What the examples look like.
class data_spec {
 public:
  explicit data_spec(const rv_data_spec& raw) : raw_(&raw) {}

  std::span<const std::uint64_t> shape() const { return {raw_->shape, raw_->rank}; }  ///< of one example
  std::size_t features() const {
    std::size_t product = 1;
    for (std::uint64_t extent : shape()) product *= extent;
    return product;
  }
  std::size_t classes() const { return raw_->classes; }      ///< 1 where targets are numbers
  std::size_t max_batch() const { return raw_->max_batch; }  ///< no batch is longer: size workspaces by it
  /// Labels of one example: 1, or as many as a sequence has positions where the model declares
  /// several_labels. Labels and scores of a batch have as many rows for each example.
  std::size_t labels() const { return RV_HAS(rv_data_spec, raw_, labels) ? raw_->labels : 1; }

 private:
  const rv_data_spec* raw_;
};

/// A batch of examples.
template <class T>
class batch {
 public:
  /// `labels` is how many an example has; `targets` are null where it has any.
  batch(const rv_batch& raw, std::size_t features, std::size_t labels, const T* targets = nullptr)
      : raw_(&raw), targets_(targets), features_(features), labels_(labels) {}

  std::size_t size() const { return raw_->size; }
  /// size x features, row-major.
  std::span<const T> inputs() const { return {static_cast<const T*>(raw_->inputs), raw_->size * features_}; }
  /// size x labels of an example, row-major.
  std::span<const std::int32_t> labels() const { return {raw_->labels, raw_->size * labels_}; }
  /// A number for each example in loss_gradient of a regression; else empty.
  std::span<const T> targets() const { return {targets_, targets_ == nullptr ? 0 : raw_->size}; }
  bool training() const { return raw_->mode == RV_MODE_TRAIN; }  ///< noise layers are active
  std::uint64_t seed() const { return raw_->seed; }              ///< of noise layers

 private:
  const rv_batch* raw_;
  const T* targets_;
  std::size_t features_, labels_;
};

/// Collects the tensors of the parameter vector, which follow one another without gaps.
class layout_builder {
 public:
  explicit layout_builder(const rv_tensor_sink* sink) : sink_(sink) {}

  void weight(const std::string& name, std::initializer_list<std::uint64_t> shape, std::size_t fan_in,
              std::size_t fan_out) {
    add(name, RV_ROLE_WEIGHT, shape, fan_in, fan_out);
  }
  void bias(const std::string& name, std::size_t size) { add(name, RV_ROLE_BIAS, {size}, 0, 0); }
  void add(const std::string& name, std::uint32_t role, std::initializer_list<std::uint64_t> shape,
           std::size_t fan_in, std::size_t fan_out) {
    add(name, role, std::span(shape.begin(), shape.size()), fan_in, fan_out);
  }
  void add(const std::string& name, std::uint32_t role, std::span<const std::uint64_t> shape,
           std::size_t fan_in, std::size_t fan_out) {
    if (status_ != RV_OK) return;
    rv_tensor tensor{};
    tensor.struct_size = sizeof(rv_tensor);
    tensor.role = role;
    tensor.name = name.c_str();
    tensor.rank = shape.size();
    tensor.shape = shape.data();
    tensor.fan_in = fan_in;
    tensor.fan_out = fan_out;
    status_ = sink_->add(sink_->context, &tensor);
  }
  rv_status status() const { return status_; }

 private:
  const rv_tensor_sink* sink_;
  rv_status status_ = RV_OK;
};

namespace detail {

template <class Author>
concept has_metrics = requires(const Author& a) {
  { a.metrics() } -> std::same_as<std::vector<std::string>>;
};
template <class Author, class T>
concept has_measure = requires(Author& a, std::span<const T> params, const batch<T>& b,
                               std::span<const T> scores, std::span<double> values) {
  a.measure(params, b, scores, values);
};

template <class Author>
constexpr bool is_regression = [] {
  if constexpr (requires { Author::regression; }) return bool{Author::regression};
  return false;
}();

template <class Author>
struct model_instance {
  model_instance(const rv_host* given_host, const rv_config* config, const data_spec& data)
      : host(given_host),
        values(config),
        author(make_author<Author>(values, data)),
        features(data.features()),
        labels(is_regression<Author> ? 0 : data.labels()),
        scores(data.labels() * data.classes()) {
    if constexpr (has_metrics<Author>) {
      metrics = author.metrics();
      for (const std::string& each : metrics) metric_names.push_back(each.c_str());
    }
  }

  std::size_t parameters() {
    if (parameters_ == 0) {
      const rv_tensor_sink counter{this, [](void* self, const rv_tensor* tensor) noexcept {
                                     std::size_t size = 1;
                                     for (std::size_t i = 0; i < tensor->rank; ++i) size *= tensor->shape[i];
                                     static_cast<model_instance*>(self)->parameters_ += size;
                                     return RV_OK;
                                   }};
      layout_builder builder(&counter);
      author.layout(builder);
    }
    return parameters_;
  }

  const rv_host* host;
  kept_config values;
  Author author;
  std::size_t features;
  std::size_t labels;
  std::size_t scores;  // of one example
  std::vector<std::string> metrics;
  std::vector<const char*> metric_names;

 private:
  std::size_t parameters_ = 0;
};

/// The functions of both element types: an instance holds the model of one of them.
template <template <class> class Author>
struct model_functions {
  struct instance {
    const rv_host* host;
    std::unique_ptr<model_instance<Author<float>>> f32;
    std::unique_ptr<model_instance<Author<double>>> f64;
    rv_metrics metrics{};
  };

  static const instance& from(const void* self) { return *static_cast<const instance*>(self); }

  /// Calls body(typed instance, T{}) with T by the instance's element type.
  template <class Body>
  static rv_status with_type(const void* self, Body body) noexcept {
    const instance& own = from(self);
    return guard(own.host,
                 [&]() -> rv_status { return own.f32 ? body(*own.f32, float{}) : body(*own.f64, double{}); });
  }

  static rv_status create(const rv_host* host, const rv_data_spec* data, const rv_config* config,
                          rv_dtype dtype, void** self) noexcept {
    return guard(host, [&] {
      if (data == nullptr)
        throw bad_config("this model needs data: name them in the manifest (data: {use: mnist})");
      auto made = std::make_unique<instance>();
      made->host = host;
      const data_spec spec(*data);
      if (dtype == RV_F32) {
        made->f32 = std::make_unique<model_instance<Author<float>>>(host, config, spec);
      } else {
        made->f64 = std::make_unique<model_instance<Author<double>>>(host, config, spec);
      }
      made->metrics = describe_metrics(*made);
      *self = made.release();
    });
  }

  static void destroy(void* self) noexcept { std::unique_ptr<instance>(static_cast<instance*>(self)); }

  static rv_metrics describe_metrics(const instance& own) {
    const auto& names = own.f32 ? own.f32->metric_names : own.f64->metric_names;
    rv_metrics made{};
    made.struct_size = sizeof(rv_metrics);
    made.count = names.size();
    made.names = names.data();
    if constexpr (has_measure<Author<float>, float> && has_measure<Author<double>, double>) {
      made.measure = measure;
    }
    return made;
  }

  static const void* get_extension(const void* self, const char* name) noexcept {
    if (std::string_view(name) == RV_EXT_DRAFT_METRICS) return &from(self).metrics;
    if constexpr (is_regression<Author<float>>) {
      if (std::string_view(name) == RV_EXT_DRAFT_REGRESSION) return &regression;
    }
    return nullptr;
  }

  static rv_status measure(void* self, const void* params, const rv_batch* raw, const void* scores,
                           double* values) noexcept {
    return with_type(self, [&]<class T>(auto& model, T) -> rv_status {
      model.author.measure(std::span<const T>(static_cast<const T*>(params), model.parameters()),
                           batch<T>(*raw, model.features, model.labels),
                           std::span<const T>(static_cast<const T*>(scores), raw->size * model.scores),
                           std::span<double>(values, model.metrics.size()));
      return RV_OK;
    });
  }

  static rv_status layout(const void* self, const rv_tensor_sink* sink) noexcept {
    return with_type(self, [&](auto& model, auto) -> rv_status {
      layout_builder builder(sink);
      model.author.layout(builder);
      return builder.status();
    });
  }

  static rv_status init(const void* self, std::uint64_t seed, void* params) noexcept {
    return with_type(self, [&]<class T>(auto& model, T) -> rv_status {
      model.author.init(seed, std::span<T>(static_cast<T*>(params), model.parameters()));
      return RV_OK;
    });
  }

  static rv_status loss_gradient_of(void* self, const void* params, const rv_batch* raw, const void* targets,
                                    double* loss, void* grads) noexcept {
    return with_type(self, [&]<class T>(auto& model, T) -> rv_status {
      if (is_regression<Author<T>> && targets == nullptr)
        throw bad_config("this model predicts numbers, and the host has given it none");
      const std::size_t n = model.parameters();
      const std::span<T> wanted(static_cast<T*>(grads), grads == nullptr ? 0 : n);
      *loss = model.author.loss_gradient(
          std::span<const T>(static_cast<const T*>(params), n),
          batch<T>(*raw, model.features, model.labels, static_cast<const T*>(targets)), wanted);
      return RV_OK;
    });
  }

  static rv_status loss_gradient(void* self, const void* params, const rv_batch* raw, double* loss,
                                 void* grads) noexcept {
    return loss_gradient_of(self, params, raw, nullptr, loss, grads);
  }

  static constexpr rv_regression regression{sizeof(rv_regression), 0, loss_gradient_of};

  static rv_status predict(void* self, const void* params, const rv_batch* raw, void* scores) noexcept {
    return with_type(self, [&]<class T>(auto& model, T) -> rv_status {
      model.author.predict(std::span<const T>(static_cast<const T*>(params), model.parameters()),
                           batch<T>(*raw, model.features, model.labels),
                           std::span<T>(static_cast<T*>(scores), raw->size * model.scores));
      return RV_OK;
    });
  }
};

template <template <class> class Author>
concept layout_fits = requires(const Author<double>& a, layout_builder& tensors) {
  a.layout(tensors);
};
template <template <class> class Author>
concept start_fits = requires(const Author<float>& a, const Author<double>& b, std::span<float> f32,
                              std::span<double> f64, std::uint64_t seed) {
  a.init(seed, f32);
  b.init(seed, f64);
};
template <class Author, class T>
concept has_loss_gradient = requires(Author& a, std::span<const T> params, const batch<T>& b,
                                     std::span<T> grads) {
  { a.loss_gradient(params, b, grads) } -> std::convertible_to<double>;
};
template <class Author, class T>
concept has_predict = requires(Author& a, std::span<const T> params, const batch<T>& b, std::span<T> scores) {
  a.predict(params, b, scores);
};
template <template <class> class Author>
concept loss_gradient_fits = has_loss_gradient < Author<float>,
float > &&has_loss_gradient<Author<double>, double>;
template <template <class> class Author>
concept predict_fits = has_predict < Author<float>,
float > &&has_predict<Author<double>, double>;

/// Names under which they are looked for in vain.
template <class Author, class... Arguments>
concept metrics_elsewhere = RAVINE_TAKES(metric_names) || RAVINE_TAKES(metric) || RAVINE_TAKES(own_metrics);

/// Both or none of them.
template <template <class> class Author>
constexpr bool metrics_fit = declares_metrics<Author<double>> || declares_measure<Author<double>>
                                 ? has_metrics<Author<double>>&& has_measure<Author<float>, float>&&
                                       has_measure<Author<double>, double>
                                 : !metrics_elsewhere<Author<double>>;

/// Empty if one of the author's functions does not fit: <ravine/export.hpp> has reported it.
template <template <class> class Author>
constexpr rv_model model_table = [] {
  rv_model table{};
  if constexpr (layout_fits<Author> && start_fits<Author> && loss_gradient_fits<Author> &&
                predict_fits<Author> && constructor_fits<Author<double>, data_spec>) {
    using functions = model_functions<Author>;
    table.struct_size = sizeof(rv_model);
    table.create = functions::create;
    table.destroy = functions::destroy;
    table.layout = functions::layout;
    table.init = functions::init;
    table.loss_gradient = functions::loss_gradient;
    table.predict = functions::predict;
    if constexpr ((has_metrics<Author<double>> && metrics_fit<Author>) || is_regression<Author<double>>) {
      table.get_extension = functions::get_extension;
    }
  }
  return table;
}();

template <class Author>
constexpr std::uint64_t model_capabilities = [] {
  std::uint64_t bits = 0;
  if constexpr (requires { Author::several_labels; })
    bits |= Author::several_labels ? RV_MODEL_SEVERAL_LABELS : 0;
  if (is_regression<Author>) bits |= RV_MODEL_DRAFT_REGRESSION;
  return bits;
}();

template <template <class> class Author>
inline constexpr rv_component model_component =
    describe_component<Author<float>>(RV_MODEL, model_capabilities<Author<float>>, &model_table<Author>);

}  // namespace detail
}  // namespace ravine
