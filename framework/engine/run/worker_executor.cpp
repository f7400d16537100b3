#include "run/worker_executor.hpp"

#include "process/crash_note.hpp"
#include "process/resources.hpp"
#include "run/worker.hpp"
#include "run/worker_process.hpp"
#include "trial/trial_bytes.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <poll.h>

namespace ravine {
namespace {

using clock = std::chrono::steady_clock;

constexpr auto patience = std::chrono::milliseconds(50);  // between two looks at limits and at the listener

/// A trial without a limit of its own may take its share of most of the machine's memory.
std::uint64_t default_memory(std::size_t jobs) { return granted_resources().memory / 10 * 9 / jobs; }

std::shared_ptr<zygote> new_zygote(const registry& plugins) {
  return std::make_shared<zygote>(
      [&plugins](descriptor connection) { work(std::move(connection), plugins); });
}

/// So that a trial can't fill the parent's memory with evaluations that it makes up.
std::size_t most_evaluations(const trial_spec& spec) {
  const amount& every = spec.evaluate.every;
  const amount& budget = spec.train.budget;
  if (every.unit != budget.unit) return std::numeric_limits<std::size_t>::max();  // known only as it goes on
  return static_cast<std::size_t>(std::min(budget.count / every.count, 1e15)) +
         3;  // at the start, at the end, and one spare
}

/// A trial in progress, with what it has told up to now.
struct slot {
  const planned_trial* trial = nullptr;  ///< null: none
  std::unique_ptr<worker_process> worker = {};
  trial_result partial = {};                ///< evaluations and costs up to now
  std::uint64_t advanced = 0;               ///< steps, as the trial has sent them
  std::size_t curve_bytes_read = 0;         ///< of worker->curve()
  std::optional<trial_result> result = {};  ///< the trial's own account of its end
  std::optional<crash_note> note = {};
};

/// One call of worker_executor::run.
class pool {
 public:
  pool(std::span<const planned_trial> trials, std::size_t jobs, std::shared_ptr<zygote>& from,
       const registry& plugins, dataset_cache& data, run_listener& listener)
      : trials_(trials),
        zygote_(from),
        plugins_(plugins),
        data_(data),
        listener_(listener),
        memory_(default_memory(jobs)),
        slots_(std::min(jobs, trials.size())) {}

  void run() {
    for (auto next = listener_.next(); next != run_listener::command::stop_now; next = listener_.next()) {
      // Where trials share the cores anyway, the next ones begin before the last ones are saved. A single one
      // waits, so that nothing disturbs its clocks.
      if (slots_.size() == 1) report_ended();
      if (next == run_listener::command::go_on) assign();
      if (next == run_listener::command::leave && !may_leave()) break;
      report_ended();
      if (std::ranges::none_of(slots_, is_busy)) return;
      wait();
    }
    for (slot& each : slots_) {
      if (is_busy(each)) end_abruptly(each, trial_status::interrupted, "stopped by the user");
    }
    report_ended();
  }

 private:
  /// Asks the trials in progress to end with a checkpoint, those that keep none at once. False when they have
  /// had enough time.
  bool may_leave() {
    constexpr auto enough = std::chrono::seconds(4);  // batch systems kill some seconds after they have asked
    if (leaving_since_) return clock::now() - *leaving_since_ < enough;
    leaving_since_ = clock::now();
    for (slot& each : slots_) {
      if (!is_busy(each)) continue;
      if (each.trial->spec.checkpoint_every) {
        each.worker->ask_to_stop();
      } else {
        end_abruptly(each, trial_status::interrupted, "stopped by the user");
      }
    }
    return true;
  }

  static bool is_busy(const slot& at) { return at.trial != nullptr; }

  void assign() {
    for (slot& each : slots_) {
      if (is_busy(each) || next_ == trials_.size()) continue;
      const planned_trial& trial = trials_[next_++];
      const kept_checkpoint from = listener_.checkpoint_of(trial);
      each = slot{.trial = &trial, .worker = worker_for(trial.spec)};
      if (!each.worker->start(trial.spec, from)) {  // it died while it waited
        each.worker = new_worker(each.worker->needs());
        each.worker->start(trial.spec, from);
      }
      listener_.trial_began(trial);
    }
  }

