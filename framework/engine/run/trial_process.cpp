#include "run/trial_process.hpp"

#include "process/confinement.hpp"
#include "process/crash_note.hpp"
#include "process/descendants.hpp"
#include "process/message.hpp"
#include "run/worker.hpp"
#include "train/trial.hpp"
#include "trial/curve_text.hpp"
#include "trial/spec_bytes.hpp"
#include "trial/trial_bytes.hpp"

#include <algorithm>
#include <array>
#include <cfenv>
#include <chrono>
#include <fstream>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace ravine {
namespace {

/// The trial's end of its connection. If the parent is gone, so is the trial.
class channel {
 public:
  channel(int connection, std::uint64_t nonce, shared_log& log)
      : connection_(connection), nonce_(nonce), log_(log) {}

  /// What wakes the parent.
  template <class... Values>
  void send(message_kind kind, const Values&... values) {
    byte_writer body;
    (body << ... << values);
    send_as_it_is(kind, body.bytes());
  }
  /// What the parent need not know at once.
  template <class... Values>
  void note(message_kind kind, const Values&... values) {
    byte_writer body;
    (body << ... << values);
    if (note_message(log_, kind, body.bytes()) == shared_log::outcome::full)
      send_as_it_is(kind, body.bytes());
  }
  bool asks_to_stop() const {
    std::array<std::byte, 1> request{};
    return receive_now(connection_, request).value_or(0) == request.size();
  }
  /// Ends the process if it has lost its connection.
  void expect_connection() const {
    if (fcntl(connection_, F_GETFD) < 0) _exit(connection_lost_status);
  }
  void send_as_it_is(message_kind kind, std::span<const std::byte> body) {
    if (!send_message(connection_, kind, nonce_, body)) _exit(connection_lost_status);
  }

 private:
  int connection_;
  std::uint64_t nonce_;
  shared_log& log_;
};

/// Tells the parent what happens in a trial.
class reporter : public trial_observer {
 public:
  explicit reporter(channel& parent) : parent_(parent) {}

  command after_step(const cost& spent, std::uint64_t planned_steps, double loss) override {
    constexpr auto interval = std::chrono::milliseconds(100);
    const auto now = std::chrono::steady_clock::now();
    if (now - last_sent_ < interval) return command::go_on;
    last_sent_ = now;
    parent_.send(message_kind::advanced, spent, planned_steps, loss);
    return parent_.asks_to_stop() ? command::stop : command::go_on;
  }
  void made(std::uint64_t parameters, std::uint64_t state_bytes, std::uint64_t scratch_bytes) override {
    parent_.note(message_kind::made, parameters, state_bytes, scratch_bytes);
  }
  void evaluated(const evaluation& point) override {
    ++evaluated_;
    parent_.note(message_kind::evaluated, point);
  }
  void checkpoint(std::span<const std::byte> bytes) override {
    parent_.send_as_it_is(message_kind::checkpoint, bytes);
  }
  void end_state(std::span<const std::byte> bytes) override {
    parent_.send_as_it_is(message_kind::end_state, bytes);
  }
  void went_on(const cost& from) override { parent_.send(message_kind::went_on, from); }
  void checkpoint_refused(const std::string& why) override {
    parent_.send(message_kind::refused, std::string_view(why));
  }

  /// The text of the curve, so that the parent, which saves the results of all, need not make it. It does
  /// where it is not told: for a trial that failed within an evaluation, or has no memory left.
  void write_curve(const std::vector<evaluation>& curve) {
    if (curve.size() != evaluated_) return;
    try {
      parent_.note(message_kind::curve, std::string_view(curve_points(curve)));
    } catch (const std::bad_alloc&) {
    }
  }

 private:
  channel& parent_;
  std::size_t evaluated_ = 0;
  std::chrono::steady_clock::time_point last_sent_ = std::chrono::steady_clock::now();
};

/// Bytes of private memory that the process may write, as RLIMIT_DATA counts them.
std::uint64_t data_size() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::uint64_t kibibytes = 0;
    if (word == "VmData:" && status >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

/// An allocation beyond the trial's limit fails as if the machine had no more.
void limit_memory(std::uint64_t bytes) {
  if (bytes == 0) return;
  rlimit limit{};
  getrlimit(RLIMIT_DATA, &limit);
  limit.rlim_cur = std::min<rlim_t>(data_size() + bytes, limit.rlim_max);
  setrlimit(RLIMIT_DATA, &limit);
}

std::vector<std::byte> receive_bytes(const descriptor& connection, std::uint64_t size) {
  std::vector<std::byte> bytes(size);
  if (!receive_all(connection.get(), bytes)) _exit(0);  // the parent is gone
  return bytes;
}

}  // namespace

void run_job(const descriptor& connection, std::uint64_t nonce, shared_log& log, const registry& plugins,
             const dataset* data) {
  close_all_but(connection.get());
  send_crash_notes(connection.get(), nonce);
  trial_job job{};
  if (!receive_all(connection.get(), std::as_writable_bytes(std::span(&job, 1)))) _exit(0);
  const std::vector<std::byte> spec_bytes = receive_bytes(connection, job.spec_size);
  const std::vector<std::byte> checkpoint = receive_bytes(connection, job.checkpoint_size);
  const trial_spec spec = spec_from_bytes(spec_bytes);
  channel parent(connection.get(), nonce, log);
  reporter observer(parent);
  limit_memory(spec.limits.memory);
  confine(confined_for::running);
  const trial_result result = run_trial(spec, plugins, data, observer, path_recording::thinned, checkpoint);
  std::fesetenv(FE_DFL_ENV);  // whatever a plugin did to it
  observer.write_curve(result.evaluations);
  parent.expect_connection();
  parent.note(message_kind::ended, result);
  _exit(0);
}

}  // namespace ravine
