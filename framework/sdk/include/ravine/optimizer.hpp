#pragma once

#include <ravine/abi.h>
#include <ravine/component.hpp>
#include <ravine/vectors.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// Writing an optimizer: a struct with
///
///     about            static constexpr ravine::about
///     hyper            static constexpr auto = ravine::hyperparameters(…); optional
///     state            static constexpr auto = ravine::per_parameter("m", "v"), or a member function
///                      void state(ravine::state_list&) const; optional
///     elementwise      static constexpr bool = true: element i depends on element i alone, so that the
///                      host may split a step; optional
///     step             template <class T> void step(ravine::step<T, itself> s) const
///
/// Rules that offer weight decay declare ravine::weight_decay(0), ravine::decay_biases() among their
/// hyperparameters and call s.for_each_decayed in place of s.for_each.
///
/// And, where the rule needs them, init(s), bool gradient_point(s, point), bool evaluation_point(s, point)
/// (answering false: not used by this instance). A constructor from ravine::config<itself> is optional.
/// RAVINE_OPTIMIZER(itself) exports it.
namespace ravine {

/// Strength of the pull towards 0. step::for_each_decayed and step::by_decay apply it.
constexpr hyperparameter weight_decay(double default_value) {
  return real("weight_decay", default_value).at_least(0).log().search(1e-6, 1e-1).doc("weight decay");
}

/// Whether weight decay holds for all tensors, or spares those of the roles bias and norm.
constexpr hyperparameter decay_biases() {
  return boolean("decay_biases", true).doc("weight decay on biases and norms too");
}

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

/// State arrays with one element per parameter, of the parameters' type, zero at first.
template <class... Names>
consteval auto per_parameter(Names... names) {
  return std::array<const char*, sizeof...(Names)>{names...};
}

/// Collects the state arrays of an instance whose state depends on its configuration.
class state_list {
 public:
  explicit state_list(const rv_layout& layout) : layout_(layout) {}

  /// One element per parameter, of the parameters' type.
  void per_parameter(const char* name) { add(name, layout_.dtype, layout_.size); }
  /// `count` elements of the parameters' type.
  void array(const char* name, std::size_t count) { add(name, layout_.dtype, count); }
  /// `count` doubles, whatever the parameters' type.
  void doubles(const char* name, std::size_t count) { add(name, RV_F64, count); }
  std::size_t parameters() const { return layout_.size; }
  /// The tensors of the parameters, for arrays whose size depends on their shapes.
  tensor_range<tensor_info> tensors() const { return {{layout_.tensors, layout_.tensor_count}}; }
  std::span<const rv_state_array> entries() const { return entries_; }

 private:
  void add(const char* name, rv_dtype dtype, std::size_t count) {
    entries_.push_back({.struct_size = sizeof(rv_state_array), .dtype = dtype, .name = name, .count = count});
  }

  const rv_layout& layout_;
  std::vector<rv_state_array> entries_;
};

namespace detail {

template <class Author>
concept has_static_state = requires {
  Author::state.size();
};

template <class Author>
concept has_state_function = requires(const Author& author, state_list& list) {
  author.state(list);
};

template <class Author>
constexpr bool is_elementwise = [] {
  if constexpr (requires { Author::elementwise; }) return bool{Author::elementwise};
  return false;
}();

template <class Author>
struct optimizer_instance {
  optimizer_instance(const rv_host* given_host, const rv_layout* given_layout, const rv_config* config)
      : host(given_host), layout(given_layout), values(config), author(make_author<Author>(values)) {}

  const rv_host* host;
  const rv_layout* layout;
  kept_config values;
  Author author;
  std::vector<rv_state_array> state;
};

}  // namespace detail

namespace detail {

/// update(p, g, s…) for each element, in one pass that the compiler vectorises.
template <class T, class Update, class... Arrays>
void update_elements(Update update, std::size_t n, T* params, const T* grads, Arrays*... arrays) {
  static_assert(std::is_invocable_v<Update, T&, T, Arrays&...>,
                "for_each takes a function (T& p, T g, T& s…) with one s per state array");
  on_widest_vectors([=](auto) {
  // The arrays never overlap: the host owns them all.
#if defined(__clang__)
#pragma clang loop vectorize(assume_safety)
#elif defined(__GNUC__)
#pragma GCC ivdep
#endif
    for (std::size_t i = 0; i < n; ++i) update(params[i], grads[i], arrays[i]...);
  });
}

}  // namespace detail

/// One tensor of the parameters, as a rule that works tensor by tensor sees it.
template <class T, class Step>
class tensor_step : public tensor_info {
 public:
  tensor_step(const rv_tensor& tensor, const Step& whole) : tensor_info(tensor), whole_(&whole) {}