  std::unique_ptr<worker_process> worker_for(const trial_spec& spec) {
    const worker_needs needs = needs_of(spec, plugins_, data_.of(spec));
    const auto found = std::ranges::find_if(idle_, [&](const auto& each) { return each->needs() == needs; });
    if (found == idle_.end()) return new_worker(needs);
    std::unique_ptr<worker_process> taken = std::move(*found);
    idle_.erase(found);
    return taken;
  }

  std::unique_ptr<worker_process> new_worker(const worker_needs& needs) {
    try {
      return std::make_unique<worker_process>(zygote_, needs);
    } catch (const process_error&) {  // the zygote was killed, perhaps
    }
    try {
      zygote_ = new_zygote(plugins_);
      return std::make_unique<worker_process>(zygote_, needs);
    } catch (const process_error& problem) {
      throw error(fmt::format("a worker can't be started: {}", problem.reason()));
    }
  }

  /// For another trial that needs the same plugins and data.
  void keep(std::unique_ptr<worker_process> worker) {
    constexpr std::size_t most_idle = 16;
    if (idle_.size() == most_idle) idle_.pop_front();
    idle_.push_back(std::move(worker));
  }

  void report_ended() {
    for (const auto& [trial, result] : std::exchange(ended_, {})) listener_.trial_ended(*trial, result);
  }

  void wait() {
    std::vector<pollfd> watched;
    for (const slot& each : slots_) {
      if (!is_busy(each)) continue;
      for (const int descriptor : each.worker->watched()) watched.push_back({descriptor, POLLIN, 0});
    }
    poll(watched.data(), watched.size(), static_cast<int>(patience.count()));
    const auto now = clock::now();
    const bool look = now - looked_ >= patience;
    if (look) looked_ = now;
    auto ready = watched.begin();
    for (slot& each : slots_) {
      if (!is_busy(each)) continue;
      const auto end = ready + std::tuple_size_v<decltype(each.worker->watched())>;
      const bool has_news = std::any_of(ready, end, [](const pollfd& one) { return one.revents != 0; });
      ready = end;
      if (has_news) guarded(each, [&] { listen(each); });
      if (look && is_busy(each)) {
        guarded(each, [&] {
          read_curve(each);
          check_limits(each);
        });
      }
    }
  }

  void listen(slot& at) {
    at.worker->receive();
    while (const auto message = at.worker->next()) handle(at, *message);
    if (at.worker->end()) return end(at, *at.worker->end());
    if (const auto lost = at.worker->lost()) end_abruptly(at, lost->status, lost->reason);
  }

  /// A trial that tells what makes no sense is lost.
  template <class Listening>
  void guarded(slot& at, Listening listening) {
    try {
      listening();
    } catch (const bytes_error& problem) {
      end_abruptly(at, trial_status::crashed,
                   fmt::format("a plugin wrote to the trial's connection ({})", problem.what()));
    }
  }

  /// The evaluations since the last look.
  void read_curve(slot& at) {
    const auto noted = at.worker->curve();
    byte_reader entries(noted.subspan(std::min(at.curve_bytes_read, noted.size())));
    at.curve_bytes_read = noted.size();
    while (!entries.at_end()) {
      evaluation point;
      entries >> point;
      take(at, std::move(point));
    }
  }

  void take(slot& at, evaluation point) {
    if (!at.partial.evaluations.empty() && point.at.steps <= at.partial.evaluations.back().at.steps) {
      throw message_error(fmt::format("an evaluation at step {} follows one at step {}", point.at.steps,
                                      at.partial.evaluations.back().at.steps));
    }
    if (at.partial.evaluations.size() >= most_evaluations(at.trial->spec)) {
      throw message_error("more evaluations than the trial has");
    }
    check_clocks(at, point.at);
    at.partial.spent = point.at;
    listener_.trial_evaluated(*at.trial, point);
    at.partial.evaluations.push_back(std::move(point));
  }

  /// Nobody has computed for longer than the trial has lasted by the parent's clock.
  static void check_clocks(const slot& at, const cost& spent) {
    constexpr double tolerance = 1;  // seconds
    const double most = at.worker->seconds() + tolerance;
    const bool plausible =
        spent.gradient_seconds >= 0 && spent.optimizer_seconds >= 0 && spent.seconds() <= most;
    if (!plausible) {
      throw message_error(
          fmt::format("{:.3g} s of computing after {:.3g} s", spent.seconds(), at.worker->seconds()));
    }
  }

