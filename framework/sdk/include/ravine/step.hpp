#pragma once

#include <ravine/abi.h>
#include <ravine/component.hpp>
#include <ravine/optimizer_state.hpp>
#include <ravine/scalar.hpp>
#include <ravine/tensors.hpp>
#include <ravine/vectors.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// What an optimizer is given to make one step with.
namespace ravine {
namespace detail {

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

/// Whether Author declares that it asks how long the training is.
template <class Author>
constexpr bool reads_total = [] {
  if constexpr (requires { Author::reads_total; }) return bool(Author::reads_total);
  return false;
}();

/// update(p, g, s...) for each element, in one pass that the compiler vectorises.
template <class T, class Update, class... Arrays>
void update_elements(Update update, std::size_t n, T* params, const T* grads, Arrays*... arrays) {
  constexpr bool fits = std::is_invocable_v<Update, T&, T, Arrays&...>;
  static_assert(fits || !reports_errors<T>,
                "for_each takes a function (T& p, T g, T& s...) with one s per state array");
  if constexpr (fits) {
    // The arrays never overlap: the host owns them all. A rule that can't be vectorised is as welcome.
    on_widest_vectors([=](auto) {
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpass-failed"
#pragma clang loop vectorize(assume_safety)
#elif defined(__GNUC__)
#pragma GCC ivdep
#endif
      for (std::size_t i = 0; i < n; ++i) update(params[i], grads[i], arrays[i]...);
#if defined(__clang__)
#pragma clang diagnostic pop
#endif
    });
  }
}

}  // namespace detail

/// The optimizer that a wrapper works around, with its own hyperparameters, schedules and state.
template <class T>
class inner_optimizer {
 public:
  explicit inner_optimizer(const rv_inner& raw) : raw_(&raw) {}

  /// Takes one step of it: updates `params`, which need not be the trial's, by `grads`. `loss` is the mean
  /// loss where they were taken. Only within step, as often as the rule likes.
  void step(std::span<T> params, std::span<const T> grads, double loss) const {
    check(raw_->step(raw_->context, params.data(), grads.data(), loss));
  }
  /// Writes where it wants the gradient of its next step to be taken when the parameters are `params`, a copy
  /// of them if it does not care. The two do not overlap.
  void gradient_point(std::span<const T> params, std::span<T> point) const {
    check(raw_->gradient_point(raw_->context, params.data(), point.data()));
  }
  /// Writes where it is to be evaluated when the parameters are `params`.
  void evaluation_point(std::span<const T> params, std::span<T> point) const {
    check(raw_->evaluation_point(raw_->context, params.data(), point.data()));
  }

 private:
  static void check(rv_status status) {
    if (status != RV_OK) throw detail::host_failure{status};
  }

  const rv_inner* raw_;
};

/// One tensor of the parameters, as a rule that works tensor by tensor sees it.
template <class T, class Step>
class tensor_step : public tensor_info {
 public:
  tensor_step(const rv_tensor& tensor, const Step& whole) : tensor_info(tensor), whole_(&whole) {}

  std::span<T> params() const { return part(whole_->params()); }
  std::span<const T> grads() const { return part(whole_->grads()); }
  /// The tensor's part of a per-parameter state array.
  std::span<T> state(typename Step::state_name array) const { return part(whole_->state(array)); }

  /// The weight decay here, as step::by_decay has it: 0 on biases and norms if they are spared.
  scalar<T> decay() const {
    return is_bias_or_norm() && !whole_->flag("decay_biases") ? scalar<T>(0) : (*whole_)["weight_decay"];
  }

  /// As step::for_each, over the tensor's elements and its parts of the named per-parameter arrays.
  template <class Update, class... Names>
  void for_each(Update update, Names... names) const {
    detail::update_elements(update, size(), params().data(), grads().data(),
                            part(whole_->state_named(names)).data()...);
  }

 private:
  template <class U>
  std::span<U> part(std::span<U> all) const {
    return all.subspan(offset(), size());
  }

  const Step* whole_;
};

/// One step of an optimizer over parameters of type T (float or double), or the part of a step that the host
/// gives to one thread: arrays with an element per parameter are as long as params().
template <class T, class Author>
class step {
 public:
  using instance = detail::optimizer_instance<Author>;
  using hyper_name = ravine::hyper_name<Author, T>;
  using state_name = ravine::state_name<Author, T>;

  step(const instance& self, const rv_step& raw) : self_(&self), raw_(&raw) {}

  /// Current value of a hyperparameter, schedules applied.
  scalar<T> operator[](hyper_name name) const { return scalar<T>(raw_->values[name.index()]); }
  bool flag(hyper_name name) const { return raw_->values[name.index()] != 0; }

  std::uint64_t number() const { return raw_->step; }           ///< 1 for the first step
  double t() const { return static_cast<double>(raw_->step); }  ///< the same, for formulas
  std::uint64_t epoch() const { return raw_->epoch; }           ///< full passes over the data so far
  double loss() const { return raw_->loss; }                    ///< mean over the batch
  std::uint64_t seed() const { return raw_->seed; }             ///< for rules that draw random numbers

  /// Steps of the whole trial, for rules that depend on the time left; 0 if the budget is not known in
  /// steps, as one in seconds isn't: throw then, and say what is needed. Needs
  /// static constexpr bool reads_total = true, which says that a trial with a longer budget is another one
  /// from its first step on.
  std::uint64_t total_steps() const {
    expect_to_read_total();
    return raw_->total_steps;
  }
  /// The same in epochs; 0 if unknown.
  std::uint64_t total_epochs() const {
    expect_to_read_total();
    return raw_->total_epochs;
  }

  /// 1 - beta^t: the weight of t gradients in their average with decay beta that started at 0.
  double bias_correction(double beta) const { return 1 - std::pow(beta, t()); }

