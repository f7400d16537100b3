#include "cluster/slurm.hpp"

#include "core/error.hpp"
#include "process/child_process.hpp"
#include "process/descriptor.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <span>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pwd.h>
#include <unistd.h>

namespace ravine {
namespace {

using words = std::vector<std::string>;

/// What a command printed on both standard streams, and whether it succeeded.
struct answer {
  bool succeeded;
  std::string text;
};

answer ask(const words& command) {
  constexpr auto patience = std::chrono::seconds(60);
  const auto deadline = std::chrono::steady_clock::now() + patience;
  pipe_ends output = make_pipe();
  child_process process;
  try {
    const int to = output.write.get();
    process = child_process::start({.command = command,
                                    .output = to,
                                    .errors = to,
                                    .process_group = program::group::own});  // Ctrl-C is not for it
  } catch (const process_error& problem) {
    throw error(fmt::format(
        "{} can't be started ({}): --on slurm needs Slurm's commands (Debian's package slurm-client) on a "
        "machine of the cluster; without Slurm, ravine run --part I/N runs parts by hand, see "
        "docs/cluster.md",
        command[0], problem.reason()));
  }
  output.write.close();
  std::string text;
  std::array<std::byte, 65536> piece{};
  for (;;) {
    const auto size = read_until(output.read.get(), piece, deadline);
    if (!size) throw error(fmt::format("{} has not answered for a minute; is slurmctld alive?", command[0]));
    if (*size == 0) break;
    text.append(reinterpret_cast<const char*>(piece.data()), *size);
  }
  const process_end end = process.wait();
  return {end.signal == 0 && end.exit_code == 0, std::move(text)};
}

std::string one_line(std::string text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.pop_back();
  std::ranges::replace(text, '\n', ' ');
  return text;
}

std::string expected_answer(const words& command) {
  const answer said = ask(command);
  if (!said.succeeded) throw error(fmt::format("{} says: {}", command[0], one_line(said.text)));
  return said.text;
}

std::string quoted_for_shell(const std::string& word) {
  std::string quoted = "'";
  for (const char each : word) quoted += each == '\'' ? std::string("'\\''") : std::string(1, each);
  return quoted + "'";
}

words lines_of(const std::string& text) {
  words lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// Its number, where it has no name.
std::string user_name() {
  const passwd* const found = getpwuid(geteuid());  // NOLINT(concurrency-mt-unsafe): there is one thread
  return found != nullptr ? found->pw_name : fmt::format("{}", geteuid());
}

/// What the command itself gives.
constexpr std::array own_options{"array",  "wrap",  "parsable", "job-name",
                                 "output", "error", "wait",     "test-only"};

}  // namespace

bool task_state::has_ended() const {
  constexpr std::array ends{"BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE",      "FAILED",
                            "NODE_FAIL", "PREEMPTED", "REVOKED",   "OUT_OF_MEMORY", "TIMEOUT"};
  return std::ranges::any_of(ends, [&](const char* each) { return state == each; });
}

bool task_state::is_held() const {
  return state == "PENDING" && (reason.starts_with("launch") || reason.starts_with("JobHoldMaxRequeue"));
}

std::optional<std::uint64_t> slurm_limit(std::string_view text, std::string_view name) {
  std::optional<std::uint64_t> least;
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const bool is_whole = at == 0 || std::isalnum(static_cast<unsigned char>(text[at - 1])) == 0;
    std::size_t place = at + name.size();
    while (place < text.size() && (text[place] == ' ' || text[place] == '=')) ++place;
    std::uint64_t number = 0;
    const auto end = std::from_chars(text.data() + place, text.data() + text.size(), number);
    if (is_whole && place > at + name.size() && end.ec == std::errc()) {
      least = std::min(least.value_or(number), number);
    }
  }
  return least;
}

task_states task_states_from(const std::string& text) {
  constexpr std::size_t fields = 6;  // of the format in slurm::states
  task_states all;
  for (const std::string& line : lines_of(text)) {
    words found;
    std::istringstream in(line);
    for (std::string field; std::getline(in, field, '|');) found.push_back(field);
    std::uint64_t number = 0;
    if (found.size() < fields - 1) continue;
    found.resize(fields);
    const auto end = std::from_chars(found[1].data(), found[1].data() + found[1].size(), number);
    if (end.ec != std::errc()) continue;  // no array
    all[{found[0], number}] = {found[2], found[3], found[4], found[5]};
  }
  return all;
}

slurm::slurm(std::vector<std::string> options) : options_(std::move(options)) {
  for (std::string& each : options_) {
    while (each.starts_with('-')) each.erase(0, 1);
    const std::string name = each.substr(0, each.find('='));
    if (std::ranges::find(own_options, name) != own_options.end()) {
      throw error(fmt::format("the option {} of sbatch is given by ravine itself; leave it out", name));
    }
  }
}

std::optional<std::string> slurm::option(std::string_view name) const {
  std::optional<std::string> last;
  for (const std::string& each : options_) {
    if (each.starts_with(fmt::format("{}=", name))) last = each.substr(name.size() + 1);
  }
  return last;
}

std::uint64_t slurm::cores_of_task() const {
  std::uint64_t cores = 1;
  if (const auto given = option("cpus-per-task")) {
    std::from_chars(given->data(), given->data() + given->size(), cores);
  }
  return std::max<std::uint64_t>(1, cores);
}

std::uint64_t slurm::tasks_at_once() const {
  constexpr std::uint64_t usual = 16;
  words command{"sinfo", "--noheader", "--format=%C"};
  if (const auto partition = option("partition")) command.push_back("--partition=" + *partition);
  const answer said = ask(command);
  const std::size_t slash = said.text.rfind('/');  // allocated/idle/other/total
  std::uint64_t cores = 0;
  if (said.succeeded && slash != std::string::npos) {
    std::from_chars(said.text.data() + slash + 1, said.text.data() + said.text.size(), cores);
  }
  return cores == 0 ? usual : std::max<std::uint64_t>(1, cores / cores_of_task());
}

std::uint64_t slurm::most_tasks() const {
  const std::string config = expected_answer({"scontrol", "show", "config"});
  // Numbers of tasks are below MaxArraySize, and ours begin with 1.
  std::uint64_t most = slurm_limit(config, "MaxArraySize").value_or(1001) - 1;
  const auto states_now = states();
  std::uint64_t queued = 0;
  for (const auto& [task, state] : states_now.value_or(task_states())) queued += state.has_ended() ? 0 : 1;
  const auto lower = [&](std::optional<std::uint64_t> limit) {
    if (limit) most = std::min(most, *limit > queued ? *limit - queued : 1);
  };
  lower(slurm_limit(config, "MaxJobCount"));
  // Without accounting there are no such limits, and scontrol has no answer.
  const answer limits = ask({"scontrol", "show", "assoc_mgr", "flags=assoc,qos", "users=" + user_name()});
  if (limits.succeeded) {
    for (const char* name : {"MaxSubmitJobs", "MaxSubmitJobsPU", "GrpSubmitJobs"})
      lower(slurm_limit(limits.text, name));
  }
  return std::max<std::uint64_t>(1, most);
}

std::string slurm::submit(const job_array& array) const {
  words command{"sbatch", "--parsable", "--requeue", "--signal=B:TERM@60"};
  for (const std::string& each : options_) command.push_back("--" + each);
  command.push_back(fmt::format("--array=1-{}", array.tasks));
  command.push_back("--job-name=" + array.name);
  command.push_back("--output=" + array.output);
  if (!array.excluded.empty()) command.push_back(fmt::format("--exclude={}", fmt::join(array.excluded, ",")));
  std::string task = "exec";
  for (const std::string& word : array.command) task += " " + quoted_for_shell(word);
  command.push_back("--wrap=" + task);
  for (const std::string& line : lines_of(expected_answer(command))) {
    if (!line.empty() && std::isdigit(static_cast<unsigned char>(line[0])) != 0)
      return line.substr(0, line.find(';'));
  }
  throw error("sbatch has accepted a job, and does not say which");
}

std::optional<task_states> slurm::states() const {
  const answer said =
      ask({"squeue", "--me", "--noheader", "--array", "--states=all", "--format=%F|%K|%T|%N|%j|%r"});
  if (!said.succeeded) return std::nullopt;
  return task_states_from(said.text);
}

void slurm::cancel(const std::string& job) const { expected_answer({"scancel", job}); }

}  // namespace ravine
