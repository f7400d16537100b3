#include "train/checkpoint.hpp"
#include "train/checkpoint_content.hpp"
#include "train/continuation.hpp"
#include "train/lr_scaling.hpp"
#include "train/openblas.hpp"
#include "train/trial_run.hpp"
#include "trial/trial_bytes.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace ravine {

// What a checkpoint holds is all that a step leaves to the next. Batches, noise and seeds are drawn for each
// step by its number; gradients, points and the norms' arrays are written before they are read.

namespace {

std::string describe(const blas_library& blas) {
  if (blas.name.empty()) return "without OpenBLAS";
  return fmt::format("with {} and its kernel {}", blas.name, blas.kernel);
}

/// Another library, or another kernel of it, would go on to other bits.
void expect_blas(const blas_library& before) {
  const blas_library now = loaded_blas();
  if (before == now) return;
  throw checkpoint_error(fmt::format("was made {}, but this trial runs {}", describe(before), describe(now)));
}

}  // namespace

template <class T>
void trial_run<T>::plan_checkpoint() {
  if (checkpoint_steps_ == 0) return;
  const auto steps = static_cast<double>(result_.spent.steps);
  const double next = std::round((std::floor(steps / checkpoint_steps_) + 1) * checkpoint_steps_);
  checkpoint_due_ = std::max(static_cast<std::uint64_t>(next), result_.spent.steps + 1);
}

template <class T>
std::vector<aligned_array*> trial_run<T>::lasting_arrays() {
  std::vector<aligned_array*> all{&params_};
  for (plugin_state* state : rule_->states()) {
    for (plugin_state::array& each : state->arrays()) {
      if (!each.scratch) all.push_back(&each.elements);
    }
  }
  if (curvature_) all.push_back(&curvature_->last_update());
  return all;
}

template <class T>
void trial_run<T>::take_checkpoint() {
  clock_.pause();
  plan_checkpoint();
  // What was written beside an array ends the trial at the next evaluation: nothing goes on from here.
  if (damage().empty()) {
    byte_writer out = begin_checkpoint(content_hash(spec_));
    write_state(out);
    observer_.checkpoint(out.bytes());
  }
  clock_.resume();
}

/// A budget in seconds ends elsewhere each time: nothing goes on from there to the same bits.
template <class T>
void trial_run<T>::take_end_state() {
  if (!spec_.checkpoint_at_end || spec_.train.budget.unit == cost_unit::seconds) return;
  clock_.pause();
  if (damage().empty()) {
    byte_writer out = begin_checkpoint(lineage_hash(spec_));
    out << planned_.total_steps;
    write_state(out);
    observer_.end_state(out.bytes());
  }
  clock_.resume();
}

template <class T>
void trial_run<T>::write_state(byte_writer& out) {
  const std::vector<aligned_array*> arrays = lasting_arrays();
  const blas_library blas = loaded_blas();
  out << std::string_view(blas.name) << std::string_view(blas.kernel);
  std::size_t bytes = 0;
  for (const aligned_array* each : arrays) bytes += each->bytes();
  out.reserve(bytes + result_.path.points.size() * sizeof(double) * 2 + 65536);
  out << result_ << std::uint64_t{result_.evaluations.size()};
  for (const evaluation& each : result_.evaluations) out << each;
  out << evaluations_done_ << evaluation_due_ << loss_sum_ << examples_ << path_.state()
      << std::uint64_t{arrays.size()};
  for (const aligned_array* each : arrays) {
    out << each->type();
    out.put({static_cast<const std::byte*>(each->data()), each->bytes()}, each->size());
  }
  seal_checkpoint(out);
}

