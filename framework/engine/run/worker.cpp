#include "run/worker.hpp"

#include "data/shared_dataset.hpp"
#include "plugin/functions.hpp"
#include "process/child_process.hpp"
#include "process/confinement.hpp"
#include "process/crash_note.hpp"
#include "process/descendants.hpp"
#include "process/fresh_heap.hpp"
#include "process/message.hpp"
#include "process/shared_log.hpp"
#include "run/trial_process.hpp"
#include "train/openblas.hpp"
#include "trial/curve_text.hpp"

#include <array>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace ravine {
namespace {

bool is_open(int descriptor) { return fcntl(descriptor, F_GETFD) >= 0; }

/// Input comes from nowhere; what plugins print does not mix with results.
void redirect_standard_streams() {
  const int nowhere = open("/dev/null", O_RDWR);
  dup2(nowhere, STDIN_FILENO);
  if (!is_open(STDERR_FILENO)) dup2(nowhere, STDERR_FILENO);
  dup2(STDERR_FILENO, STDOUT_FILENO);
  if (nowhere > STDERR_FILENO) close(nowhere);
}

/// What a library calls it looks up the first time: once here, instead of once in each trial.
void warm_up() { curve_points({{{}, {{"gap", 1e-9}, {"loss", 24.2}}}}); }

class worker {
 public:
  worker(descriptor connection, const registry& plugins)
      : connection_(std::move(connection)), plugins_(plugins) {}

  void run() {
    if (!set_up()) return;
    const blas_library blas = loaded_blas();
    byte_writer facts;
    facts << std::string_view(blas.name) << std::string_view(blas.kernel);
    send(message_kind::ready, facts.bytes());
    warm_up();
    heap_of_trials_ = make_fresh_heap();
    for (;;) {
      worker_order order{};
      descriptor trial;
      if (!receive_passed(connection_.get(), std::as_writable_bytes(std::span(&order, 1)),
                          std::span(&trial, 1))) {
        return;
      }
      run_trial_process(std::move(trial), order.nonce);
    }
  }

 private:
  /// Takes over what the trials have in common.
  bool set_up() {
    worker_setup setup{};
    std::array<descriptor, 2> passed;
    if (!receive_passed(connection_.get(), std::as_writable_bytes(std::span(&setup, 1)), passed))
      return false;
    std::vector<std::byte> names(setup.size);
    if (!receive_all(connection_.get(), names)) return false;
    try {
      log_.emplace(std::move(passed[0]));
      if (setup.has_data != 0) data_ = attach_dataset(std::move(passed[1]));
      byte_reader files(names);
      while (!files.at_end()) load(files.get<std::string>());
      return true;
    } catch (const std::exception& problem) {
      const std::string_view why = problem.what();
      send(message_kind::unusable, std::as_bytes(std::span(why)));
      return false;
    }
  }

  /// Loads the file and finds the functions of its components, so that no trial has to.
  void load(const std::string& file) const {
    for (const component_kind kind : component_kinds) {
      for (const component* each : plugins_.all(kind)) {
        if (each->file->path == file) functions_of(*each);
      }
    }
  }

  void run_trial_process(descriptor trial, std::uint64_t nonce) {
    const auto run = [&] {
      take_fresh_heap(heap_of_trials_);
      connection_.close();
      run_job(trial, nonce, *log_, plugins_, data_ ? &*data_ : nullptr);
    };
    child_process process =
        child_process::fork(std::cref(run));  // nothing to free, in pages that are shared now
    // Only a trial that lasts is looked at; to be woken costs the parent more than to hear of it.
    constexpr auto short_trial = std::chrono::milliseconds(20);
    if (!process.wait_until(std::chrono::steady_clock::now() + short_trial)) {
      const std::int32_t id = process.id();
      send(message_kind::started, std::as_bytes(std::span(&id, 1)));
    }
    const process_end end = process.wait();
    kill_children_but({});  // that it left behind
    send(message_kind::gone, std::as_bytes(std::span(&end, 1)));
  }  // only now is the trial's connection closed: the parent is woken once

  void send(message_kind kind, std::span<const std::byte> body) {
    send_message(connection_.get(), kind, 0, body);
  }

  descriptor connection_;
  const registry& plugins_;
  std::optional<shared_log> log_;
  std::optional<dataset> data_;
  std::span<std::byte> heap_of_trials_;
};

}  // namespace

void work(descriptor connection, const registry& plugins) {
  redirect_standard_streams();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  send_crash_notes(connection.get(), 0);
  confine(confined_for::loading);
  worker(std::move(connection), plugins).run();
}

}  // namespace ravine
