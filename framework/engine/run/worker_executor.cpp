#include "run/worker_executor.hpp"

#include "trial/trial_bytes.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

namespace ravine {
namespace {

using clock = std::chrono::steady_clock;

constexpr auto patience = std::chrono::milliseconds(50);  // between two looks at limits and at the listener

/// A trial without a limit of its own may take its share of most of the machine's memory.
std::uint64_t default_memory(std::size_t jobs) {
  const auto pages = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES));
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return pages / 10 * 9 * page / jobs;
}

/// A worker with what it has told of the trial in progress.
struct slot {
  explicit slot(const worker_world& world) : worker(world) {}

  worker_process worker;
  trial_result partial;              ///< evaluations and costs up to now
  std::size_t curve_bytes_read = 0;  ///< of worker.curve()
  std::optional<crash_note> note;
};

/// One call of worker_executor::run.
class pool {
 public:
  pool(const worker_world& world, std::size_t jobs, run_listener& listener)
      : world_(world), listener_(listener), memory_(default_memory(jobs)) {
    for (std::size_t i = 0; i < std::min(jobs, world.trials.size()); ++i) {
      slots_.push_back(std::make_unique<slot>(world));
    }
  }

  void run() {
    for (auto next = listener_.next(); next != run_listener::command::stop_now; next = listener_.next()) {
      // Where workers share the cores anyway, the next trials begin before the last ones are saved. A single
      // worker waits, so that nothing disturbs its clocks.
      if (slots_.size() == 1) report_ended();
      if (next == run_listener::command::go_on) assign();
      report_ended();
      if (!anyone_busy()) return;
      wait();
    }
    for (const auto& each : slots_) {
      if (!each->worker.trial()) continue;
      guarded(*each, [&] { end_abruptly(*each, trial_status::interrupted, "stopped by the user"); });
    }
    report_ended();
  }

 private:
  const planned_trial& trial_of(const slot& at) const { return world_.trials[*at.worker.trial()]; }

  bool anyone_busy() const {
    return std::ranges::any_of(slots_, [](const auto& each) { return each->worker.trial().has_value(); });
  }

  void assign() {
    for (auto& each : slots_) {
      if (each->worker.trial() || next_ == world_.trials.size()) continue;
      each->partial = {};
      each->curve_bytes_read = 0;
      each->note.reset();
      const kept_checkpoint from = listener_.checkpoint_of(world_.trials[next_]);
      if (!each->worker.start(next_, from)) {  // it died while it waited
        each = std::make_unique<slot>(world_);
        each->worker.start(next_, from);
      }
      listener_.trial_began(world_.trials[next_++]);
    }
  }

  void report_ended() {
    for (const auto& [trial, result] : std::exchange(ended_, {})) listener_.trial_ended(*trial, result);
  }

  void wait() {
    std::vector<pollfd> watched;
    for (const auto& each : slots_) {
      watched.push_back({each->worker.trial() ? each->worker.connection() : -1, POLLIN, 0});
    }
    poll(watched.data(), watched.size(), static_cast<int>(patience.count()));
    for (std::size_t i = 0; i < watched.size(); ++i) {
      if (watched[i].revents != 0) listen(*slots_[i]);
    }
    if (const auto now = clock::now(); now - looked_ >= patience) {
      looked_ = now;
      for (const auto& each : slots_) {
        if (!each->worker.trial()) continue;
        guarded(*each, [&] {
          read_curve(*each);
          check_limits(*each);
        });
      }
    }
  }

  void listen(slot& at) {
    const bool alive = at.worker.receive();
    guarded(at, [&] {
      while (const auto message = at.worker.next()) handle(at, *message);
      if (!alive) handle_exit(at);
    });
  }

  /// A worker that tells what makes no sense has lost its trial.
  template <class Listening>
  void guarded(slot& at, Listening listening) {
    try {
      listening();
    } catch (const bytes_error& problem) {
      at.worker.kill();
      if (at.worker.trial()) {
        end_abruptly(at, trial_status::crashed,
                     fmt::format("a plugin wrote to the worker's connection ({})", problem.what()));
      }
    }
  }