/// Of a shorter trial: this one is longer, and would have taken the same steps up to there.
template <class T>
void trial_run<T>::expect_the_same_way(const trial_result& before, std::uint64_t its_total_steps) {
  const double lr_factor = learning_rate_factor(spec_, objective_.full_batch_size(), plugins_);
  const horizon its_plan{its_total_steps, planned_.steps_per_epoch};
  if (before.evaluations.empty()) throw checkpoint_error("has no evaluation");
  if (!budget_.left(before.spent)) throw checkpoint_error("is of a trial that is no shorter");
  if (!goes_the_same_way({spec_.optimizer, plugins_, lr_factor}, its_plan, planned_, before)) {
    throw checkpoint_error("is of a trial whose steps depended on its length");
  }
}

template <class T>
void trial_run<T>::restore(std::span<const std::byte> checkpoint) {
  checkpoint_content kept = read_checkpoint(checkpoint, spec_, expect_blas);
  const std::vector<aligned_array*> arrays = lasting_arrays();
  if (kept.arrays.size() != arrays.size()) throw checkpoint_error("holds another number of arrays");
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    if (kept.arrays[i].type != arrays[i]->type()) throw checkpoint_error("holds an array of another type");
    if (kept.arrays[i].elements.size() != arrays[i]->bytes())
      throw checkpoint_error("holds an array of another size");
  }
  if (!path_.can_go_on(kept.result.path, kept.path_state)) {
    throw checkpoint_error("holds a path of another kind");
  }
  if (kept.of_shorter) {
    expect_the_same_way(kept.result, kept.total_steps);
    kept.evaluation_due =
        budget_.next_evaluation(kept.evaluations_done, kept.result.evaluations.back().at.steps);
  }
  // From here on nothing fails: a checkpoint is taken whole or not at all.
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    const std::span<const std::byte> elements = kept.arrays[i].elements;
    if (!elements.empty()) std::memcpy(arrays[i]->data(), elements.data(), elements.size());
  }
  result_ = std::move(kept.result);
  evaluations_done_ = kept.evaluations_done;
  evaluation_due_ = kept.evaluation_due;
  loss_sum_ = kept.loss_sum;
  examples_ = kept.examples;
  path_.go_on(kept.path_state);
  clock_.go_on();
}

template <class T>
bool trial_run<T>::resume(std::span<const std::byte> checkpoint) {
  if (checkpoint.empty()) return false;
  const bool of_shorter = hash_in(checkpoint) == lineage_hash(spec_);
  const auto refuse = [&](const std::string& why) {
    if (!of_shorter) observer_.checkpoint_refused(why + "; the trial begins at its start");
    return false;
  };
  try {
    restore(checkpoint);
  } catch (const checkpoint_error& problem) {
    return refuse(problem.what());
  } catch (const bytes_error& problem) {
    return refuse(std::string("makes no sense: ") + problem.what());
  }
  for (const evaluation& each : result_.evaluations) observer_.evaluated(each);
  if (of_shorter) observer_.went_on(result_.spent);
  plan_checkpoint();
  clock_.resume();
  return true;
}

// Members of classes that trial_run.cpp instantiates, which has no sight of these.
template void trial_run<float>::plan_checkpoint();
template void trial_run<double>::plan_checkpoint();
template std::vector<aligned_array*> trial_run<float>::lasting_arrays();
template std::vector<aligned_array*> trial_run<double>::lasting_arrays();
template void trial_run<float>::take_checkpoint();
template void trial_run<double>::take_checkpoint();
template void trial_run<float>::take_end_state();
template void trial_run<double>::take_end_state();
template void trial_run<float>::write_state(byte_writer&);
template void trial_run<double>::write_state(byte_writer&);
template void trial_run<float>::expect_the_same_way(const trial_result&, std::uint64_t);
template void trial_run<double>::expect_the_same_way(const trial_result&, std::uint64_t);
template void trial_run<float>::restore(std::span<const std::byte>);
template void trial_run<double>::restore(std::span<const std::byte>);
template bool trial_run<float>::resume(std::span<const std::byte>);
template bool trial_run<double>::resume(std::span<const std::byte>);

}  // namespace ravine
