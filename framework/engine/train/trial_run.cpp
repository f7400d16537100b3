#include "train/trial_run.hpp"

#include "train/lr_scaling.hpp"
#include "train/vector_math.hpp"
#include "trial/streams.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <new>

#include <fmt/format.h>

namespace ravine {
namespace {

constexpr std::uint64_t landscape_sampling = 64;  // steps between two readings of the clock
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// By norm first, exactly to the bound (PyTorch adds 1e-6 to the norm), then by value.
template <class T>
void clip(const clip_spec& how, std::span<T> grads) {
  if (how.norm) {
    if (const double length = norm<T>(grads); length > *how.norm) scale(grads, *how.norm / length);
  }
  if (how.value) clamp(grads, *how.value);
}

/// In which the landscape is usually drawn; none for a model of data.
path_window window_of(const rv_landscape* landscape) {
  if (landscape == nullptr) return {};
  path_window window;
  for (std::size_t i = 0; i < landscape->dimension; ++i) {
    window.widths.push_back(landscape->upper[i] - landscape->lower[i]);
  }
  window.least_loss = landscape->minimum;
  return window;
}

}  // namespace

template <class T>
trial_run<T>::trial_run(const trial_spec& spec, const registry& plugins, const dataset* data,
                        trial_observer& observer, path_recording recording, trial_result& result)
    : spec_(spec),
      plugins_(plugins),
      observer_(observer),
      result_(result),
      objective_(spec, plugins, data),
      budget_(spec, objective_.steps_per_epoch(), !may_evaluate_more(spec.optimizer, plugins)),
      planned_(budget_.planned()),
      rule_(make_rule(spec.optimizer,
                      {.plugins = plugins,
                       .layout = objective_.layout(),
                       .planned = planned_,
                       .threads = spec.threads,
                       .lr_factor = learning_rate_factor(spec, objective_.full_batch_size(), plugins)})),
      params_(dtype_of<T>, objective_.layout().size(), "the parameters"),
      grads_(dtype_of<T>, objective_.layout().size(), "the gradients", guarded_memory::views::with_read_only),
      point_(dtype_of<T>, rule_->has_own_points() ? objective_.layout().size() : 0, "the point"),
      before_(objective_.layout().size()),
      clock_(data == nullptr ? landscape_sampling : 1, result.spent),
      path_(result.path, window_of(objective_.landscape()), recording, planned_.total_steps),
      optimizer_seed_(stream_seed(spec.seed, spec.repetition, "optimizer")),
      followed_(observer.follows()) {
  result_.parameters = objective_.layout().size();
  result_.state_bytes = rule_->state_bytes();
  for (const plugin_state* each : rule_->states()) result_.scratch_bytes += each->scratch_bytes();
  closure_.struct_size = sizeof(rv_closure);
  closure_.context = this;
  closure_.evaluate = evaluate_closure;
  step_.struct_size = sizeof(rv_step);
  step_.total_steps = planned_.total_steps;
  step_.total_epochs = budget_.planned_epochs();
  step_.n = params_.size();
  step_.params = params_.data();
  step_.loss = unknown;
  observer.made(result_.parameters, result_.state_bytes, result_.scratch_bytes);
  if (spec.evaluate.curvature) {
    curvature_.emplace(objective_, data, *spec.evaluate.curvature,
                       budget_.in_steps(spec.evaluate.curvature->every),
                       stream_seed(spec.seed, spec.repetition, "curvature"));
  }
  if (spec.checkpoint_every) {  // a landscape has no epochs, and by the epoch no checkpoints
    checkpoint_steps_ = budget_.in_steps(*spec.checkpoint_every);
  }
}

template <class T>
void trial_run<T>::run(std::span<const std::byte> checkpoint) {
  outcome now = resume(checkpoint) ? outcome::go_on : begin();
  while (now == outcome::go_on && budget_.left(result_.spent)) {
    now = take_step();
    const bool last = !budget_.left(result_.spent);
    const bool looked_around = now == outcome::go_on && measure_curvature();
    if (now == outcome::go_on && (last || result_.spent.steps == evaluation_due_)) {
      now = last ? evaluate_last() : evaluate();
    } else if (looked_around) {
      observer_.evaluated(result_.evaluations.back());
      clock_.resume();
    }
    if (now != outcome::go_on || !budget_.left(result_.spent)) continue;
    if (stop_asked_ || result_.spent.steps == checkpoint_due_) take_checkpoint();
    if (stop_asked_) now = end(trial_status::interrupted, "stopped by the user");
  }
  if (now == outcome::go_on && budget_.stops_early(result_.spent)) {
    end(trial_status::stopped_early,
        fmt::format("after {} {} of {}", spec_.train.stop_after->count,
                    to_string(spec_.train.stop_after->unit), spec_.train.budget.count));
  }
  clock_.pause();
  end_path();
}

template <class T>
typename trial_run<T>::outcome trial_run<T>::begin() {
  objective_.start(params());
  step_.seed = step_seed(optimizer_seed_, 0);
  rule_->init_state(step_);
  plan_checkpoint();
  show_parameters();
  measure_curvature();
  return evaluate();
}

template <class T>
typename trial_run<T>::outcome trial_run<T>::take_step() {
  prepare_step();
  if (take_gradient() == outcome::ended) return outcome::ended;
  update();
  show_parameters();
  if (objective_.escaped(params())) {
    return end(trial_status::escaped,
               fmt::format("outside the box by more than ten widths at step {}", step_.step));
  }
  if (!clock_.sampled()) return outcome::go_on;
  clock_.pause();
  const auto next = observer_.after_step(result_.spent, planned_.total_steps, step_.loss);
  clock_.resume();
  if (next == trial_observer::command::go_on) return outcome::go_on;
  if (checkpoint_steps_ == 0) return end(trial_status::interrupted, "stopped by the user");
  stop_asked_ = true;  // after an evaluation that may be due, which a checkpoint has behind it
  return outcome::go_on;
}

template <class T>
void trial_run<T>::show_parameters() {
  if (!followed_) return;
  clock_.pause();
  observer_.moved(result_.spent.steps, std::span<const T>(params()));
  clock_.resume();
}

template <class T>
void trial_run<T>::prepare_step() {
  const std::uint64_t number = result_.spent.steps + 1;
  if (curvature_ && curvature_->needs_update(number)) {
    clock_.pause();
    curvature_->before_step(params());
    clock_.resume();
  }
  clock_.begin_step();
  step_.step = number;
  step_.epoch = planned_.steps_per_epoch == 0 ? 0 : (number - 1) / planned_.steps_per_epoch;
  step_.seed = step_seed(optimizer_seed_, number);
  rule_->begin_step(number);
  step_.grads = nullptr;
  step_.closure = nullptr;
  step_.loss = unknown;
}

template <class T>
typename trial_run<T>::outcome trial_run<T>::take_gradient() {
  if (!rule_->wants_gradient()) {
    clock_.to_gradient();
    objective_.draw(step_.step);
    if (path_.on()) path_.template add<T>(result_.spent, params(), loss_at_params());
    return outcome::go_on;
  }
  const bool own_point = rule_->gradient_point(step_, point_.data()) == optimizer::point_use::own_point;
  const auto* const point = static_cast<const T*>(own_point ? point_.data() : params_.data());
  clock_.to_gradient();
  objective_.draw(step_.step);
  const double loss = objective_.loss_gradient(point, grads().data());
  if (path_.on()) {
    path_.template add<T>(result_.spent, params(), own_point ? loss_at_params() : loss);
  }
  ++result_.spent.evaluations;
  if (!std::isfinite(loss)) {
    return end(trial_status::diverged, fmt::format("the loss is {} at step {}", loss, step_.step));
  }
  if (!all_finite(std::span<const T>(grads()))) {
    return end(trial_status::diverged, fmt::format("the gradient is not finite at step {}", step_.step));
  }
  if (step_.step == evaluation_due_) gradient_norm_ = norm<T>(grads());
  clip<T>(spec_.train.clip, grads());
  const auto examples = static_cast<double>(objective_.batch_size());
  loss_sum_ += loss * examples;
  examples_ += examples;
  step_.loss = loss;
  return outcome::go_on;
}

template <class T>
void trial_run<T>::update() {
  const bool measured = step_.step == evaluation_due_;
  if (measured) std::copy(params().begin(), params().end(), before_.begin());
  clock_.to_optimizer();
  step_.grads = rule_->wants_gradient() ? grads_.read_only() : nullptr;
  step_.closure = &closure_;
  const std::uint64_t evaluated = result_.spent.evaluations;
  rule_->step(step_);
  if (!rule_->wants_gradient() && result_.spent.evaluations == evaluated) {
    throw plugin_error(
        fmt::format("{}: wants no gradient, and evaluated nothing in step {}; each step has to, "
                    "or a budget of evaluations never ends",
                    spec_.optimizer.optimizer.use, step_.step));
  }
  clock_.end_step();
  result_.spent.steps = step_.step;
  if (planned_.steps_per_epoch != 0) {
    result_.spent.epochs = static_cast<double>(step_.step) / static_cast<double>(planned_.steps_per_epoch);
  }
}

template <class T>
double trial_run<T>::loss_of_closure(const T* point, T* grads) {
  clock_.to_gradient();
  const double loss = objective_.loss_gradient(point, grads);
  ++result_.spent.evaluations;
  if (grads != nullptr) clip<T>(spec_.train.clip, {grads, params_.size()});
  clock_.to_optimizer();
  return loss;
}

template <class T>
rv_status trial_run<T>::evaluate_closure(void* self, const void* point, double* loss, void* grads) noexcept {
  return status_of([&] {
    *loss =
        static_cast<trial_run*>(self)->loss_of_closure(static_cast<const T*>(point), static_cast<T*>(grads));
  });
}

/// For the path, which shows the parameters wherever the loss was taken: at no cost to the budget.
template <class T>
double trial_run<T>::loss_at_params() {
  return clock_.off_the_clock([this] { return objective_.loss_gradient(params().data(), nullptr); });
}

/// However a trial ends, the path shows where.
template <class T>
void trial_run<T>::end_path() {
  if (path_.wants_last(result_.spent.steps)) {
    path_.template add<T>(result_.spent, params(), loss_at_params());
  }
  path_.finish();
}

template <class T>
typename trial_run<T>::outcome trial_run<T>::end(trial_status status, std::string reason) {
  result_.status = status;
  result_.reason = std::move(reason);
  return outcome::ended;
}

template <class T>
std::string trial_run<T>::damage() {
  for (const aligned_array* each : {&params_, &grads_, &point_}) {
    const std::string found = each->damage();
    if (!found.empty()) return fmt::format("{}: {}", spec_.optimizer.optimizer.use, found);
  }
  return rule_->damage();
}

/// A write beside an array does no harm yet, but nothing that follows can be trusted.
template <class T>
void trial_run<T>::check_arrays() {
  const std::string found = damage();
  if (!found.empty()) throw plugin_error(found);
}

template class trial_run<float>;
template class trial_run<double>;

}  // namespace ravine