  std::span<T> params() const { return part(whole_->params()); }
  std::span<const T> grads() const { return part(whole_->grads()); }
  /// The tensor's part of a per-parameter state array.
  std::span<T> state(std::string_view array) const { return part(whole_->state(array)); }

  /// The weight decay here, as step::by_decay has it: 0 on biases and norms if they are spared.
  double decay() const {
    return is_bias_or_norm() && !whole_->flag("decay_biases") ? 0 : (*whole_)["weight_decay"];
  }

  /// As step::for_each, over the tensor's elements and its parts of the named per-parameter arrays.
  template <class Update, class... Names>
  void for_each(Update update, Names... names) const {
    detail::update_elements(update, size(), params().data(), grads().data(), state(names).data()...);
  }

 private:
  template <class U>
  std::span<U> part(std::span<U> all) const {
    return all.subspan(offset(), size());
  }

  const Step* whole_;
};

/// One step of an optimizer over parameters of type T (float or double).
template <class T, class Author>
class step {
 public:
  using instance = detail::optimizer_instance<Author>;

  step(const instance& self, const rv_step& raw) : self_(&self), raw_(&raw) {}

  /// Current value of a hyperparameter, schedules applied.
  double operator[](hyper_name<Author> name) const { return raw_->values[name.index()]; }
  bool flag(hyper_name<Author> name) const { return (*this)[name] != 0; }

  std::uint64_t number() const { return raw_->step; }                ///< t: 1 for the first step
  std::uint64_t epoch() const { return raw_->epoch; }                ///< full passes over the data so far
  std::uint64_t total_steps() const { return raw_->total_steps; }    ///< 0 if unknown
  std::uint64_t total_epochs() const { return raw_->total_epochs; }  ///< 0 if unknown
  double loss() const { return raw_->loss; }                         ///< mean over the batch
  std::uint64_t seed() const { return raw_->seed; }                  ///< for rules that draw random numbers

  /// 1 - beta^t: what an average of t terms with decay beta and start 0 is short by.
  double bias_correction(double beta) const { return 1 - std::pow(beta, static_cast<double>(raw_->step)); }

  std::span<T> params() const { return {static_cast<T*>(raw_->params), raw_->n}; }
  std::span<const T> grads() const { return {static_cast<const T*>(raw_->grads), raw_->n}; }

  /// A state array by its name; per-parameter ones have params().size() elements.
  std::span<T> state(std::string_view name) const {
    const std::size_t i = find_state(name);
    return {static_cast<T*>(raw_->state[i]), is_per_parameter(i) ? raw_->n : self_->state[i].count};
  }
  /// A state array that was declared with doubles(name, count).
  std::span<double> doubles(std::string_view name) const {
    const std::size_t i = find_state(name);
    return {static_cast<double*>(raw_->state[i]), self_->state[i].count};
  }

  /// Calls update(T& p, T g, T& s…) for each parameter, its gradient and its state, in one pass that
  /// the compiler vectorises. With Author::state all its arrays are passed, in declared order.
  template <class Update>
  void for_each(Update update) const {
    if constexpr (detail::has_static_state<Author>) {
      over_all_state(update, std::make_index_sequence<Author::state.size()>{});
    } else {
      run(update);
    }
  }
  /// The same with the named state arrays.
  template <class Update, class... Names>
  requires(sizeof...(Names) > 0) void for_each(Update update, Names... names) const {
    run(update, state(names).data()...);
  }

  /// Like for_each, with the gradient of the loss plus weight_decay / 2 |p|^2 as g (L2 regularisation).
  template <class Update, class... Names>
  void for_each_decayed(Update update, Names... names) const {
    by_decay([&](const step& part, T decay) {
      if (decay == 0) return part.for_each(update, names...);
      part.for_each([=](T& p, T g, auto&... arrays) { update(p, g + decay * p, arrays...); }, names...);
    });
  }

