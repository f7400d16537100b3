#include "run/worker_executor.hpp"

#include "process/resources.hpp"
#include "run/trial_account.hpp"
#include "run/worker.hpp"
#include "run/worker_process.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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

/// A trial in progress.
struct slot {
  const planned_trial* trial = nullptr;  ///< null: none
  std::unique_ptr<worker_process> worker;
  std::optional<trial_account> account;
};

/// One call of worker_executor::run.
class pool {
 public:
  /// What outlives it.
  struct surroundings {
    std::shared_ptr<zygote>& from;
    std::deque<std::unique_ptr<worker_process>>& idle;
    const registry& plugins;
    dataset_cache& data;
    run_listener& listener;
  };

  pool(std::span<const planned_trial> trials, std::size_t jobs, const surroundings& around)
      : trials_(trials),
        zygote_(around.from),
        plugins_(around.plugins),
        data_(around.data),
        listener_(around.listener),
        memory_(default_memory(jobs)),
        idle_(around.idle),
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

  static void clear(slot& at) {
    at.account.reset();
    at.worker.reset();
    at.trial = nullptr;
  }

  static bool is_busy(const slot& at) { return at.trial != nullptr; }

  void assign() {
    for (slot& each : slots_) {
      if (is_busy(each) || next_ == trials_.size()) continue;
      const planned_trial& trial = trials_[next_++];
      const kept_checkpoint from = listener_.checkpoint_of(trial);
      each.trial = &trial;
      each.worker = worker_for(trial.spec);
      if (!each.worker->start(trial.spec, from)) {  // it died while it waited
        each.worker = new_worker(each.worker->needs());
        each.worker->start(trial.spec, from);
      }
      each.account.emplace(trial, *each.worker, listener_);
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
          each.account->read_log();
          check_limits(each);
        });
      }
    }
  }

  void listen(slot& at) {
    at.worker->receive();
    while (const auto message = at.worker->next()) at.account->hear(*message);
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

  /// The trial's process is gone; its worker can run another.
  void end(slot& at, const process_end& how) {
    ended_.emplace_back(at.trial, at.account->ended(how));
    keep(std::move(at.worker));
    clear(at);
  }

  /// Ends the trial in progress, and its worker, with what is known.
  void end_abruptly(slot& at, trial_status status, std::string_view reason) {
    at.worker->kill();
    ended_.emplace_back(at.trial, at.account->cut_off(status, reason));
    clear(at);
  }

  void check_limits(slot& at) {
    constexpr double most_to_load = 30;  // seconds, of a large library on a slow disk
    const limits_spec& limits = at.trial->spec.limits;
    if (limits.seconds > 0 && at.worker->seconds() > limits.seconds) {
      return end_abruptly(at, trial_status::timed_out,
                          fmt::format("took longer than the {} seconds of limits", limits.seconds));
    }
    if (at.worker->loads_for_longer_than(most_to_load)) {
      return end_abruptly(at, trial_status::timed_out,
                          fmt::format("its plugins took longer than {} s to load", most_to_load));
    }
    const std::uint64_t allowed = limits.memory > 0 ? limits.memory : memory_;
    if (at.worker->exceeds(allowed)) {
      end_abruptly(
          at, trial_status::out_of_memory,
          fmt::format("took more than {:.0f} MiB of memory", static_cast<double>(allowed) / (1 << 20)));
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
  std::deque<std::unique_ptr<worker_process>>& idle_;
  std::vector<slot> slots_;
};

}  // namespace

worker_executor::worker_executor(const registry& plugins, std::size_t jobs)
    : plugins_(plugins), jobs_(jobs), zygote_(new_zygote(plugins)) {}

worker_executor::~worker_executor() = default;

void worker_executor::run(const trial_list& trials, run_listener& listener) {
  // Of a million trials only these are written out at a time.
  constexpr std::size_t at_once = 4096;
  for (std::size_t first = 0; first < trials.size(); first += at_once) {
    if (first > 0 && listener.next() != run_listener::command::go_on) return;
    const std::vector<planned_trial> some = trials.slice(first, at_once);
    pool(some, jobs_, {zygote_, idle_, plugins_, data_, listener}).run();
  }
}

}  // namespace ravine