  /// The evaluations since the last look.
  void read_curve(slot& at) {
    const auto noted = at.worker.curve();
    byte_reader entries(noted.subspan(std::min(at.curve_bytes_read, noted.size())));
    at.curve_bytes_read = noted.size();
    while (!entries.at_end()) {
      evaluation point;
      entries >> point;
      take(at, std::move(point));
    }
  }

  void take(slot& at, evaluation point) {
    at.partial.spent = point.at;
    listener_.trial_evaluated(trial_of(at), point);
    at.partial.evaluations.push_back(std::move(point));
  }

  void handle(slot& at, const worker_process::message& message) {
    if (!at.worker.trial()) throw message_error("it goes on after the trial's end");
    read_curve(at);
    byte_reader body(message.body);
    switch (message.kind) {
      case message_kind::advanced: {
        cost spent;
        std::uint64_t planned_steps = 0;
        double loss = 0;
        body >> spent >> planned_steps >> loss;
        if (spent.steps > at.partial.spent.steps) at.partial.spent = spent;
        listener_.trial_advanced(trial_of(at), spent, planned_steps, loss);
        break;
      }
      case message_kind::evaluated: {
        evaluation point;
        body >> point;
        take(at, std::move(point));
        break;
      }
      case message_kind::checkpoint:
        listener_.trial_checkpoint(trial_of(at), message.body, at.worker.seconds());
        break;
      case message_kind::refused: {
        std::string why;
        body >> why;
        listener_.checkpoint_ignored(trial_of(at), why);
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
        result.evaluations = std::move(at.partial.evaluations);
        end(at, std::move(result));
        break;
      }
    }
  }

  /// The worker's own account of the trial's end.
  void end(slot& at, trial_result result) {
    // After a fault nobody knows what else the plugin has done to the process.
    const bool sound = result.succeeded() || result.status == trial_status::diverged ||
                       result.status == trial_status::escaped;
    if (!sound) at.worker.kill();
    ended_.emplace_back(&trial_of(at), std::move(result));
    at.worker.set_idle();
  }

  /// The worker is gone.
  void handle_exit(slot& at) {
    const std::string reason = at.worker.exit_reason();
    if (at.worker.trial()) end_abruptly(at, trial_status::crashed, at.note ? describe(*at.note) : reason);
  }

  /// Ends the trial in progress, and its worker, with what is known.
  void end_abruptly(slot& at, trial_status status, std::string reason) {
    at.worker.kill();
    read_curve(at);
    at.partial.status = status;
    at.partial.reason = std::move(reason);
    ended_.emplace_back(&trial_of(at), std::move(at.partial));
    at.worker.set_idle();
  }

  void check_limits(slot& at) {
    const limits_spec& limits = trial_of(at).spec.limits;
    if (limits.seconds > 0 && at.worker.seconds() > limits.seconds) {
      return end_abruptly(at, trial_status::timed_out,
                          fmt::format("took longer than the {} seconds of limits", limits.seconds));
    }
    const std::uint64_t allowed = limits.memory > 0 ? limits.memory : memory_;
    if (at.worker.memory() > allowed) {
      end_abruptly(at, trial_status::out_of_memory,
                   fmt::format("took more than {:.0f} MiB", static_cast<double>(allowed) / (1 << 20)));
    }
  }

  const worker_world& world_;
  run_listener& listener_;
  std::uint64_t memory_;
  std::size_t next_ = 0;
  std::vector<std::pair<const planned_trial*, trial_result>> ended_;  // and not told yet
  clock::time_point looked_{};
  std::vector<std::unique_ptr<slot>> slots_;
};

}  // namespace

void worker_executor::run(std::span<const planned_trial> trials, run_listener& listener) {
  const worker_world world{trials, &plugins_, [&](const trial_spec& spec) { return data_.of(spec); }};
  pool(world, jobs_, listener).run();
}

}  // namespace ravine