  std::span<T> params() const { return {static_cast<T*>(raw_->params), raw_->n}; }
  std::span<const T> grads() const { return {static_cast<const T*>(raw_->grads), raw_->n}; }

  /// A state array by its name; per-parameter ones have params().size() elements.
  std::span<T> state(state_name name) const { return state_named(name.text()); }
  /// The same by a name that is found when it runs. Throws std::logic_error if there is none.
  std::span<T> state_named(std::string_view name) const { return array<T>(find_state(name)); }
  /// A state array that was declared with state_list::doubles(name, count).
  std::span<double> doubles(state_name name) const { return array<double>(find_state(name.text())); }

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
    run(update, state_named(names).data()...);
  }

  /// Like for_each, with the gradient of the loss plus weight_decay / 2 |p|^2 as g (L2 regularisation).
  template <class Update, class... Names>
  void for_each_decayed(Update update, Names... names) const {
    by_decay([&](const step& part, T decay) {
      if (decay == 0) return part.for_each(update, names...);
      part.for_each([=](T& p, T g, auto&... arrays) { update(p, g + decay * p, arrays...); }, names...);
    });
  }

  /// For rules that apply weight decay otherwise than to the gradient. Calls body(part, decay) for stretches
  /// of the parameters, in order: `part` is a step of that stretch alone, with its params, grads, state and
  /// for_each, and `decay` the weight decay there: 0 on biases and norms if decay_biases is false. One call
  /// for all parameters where no tensor is spared.
  ///
  ///     s.by_decay([=](const auto& part, T decay) {
  ///       part.for_each([=](T& p, T g, T& m) { p -= lr * (g + decay * p); });
  ///     });
  ///
  /// Needs ravine::weight_decay(…) and ravine::decay_biases() among the hyperparameters.
  template <class Body>
  void by_decay(Body body) const {
    const T decay = (*this)["weight_decay"];
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
    static_assert(!detail::is_elementwise<Author> || !detail::reports_errors<T>,
                  "a rule that works tensor by tensor is not elementwise: remove `elementwise`");
    const rv_layout& layout = *self_->layout;
    return tensor_range<tensor_step<T, step>, step>({layout.tensors, layout.tensor_count}, *this);
  }

  /// The batch's loss at `point` and, unless `grads` is empty, the gradient there. Needs
  /// static constexpr bool closure = true.
  double evaluate(std::span<const T> point, std::span<T> grads) const {
    static_assert(
        requires { Author::closure; } || !detail::reports_errors<T>,
        "evaluate needs: static constexpr bool closure = true;");
    double loss = 0;
    const rv_closure& closure = *raw_->closure;
    void* wanted = grads.empty() ? nullptr : grads.data();
    const rv_status status = closure.evaluate(closure.context, point.data(), &loss, wanted);
    if (status != RV_OK) throw detail::host_failure{status};
    return loss;
  }

  /// The optimizer that this rule works around. Needs static constexpr bool wraps = true, or may_wrap and
  /// that has_inner().
  inner_optimizer<T> inner() const {
    static_assert(
        requires { Author::wraps; } || requires { Author::may_wrap; } || !detail::reports_errors<T>,
        "inner needs: static constexpr bool wraps = true;");
    return inner_optimizer<T>(*raw_->inner);
  }
  /// Whether a rule that declares may_wrap was given an optimizer to work around.
  bool has_inner() const {
    constexpr std::size_t needed = offsetof(rv_step, inner) + sizeof(void*);
    return raw_->struct_size >= needed && raw_->inner != nullptr;
  }
  /// Takes one step of it on the parameters, with this step's gradients and loss.
  void step_inner() const { step_inner(grads()); }
  /// The same with other gradients.
  void step_inner(std::span<const T> grads) const { inner().step(params(), grads, loss()); }

 private:
  static constexpr void expect_to_read_total() {
    static_assert(detail::reads_total<Author> || !detail::reports_errors<T>,
                  "total_steps and total_epochs need: static constexpr bool reads_total = true;");
  }

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
    constexpr std::size_t usual = 8;  // arrays at most, for which nothing is allocated
    const std::size_t count = self_->state.size();
    std::array<void*, usual> few{};
    std::vector<void*> many(count > usual ? count : 0);
    void** const arrays = count > usual ? many.data() : few.data();
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t bytes = self_->state[i].dtype == RV_F64 ? sizeof(double) : sizeof(float);
      arrays[i] = static_cast<std::byte*>(raw_->state[i]) + (is_per_parameter(i) ? skipped * bytes : 0);
    }
    rv_step part = *raw_;
    part.offset = begin;
    part.n = end - begin;
    part.params = static_cast<T*>(raw_->params) + skipped;
    part.grads = static_cast<const T*>(raw_->grads) + skipped;
    part.state = arrays;
    body(step(*self_, part));
  }

  /// Sliced with the parameters, whatever its type.
  bool is_per_parameter(std::size_t i) const { return self_->state[i].count == self_->layout->size; }

  template <class U>
  std::span<U> array(std::size_t i) const {
    return {static_cast<U*>(raw_->state[i]), is_per_parameter(i) ? raw_->n : self_->state[i].count};
  }

  std::size_t find_state(std::string_view name) const {
    const std::vector<rv_state_array>& declared = self_->state;
    for (std::size_t i = 0; i < declared.size(); ++i) {
      if (name == declared[i].name) return i;
    }
    std::string names;
    for (const rv_state_array& each : declared) names += std::string(names.empty() ? "" : ", ") + each.name;
    throw std::logic_error("no state array named " + std::string(name) +
                           " is declared; declared are: " + (names.empty() ? "none" : names));
  }

  const instance* self_;
  const rv_step* raw_;
};

}  // namespace ravine
