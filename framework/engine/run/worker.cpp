#include "run/worker.hpp"

#include "process/crash_note.hpp"
#include "process/descriptor.hpp"
#include "process/message.hpp"
#include "train/trial.hpp"
#include "trial/trial_bytes.hpp"

#include <algorithm>
#include <cfenv>
#include <chrono>
#include <csignal>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ravine {
namespace {

/// The worker's end of the connection. If the parent is gone, so is the worker.
class channel {
 public:
  explicit channel(int descriptor) : descriptor_(descriptor), inode_(inode_of(descriptor)) {}

  template <class... Values>
  void send(message_kind kind, const Values&... values) {
    byte_writer whole;  // in one piece, which wakes the parent once
    whole << message_header{};
    (whole << ... << values);
    whole.replace(0, message_header{kind, 0, whole.bytes().size() - sizeof(message_header)});
    put(whole.bytes());
  }
  void send_as_it_is(message_kind kind, std::span<const std::byte> body) {
    const message_header header{kind, 0, body.size()};
    put(std::as_bytes(std::span(&header, 1)));
    put(body);
  }

  void receive(std::span<std::byte> into) {
    if (!receive_all(descriptor_, into)) _exit(0);
  }

  /// Whether the descriptor still is the connection: a plugin may have closed it, and others be there
  /// instead.
  bool is_whole() const { return inode_of(descriptor_) == inode_; }

 private:
  static ino_t inode_of(int descriptor) {
    struct stat status {};
    return fstat(descriptor, &status) == 0 ? status.st_ino : 0;
  }

  void put(std::span<const std::byte> bytes) {
    if (!send_all(descriptor_, bytes)) _exit(connection_lost);
  }

  int descriptor_;
  ino_t inode_;
};

/// Tells the parent what happens in a trial.
class reporter : public trial_observer {
 public:
  reporter(channel& parent, shared_log& curve) : parent_(parent), curve_(curve) {}

  command after_step(const cost& spent, std::uint64_t planned_steps, double loss) override {
    constexpr auto interval = std::chrono::milliseconds(100);
    const auto now = std::chrono::steady_clock::now();
    if (now - last_sent_ >= interval) {
      last_sent_ = now;
      parent_.send(message_kind::advanced, spent, planned_steps, loss);
    }
    return command::go_on;
  }
  void evaluated(const evaluation& point) override {
    byte_writer entry;
    entry << point;
    if (curve_.append(entry.bytes()) == shared_log::outcome::full) {
      parent_.send_as_it_is(message_kind::evaluated, entry.bytes());
    }
  }
  void checkpoint(std::span<const std::byte> bytes) override {
    parent_.send_as_it_is(message_kind::checkpoint, bytes);
  }
  void checkpoint_refused(const std::string& why) override {
    parent_.send(message_kind::refused, std::string_view(why));
  }

 private:
  channel& parent_;
  shared_log& curve_;
  std::chrono::steady_clock::time_point last_sent_ = std::chrono::steady_clock::now();
};

void close_all_but(int connection) {
  const auto kept = static_cast<unsigned>(connection);
  if (kept > 3) close_range(3, kept - 1, 0);
  close_range(kept + 1, ~0U, 0);
}

bool is_open(int descriptor) { return fcntl(descriptor, F_GETFD) >= 0; }

/// Input comes from nowhere; what plugins print does not mix with results.
void redirect_standard_streams() {
  const int nowhere = open("/dev/null", O_RDWR);
  dup2(nowhere, STDIN_FILENO);
  if (!is_open(STDERR_FILENO)) dup2(nowhere, STDERR_FILENO);
  dup2(STDERR_FILENO, STDOUT_FILENO);
  if (nowhere > STDERR_FILENO) close(nowhere);
}

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
  rlimit limit{};
  getrlimit(RLIMIT_DATA, &limit);
  limit.rlim_cur = bytes == 0 ? limit.rlim_max : std::min<rlim_t>(data_size() + bytes, limit.rlim_max);
  setrlimit(RLIMIT_DATA, &limit);
}

void run_job(channel& parent, shared_log& curve, const worker_world& world) {
  worker_job job{};
  parent.receive(std::as_writable_bytes(std::span(&job, 1)));
  std::vector<std::byte> checkpoint(job.checkpoint_size);
  parent.receive(checkpoint);
  const trial_spec& spec = world.trials[job.trial].spec;
  limit_memory(spec.limits.memory);
  reporter observer(parent, curve);
  trial_result result =
      run_trial(spec, *world.plugins, world.data(spec), observer, path_recording::thinned, checkpoint);
  limit_memory(0);
  std::fesetenv(FE_DFL_ENV);  // whatever a plugin did to it
  if (!parent.is_whole()) _exit(connection_lost);
  if (!is_open(STDERR_FILENO)) {
    result.status = trial_status::failed;
    result.reason = "a plugin closed descriptors that are not its own";
  }
  parent.send(message_kind::ended, result);
}

}  // namespace

void work(int connection, shared_log& curve, const worker_world& world) {
  static_cast<void>(std::signal(SIGINT, SIG_IGN));  // the parent decides what Ctrl-C means
  static_cast<void>(std::signal(SIGTERM, SIG_DFL));
  close_all_but(connection);
  redirect_standard_streams();
  send_crash_notes(connection);
  channel parent(connection);
  for (;;) run_job(parent, curve, world);
}

}  // namespace ravine
