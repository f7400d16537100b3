#include "run/trial_account.hpp"

#include "core/printable.hpp"
#include "core/utf8.hpp"
#include "run/worker_process.hpp"
#include "trial/curve_text.hpp"
#include "trial/oom_kill.hpp"
#include "trial/trial_bytes.hpp"

#include <algorithm>
#include <csignal>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace ravine {
namespace {

/// Steps, evaluations or epochs: far more than a trial can have, and exact as a double.
constexpr std::uint64_t most_counted = 1'000'000'000'000'000;

/// So that a trial can't fill this process's memory with evaluations that it makes up.
std::size_t most_evaluations(const trial_spec& spec) {
  constexpr std::size_t besides = 3;  // at the start, at the end, and one spare
  const amount& budget = spec.train.budget;
  std::vector<amount> intervals{spec.evaluate.every};
  if (spec.evaluate.curvature) intervals.push_back(spec.evaluate.curvature->every);
  std::size_t count = besides;
  for (const amount& every : intervals) {
    if (every.unit != budget.unit) return std::numeric_limits<std::size_t>::max();  // known as it goes on
    count += static_cast<std::size_t>(std::min(budget.count / every.count, double{most_counted}));
  }
  return count;
}

}  // namespace

void trial_account::read_log() {
  const auto noted = process_.log();
  byte_reader entries(noted.subspan(std::min(log_bytes_read_, noted.size())));
  log_bytes_read_ = noted.size();
  while (!entries.at_end()) {
    const auto kind = entries.get<message_kind>();
    byte_reader body(entries.array(1));
    take_note(kind, body);
  }
}

void trial_account::take_note(message_kind kind, byte_reader& body) {
  if (result_) throw message_error("something follows the result");
  switch (kind) {
    case message_kind::made:
      body >> partial_.parameters >> partial_.state_bytes >> partial_.scratch_bytes;
      break;
    case message_kind::evaluated:
      take_evaluation(body);
      break;
    case message_kind::curve:
      take_curve(body);
      break;
    case message_kind::ended:
      take_result(body);
      break;
    default:
      throw message_error("what is noted is nothing that a trial notes");
  }
}

void trial_account::take_evaluation(byte_reader& body) {
  auto point = body.get<evaluation>();
  std::vector<evaluation>& known = partial_.evaluations;
  if (!partial_.curve_points.empty()) throw message_error("an evaluation follows the whole curve");
  if (!known.empty() && point.at.steps <= known.back().at.steps) {
    throw message_error(fmt::format("an evaluation at step {} follows one at step {}", point.at.steps,
                                    known.back().at.steps));
  }
  if (known.size() >= most_evaluations(trial_.spec))
    throw message_error("more evaluations than the trial has");
  const bool are_names =
      std::ranges::all_of(point.metrics, [](const auto& metric) { return is_utf8(metric.first); });
  if (!are_names) throw message_error("a metric whose name is not UTF-8");
  check_cost(point.at);
  partial_.spent = point.at;
  listener_.trial_evaluated(trial_, point);
  known.push_back(std::move(point));
}

void trial_account::take_curve(byte_reader& body) {
  auto points = body.get<std::string>();
  expect_curve_points(partial_.evaluations, points);
  partial_.curve_points = std::move(points);
}

/// Counts are numbers, and nobody has computed for longer than the trial has lasted by this process's clock.
void trial_account::check_cost(const cost& spent) const {
  const bool counts = spent.epochs >= 0 && spent.epochs <= most_counted && spent.steps <= most_counted &&
                      spent.evaluations <= most_counted;
  if (!counts) {
    throw message_error(
        fmt::format("{} steps, {} evaluations and {} epochs", spent.steps, spent.evaluations, spent.epochs));
  }
  constexpr double tolerance = 1;  // seconds
  const double lasted = process_.seconds();
  const bool plausible =
      spent.gradient_seconds >= 0 && spent.optimizer_seconds >= 0 && spent.seconds() <= lasted + tolerance;
  if (!plausible) {
    throw message_error(fmt::format("{:.3g} s of computing after {:.3g} s", spent.seconds(), lasted));
  }
}

void trial_account::hear(const message& said) {
  read_log();
  byte_reader body(said.body);
  switch (said.kind) {
    case message_kind::advanced:
      take_progress(body);
      break;
    case message_kind::checkpoint:
      if (!trial_.spec.checkpoint_every) throw message_error("a checkpoint that nobody asked for");
      listener_.trial_checkpoint(trial_, said.body, process_.seconds());
      break;
    case message_kind::end_state:
      if (!trial_.spec.checkpoint_at_end) throw message_error("a last state that nobody asked for");
      listener_.trial_end_state(trial_, said.body, process_.seconds());
      break;
    case message_kind::went_on:
      listener_.trial_went_on(trial_, body.get<cost>());
      break;
    case message_kind::refused:
      listener_.checkpoint_ignored(trial_, body.get<std::string>());
      break;
    case message_kind::crashed:
      note_ = body.get<crash_note>();
      break;
    default:  // the log had no room for it
      take_note(said.kind, body);
  }
}

void trial_account::take_progress(byte_reader& body) {
  const auto spent = body.get<cost>();
  const auto planned_steps = body.get<std::uint64_t>();
  const auto loss = body.get<double>();
  if (spent.steps < advanced_) throw message_error("the steps go back");
  check_cost(spent);
  advanced_ = spent.steps;
  // Evaluations are noted at once, and may be further than what was sent before.
  if (spent.steps > partial_.spent.steps) partial_.spent = spent;
  listener_.trial_advanced(trial_, spent, planned_steps, loss);
}

void trial_account::take_result(byte_reader& body) {
  auto result = body.get<trial_result>();
  if (result.spent.steps < partial_.spent.steps) throw message_error("the steps go back");
  check_cost(result.spent);
  if (!is_utf8(result.reason)) throw message_error("a reason that is not UTF-8");
  if (result.target_reached_at) {
    check_cost(*result.target_reached_at);
    if (result.target_reached_at->steps > result.spent.steps)
      throw message_error("its target is reached after its end");
  }
  result_ = std::move(result);
}

trial_result trial_account::ended(const process_end& how) {
  read_log();
  if (!result_ && !note_ && how.signal == SIGKILL) {
    const std::optional<bool> short_of_memory = process_.saw_oom_kill();
    if (short_of_memory.value_or(false)) {
      return cut_off(trial_status::out_of_memory, oom_kill_reason);
    }
    if (short_of_memory) {
      return cut_off(trial_status::crashed,
                     "SIGKILL from another process: by the kernel's counters it was not for lack of memory");
    }
  }
  if (!result_) return cut_off(trial_status::crashed, note_ ? describe(*note_) : describe(how));
  result_->evaluations = std::move(partial_.evaluations);
  result_->curve_points = std::move(partial_.curve_points);
  result_->blas = process_.blas();
  return std::move(*result_);
}

trial_result trial_account::cut_off(trial_status status, std::string_view reason) {
  try {
    read_log();
  } catch (const bytes_error&) {  // as far as it can be read
  }
  partial_.status = status;
  // It may quote what a plugin has written: names of its functions and files, or what it forged.
  partial_.reason = printable(reason, line_ends::kept);
  partial_.blas = process_.blas();
  return std::move(partial_);
}

}  // namespace ravine