  /// Calls body(part, decay) for stretches of the parameters, in order: `part` is a step of that stretch
  /// alone and `decay` the weight decay there, which is 0 on biases and norms if they are spared.
  template <class Body>
  void by_decay(Body body) const {
    const T decay = static_cast<T>((*this)["weight_decay"]);
    if (decay == 0 || flag("decay_biases")) return body(*this, decay);
    std::uint64_t begin = raw_->offset;
    const std::uint64_t end = raw_->offset + raw_->n;
    while (begin < end) {
      const bool spared = is_spared(begin);
      std::uint64_t stop = begin;
      while (stop < end && is_spared(stop) == spared) stop = tensor_at(stop).offset + tensor_at(stop).size;
      with_part(begin, std::min(stop, end), [&](const step& part) { body(part, spared ? T{0} : decay); });
      begin = stop;
    }
  }

  /// The tensors, for rules that work layer by layer: for (const auto tensor : s.tensors()).
  auto tensors() const {
    static_assert(!detail::is_elementwise<Author>,
                  "a rule that works tensor by tensor is not elementwise: remove `elementwise`");
    const rv_layout& layout = *self_->layout;
    return tensor_range<tensor_step<T, step>, step>({layout.tensors, layout.tensor_count}, *this);
  }

  /// The batch's loss at `point` and, unless `grads` is empty, the gradient there. Needs
  /// static constexpr bool closure = true.
  double evaluate(std::span<const T> point, std::span<T> grads) const {
    static_assert(
        requires { Author::closure; }, "declare: static constexpr bool closure = true;");
    double loss = 0;
    const rv_closure& closure = *raw_->closure;
    void* wanted = grads.empty() ? nullptr : grads.data();
    const rv_status status = closure.evaluate(closure.context, point.data(), &loss, wanted);
    if (status != RV_OK) throw detail::host_failure{status};
    return loss;
  }

 private:
  template <class Update, std::size_t... I>
  void over_all_state(Update update, std::index_sequence<I...>) const {
    run(update, static_cast<T*>(raw_->state[I])...);
  }

  template <class Update, class... Arrays>
  void run(Update update, Arrays*... arrays) const {
    detail::update_elements(update, raw_->n, static_cast<T*>(raw_->params),
                            static_cast<const T*>(raw_->grads), arrays...);
  }

  /// The tensor that holds element i of the whole parameter vector.
  const rv_tensor& tensor_at(std::uint64_t i) const {
    const std::span<const rv_tensor* const> tensors(self_->layout->tensors, self_->layout->tensor_count);
    const auto ends_after = [](std::uint64_t element, const rv_tensor* tensor) {
      return element < tensor->offset + tensor->size;
    };
    return **std::upper_bound(tensors.begin(), tensors.end(), i, ends_after);
  }

  bool is_spared(std::uint64_t i) const { return tensor_info(tensor_at(i)).is_bias_or_norm(); }

  /// Calls body(step) with a step of the elements [begin, end) of the whole vector.
  template <class Body>
  void with_part(std::uint64_t begin, std::uint64_t end, Body body) const {
    const std::uint64_t skipped = begin - raw_->offset;
    std::vector<void*> arrays(self_->state.size());
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      arrays[i] = is_per_parameter(i) ? static_cast<T*>(raw_->state[i]) + skipped : raw_->state[i];
    }
    rv_step part = *raw_;
    part.offset = begin;
    part.n = end - begin;
    part.params = static_cast<T*>(raw_->params) + skipped;
    part.grads = static_cast<const T*>(raw_->grads) + skipped;
    part.state = arrays.data();
    body(step(*self_, part));
  }

  bool is_per_parameter(std::size_t i) const {
    const rv_state_array& array = self_->state[i];
    return array.count == self_->layout->size && array.dtype == self_->layout->dtype;
  }

  std::size_t find_state(std::string_view name) const {
    for (std::size_t i = 0; i < self_->state.size(); ++i) {
      if (name == self_->state[i].name) return i;
    }
    throw std::logic_error("no state array named " + std::string(name) + " was declared");
  }

  const instance* self_;
  const rv_step* raw_;
};

namespace detail {

template <class Author>
struct optimizer_functions {
  using instance = optimizer_instance<Author>;