  void handle(slot& at, const message& said) {
    if (at.result) throw message_error("a message follows the result");
    read_curve(at);
    byte_reader body(said.body);
    switch (said.kind) {
      case message_kind::made:
        body >> at.partial.parameters >> at.partial.state_bytes;
        break;
      case message_kind::advanced: {
        cost spent;
        std::uint64_t planned_steps = 0;
        double loss = 0;
        body >> spent >> planned_steps >> loss;
        if (spent.steps < at.advanced) throw message_error("the steps go back");
        check_clocks(at, spent);
        at.advanced = spent.steps;
        // Evaluations are noted at once, and may be further than what was sent before.
        if (spent.steps > at.partial.spent.steps) at.partial.spent = spent;
        listener_.trial_advanced(*at.trial, spent, planned_steps, loss);
        break;
      }
      case message_kind::evaluated: {
        evaluation point;
        body >> point;
        take(at, std::move(point));
        break;
      }
      case message_kind::checkpoint:
        if (!at.trial->spec.checkpoint_every) throw message_error("a checkpoint that nobody asked for");
        listener_.trial_checkpoint(*at.trial, said.body, at.worker->seconds());
        break;
      case message_kind::refused: {
        std::string why;
        body >> why;
        listener_.checkpoint_ignored(*at.trial, why);
        break;
      }
      case message_kind::crashed: {
        crash_note note{};
        body >> note;
        at.note = note;
        break;
      }
      case message_kind::ended: {
        trial_result result;
        body >> result;
        if (result.spent.steps < at.partial.spent.steps) throw message_error("the steps go back");
        check_clocks(at, result.spent);
        at.result = std::move(result);
        break;
      }
      default:
        break;
    }
  }

  /// The trial's process is gone.
  void end(slot& at, const process_end& how) {
    read_curve(at);
    if (at.result) {
      at.result->evaluations = std::move(at.partial.evaluations);
    } else {
      at.result = std::move(at.partial);
      at.result->status = trial_status::crashed;
      at.result->reason = at.note ? describe(*at.note) : describe(how);
    }
    ended_.emplace_back(std::exchange(at.trial, nullptr), std::move(*at.result));
    keep(std::move(at.worker));
  }

  /// Ends the trial in progress, and its worker, with what is known.
  void end_abruptly(slot& at, trial_status status, std::string reason) {
    at.worker->kill();
    try {
      read_curve(at);
    } catch (const bytes_error&) {  // as far as it can be read
    }
    at.partial.status = status;
    at.partial.reason = std::move(reason);
    ended_.emplace_back(std::exchange(at.trial, nullptr), std::move(at.partial));
    at.worker.reset();
  }

  void check_limits(slot& at) {
    constexpr double most_to_load = 30;  // seconds, on a busy machine
    const limits_spec& limits = at.trial->spec.limits;
    if (limits.seconds > 0 && at.worker->seconds() > limits.seconds) {
      return end_abruptly(at, trial_status::timed_out,
                          fmt::format("took longer than the {} seconds of limits", limits.seconds));
    }
    if (!at.worker->is_ready() && at.worker->age() > most_to_load) {
      return end_abruptly(at, trial_status::timed_out,
                          fmt::format("its plugins took longer than {} s to load", most_to_load));
    }
    const std::uint64_t allowed = limits.memory > 0 ? limits.memory : memory_;
    if (at.worker->exceeds(allowed)) {
      end_abruptly(at, trial_status::out_of_memory,
                   fmt::format("took more than {:.0f} MiB", static_cast<double>(allowed) / (1 << 20)));
    }
  }

  std::span<const planned_trial> trials_;
  std::shared_ptr<zygote>& zygote_;
  const registry& plugins_;
  dataset_cache& data_;
  run_listener& listener_;
  std::uint64_t memory_;
  std::size_t next_ = 0;
  std::vector<std::pair<const planned_trial*, trial_result>> ended_;  // and not told yet
  clock::time_point looked_{};
  std::optional<clock::time_point> leaving_since_;
  std::deque<std::unique_ptr<worker_process>> idle_;
  std::vector<slot> slots_;
};

}  // namespace

worker_executor::worker_executor(const registry& plugins, std::size_t jobs)
    : plugins_(plugins), jobs_(jobs), zygote_(new_zygote(plugins)) {}

void worker_executor::run(std::span<const planned_trial> trials, run_listener& listener) {
  pool(trials, jobs_, zygote_, plugins_, data_, listener).run();
}

}  // namespace ravine
