#include "run/worker_process.hpp"

#include "data/shared_file.hpp"
#include "process/crash_note.hpp"
#include "process/own_time.hpp"
#include "process/resources.hpp"
#include "process/sandbox.hpp"
#include "run/worker.hpp"
#include "trial/spec_bytes.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <poll.h>

namespace ravine {
namespace {

constexpr std::uint64_t text_limit = 65536;

std::optional<std::uint64_t> largest_report(message_kind kind) {
  switch (kind) {
    case message_kind::unusable:
    case message_kind::ready:
      return text_limit;
    case message_kind::started:
      return sizeof(std::int32_t);
    case message_kind::gone:
      return sizeof(process_end);
    case message_kind::crashed:
      return sizeof(crash_note);
    default:
      return std::nullopt;
  }
}

std::optional<std::uint64_t> largest_message(message_kind kind) {
  switch (kind) {
    case message_kind::made:
      return 3 * sizeof(std::uint64_t);
    case message_kind::advanced:
      return sizeof(cost) + sizeof(std::uint64_t) + sizeof(double);
    case message_kind::evaluated:
    case message_kind::refused:
      return text_limit;
    case message_kind::checkpoint:
    case message_kind::end_state:
    case message_kind::curve:
      return std::uint64_t{1} << 30U;
    case message_kind::went_on:
      return sizeof(cost);
    case message_kind::ended:
      return std::uint64_t{1} << 20U;  // its path has at most some thousand points of a few dimensions
    case message_kind::crashed:
      return sizeof(crash_note);
    default:
      return std::nullopt;
  }
}

/// The sum of those fields of a file of /proc, in bytes; 0 if it can't be read.
std::uint64_t sum_of(const std::string& file, std::initializer_list<std::string_view> fields) {
  std::ifstream lines(file);
  std::uint64_t sum = 0;
  for (std::string word; lines >> word;) {
    std::uint64_t kibibytes = 0;
    if (std::ranges::find(fields, word) != fields.end() && lines >> kibibytes) sum += kibibytes * 1024;
  }
  return sum;
}

}  // namespace

worker_needs needs_of(const trial_spec& spec, const registry& plugins, const dataset* data) {
  worker_needs needs{{}, data};
  const auto add = [&](component_kind kind, const std::string& id) {
    if (const component* const found = plugins.find(kind, id))
      needs.files.push_back(found->file->path.string());
  };
  add(component_kind::model, spec.problem.model.use);
  for_each_optimizer(spec.optimizer, [&](const optimizer_spec& rule) {
    add(component_kind::optimizer, rule.optimizer.use);
    for (const auto& [hyperparameter, stages] : rule.schedules) {
      for (const schedule_stage& stage : stages) add(component_kind::scheduler, stage.scheduler.use);
    }
  });
  std::ranges::sort(needs.files);
  needs.files.erase(std::unique(needs.files.begin(), needs.files.end()), needs.files.end());
  return needs;
}

worker_process::worker_process(std::shared_ptr<zygote> from, worker_needs needs)
    : zygote_(std::move(from)),
      needs_(std::move(needs)),
      process_(zygote_->start()),
      reports_(0, largest_report),
      messages_(0, largest_message) {
  byte_writer names;
  for (const std::string& file : needs_.files) names << std::string_view(file);
  const worker_setup setup{names.bytes().size(), needs_.data != nullptr ? 1U : 0U};
  std::vector<int> passed{log_.file()};
  if (needs_.data != nullptr) passed.push_back(needs_.data->descriptor());
  // If the worker is gone already, that is seen later.
  static_cast<void>(send_passing(process_.connection.get(), std::as_bytes(std::span(&setup, 1)), passed) &&
                    send_all(process_.connection.get(), names.bytes()));
}

void worker_process::kill() {
  if (process_.id < 0) return;
  fault found{trial_status::interrupted, "its worker was killed"};
  try {
    const process_end end = zygote_->end(std::exchange(process_.id, -1));
    if (!is_ready_) {  // a plugin can do that only while it is loaded
      const std::string how = note_ ? describe(*note_) : describe(end);
      found = {trial_status::crashed, "while its plugins were loaded, " + how};
    }
  } catch (const process_error&) {
    found.reason = "the process that starts workers was killed";  // and everything with it
  }
  if (!lost_) lost_ = std::move(found);
}

bool worker_process::start(const trial_spec& spec, const kept_checkpoint& from) {
  began_ = std::chrono::steady_clock::now();
  seconds_before_ = from.seconds;
  oom_kills_before_ = oom_kills();
  log_.clear();
  end_.reset();
  trial_id_ = -1;
  socket_ends ends = make_socket_pair();
  trial_ = std::move(ends.ours);
  const worker_order order{new_nonce()};
  messages_ = message_reader(order.nonce, largest_message);
  const std::vector<std::byte> bytes = to_bytes(spec);
  const trial_job job{bytes.size(), from.bytes.size()};
  const int theirs = ends.theirs.get();
  if (!send_passing(process_.connection.get(), std::as_bytes(std::span(&order, 1)), std::span(&theirs, 1))) {
    return false;
  }
  ends.theirs.close();  // or a trial that dies before it reads would not be noticed
  return send_both(trial_.get(), std::as_bytes(std::span(&job, 1)), bytes) &&
         send_all(trial_.get(), from.bytes);
}

void worker_process::ask_to_stop() const {
  constexpr std::byte request{1};
  static_cast<void>(send_all(trial_.get(), std::span(&request, 1)));  // a trial that is gone has stopped
}

void worker_process::receive() {
  // The worker first: when it says that the trial has ended, what the trial has said is there.
  if (process_.connection.get() >= 0) {
    if (!reports_.receive(process_.connection.get())) process_.connection.close();
    while (const auto said = reports_.next()) hear(*said);
  }
  pollfd worker{process_.handle.get(), POLLIN, 0};
  const bool worker_gone = poll(&worker, 1, 0) > 0;
  if (worker_gone) kill();
  const bool last = end_ || worker_gone;
  while (trial_.get() >= 0) {
    const auto before = messages_.size();
    if (!messages_.receive(trial_.get())) trial_.close();
    if (!last || messages_.size() == before) break;
  }
}

void worker_process::hear(const message& said) {
  byte_reader body(said.body);
  switch (said.kind) {
    case message_kind::ready:
      body >> blas_.name >> blas_.kernel;
      is_ready_ = true;
      break;
    case message_kind::unusable:
      // The plugins were fine when they were looked at: the trial has not failed, and is run again.
      lost_ = {trial_status::interrupted,
               {reinterpret_cast<const char*>(said.body.data()), said.body.size()}};
      break;
    case message_kind::crashed:
      note_ = body.get<crash_note>();
      break;
    case message_kind::started:
      body >> trial_id_;
      break;
    case message_kind::gone:
      end_ = body.get<process_end>();
      break;
    default:
      break;
  }
}

std::optional<bool> worker_process::saw_oom_kill() const {
  const auto now = oom_kills();
  return now && oom_kills_before_ ? std::optional(*now > *oom_kills_before_) : std::nullopt;
}

double worker_process::seconds() const {
  const std::chrono::duration<double> now = std::chrono::steady_clock::now() - began_;
  return seconds_before_ + now.count();
}

bool worker_process::loads_for_longer_than(double seconds) const {
  const std::chrono::duration<double> age = std::chrono::steady_clock::now() - made_, most(seconds);
  if (is_ready_ || age <= most) return false;
  return age > sandbox_limits::patience * most || own_time(process_.id, age) > most;
}

bool worker_process::exceeds(std::uint64_t bytes) const {
  if (trial_id_ < 0) return false;
  // Quick, but it counts what the trial shares with others, or maps twice.
  if (sum_of(fmt::format("/proc/{}/status", trial_id_), {"RssAnon:", "RssShmem:"}) <= bytes) return false;
  const std::uint64_t own =
      sum_of(fmt::format("/proc/{}/smaps_rollup", trial_id_), {"Pss_Anon:", "Pss_Shmem:"});
  const std::uint64_t shared = needs_.data != nullptr ? needs_.data->file->bytes().size() : 0;
  return own > bytes + shared;
}

std::string describe(const process_end& end) {
  if (end.signal == 0 && (end.exit_code == connection_lost_status || end.exit_code == 0)) {
    return "a plugin closed the trial's connection";
  }
  if (end.signal == 0) return fmt::format("a plugin ended the process with status {}", end.exit_code);
  if (end.signal == SIGKILL) return "SIGKILL, which the system sends when its memory runs out";
  return signal_name(end.signal);
}

}  // namespace ravine