  static const instance& from(const void* self) { return *static_cast<const instance*>(self); }

  static rv_status create(const rv_host* host, const rv_layout* layout, const rv_config* config,
                          void** self) noexcept {
    return guard(host, [&] {
      auto made = std::make_unique<instance>(host, layout, config);
      state_list list(*layout);
      if constexpr (has_static_state<Author>) {
        for (const char* name : Author::state) list.per_parameter(name);
      } else if constexpr (has_state_function<Author>) {
        made->author.state(list);
      }
      made->state.assign(list.entries().begin(), list.entries().end());
      *self = made.release();
    });
  }

  static void destroy(void* self) noexcept { std::unique_ptr<instance>(static_cast<instance*>(self)); }

  static rv_status state(const void* self, const rv_state_sink* sink) noexcept {
    for (const rv_state_array& each : from(self).state) {
      if (const rv_status status = sink->add(sink->context, &each); status != RV_OK) return status;
    }
    return RV_OK;
  }

  /// Calls body(step<T, Author>) with T by the layout's dtype.
  template <class Body>
  static rv_status with_step(const void* self, const rv_step* raw, Body body) noexcept {
    const instance& own = from(self);
    return guard(own.host, [&] {
      return own.layout->dtype == RV_F32 ? body(ravine::step<float, Author>(own, *raw))
                                         : body(ravine::step<double, Author>(own, *raw));
    });
  }

  static rv_status step(const void* self, const rv_step* raw) noexcept {
    return with_step(self, raw, [&](auto s) -> rv_status {
      from(self).author.step(s);
      return RV_OK;
    });
  }

  static rv_status init_state(const void* self, const rv_step* raw) noexcept {
    return with_step(self, raw, [&](auto s) -> rv_status {
      from(self).author.init(s);
      return RV_OK;
    });
  }

  template <class T>
  static std::span<T> point_of(const ravine::step<T, Author>& s, void* point) {
    return {static_cast<T*>(point), s.params().size()};
  }

  static rv_status gradient_point(const void* self, const rv_step* raw, void* point) noexcept {
    return with_step(self, raw, [&](auto s) -> rv_status {
      return from(self).author.gradient_point(s, point_of(s, point)) ? RV_OK : RV_UNUSED;
    });
  }

  static rv_status evaluation_point(const void* self, const rv_step* raw, void* point) noexcept {
    return with_step(self, raw, [&](auto s) -> rv_status {
      return from(self).author.evaluation_point(s, point_of(s, point)) ? RV_OK : RV_UNUSED;
    });
  }
};

template <class Author>
constexpr rv_optimizer optimizer_table = [] {
  using functions = optimizer_functions<Author>;
  using probe = ravine::step<double, Author>;
  static_assert(
      requires(const Author& a, probe s) { a.step(s); },
      "the optimizer needs: template <class T> void step(ravine::step<T, itself> s) const");
  rv_optimizer table{};
  table.struct_size = sizeof(rv_optimizer);
  table.create = functions::create;
  table.destroy = functions::destroy;
  table.state = functions::state;
  table.step = functions::step;
  if constexpr (requires(const Author& a, probe s) { a.init(s); }) table.init_state = functions::init_state;
  if constexpr (requires(const Author& a, probe s, std::span<double> p) { a.gradient_point(s, p); }) {
    table.gradient_point = functions::gradient_point;
  }
  if constexpr (requires(const Author& a, probe s, std::span<double> p) { a.evaluation_point(s, p); }) {
    table.evaluation_point = functions::evaluation_point;
  }
  return table;
}();

template <class Author>
constexpr std::uint64_t optimizer_capabilities = [] {
  std::uint64_t bits = is_elementwise<Author> ? RV_OPTIMIZER_ELEMENTWISE : 0;
  if constexpr (requires { Author::closure; }) bits |= RV_OPTIMIZER_CLOSURE;
  return bits;
}();

template <class Author>
inline constexpr rv_component optimizer_component = describe_component<Author>(RV_OPTIMIZER,
                                                                               optimizer_capabilities<Author>,
                                                                               &optimizer_table<Author>);

}  // namespace detail
}  // namespace ravine

/// Makes the file a plugin with this optimizer.
#define RAVINE_OPTIMIZER(author) RAVINE_PLUGIN(::ravine::detail::optimizer_component<author>)
