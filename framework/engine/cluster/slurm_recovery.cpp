#include "cluster/array_files.hpp"
#include "cluster/part_cost.hpp"
#include "cluster/slurm_run.hpp"
#include "core/counted.hpp"
#include "core/error.hpp"
#include "store/merge.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <system_error>
#include <thread>

#include <fmt/format.h>

// What arrives, and what doesn't.
namespace ravine {

namespace {

constexpr unsigned most_losses = 3;  // of a trial that runs alone
constexpr std::uint64_t pieces_of_lost = 8;
constexpr const char* completed = "COMPLETED";  // a task that says so has published all results of its part

/// The job of an array, as the command noted it; empty if it came to no note.
std::string noted_job(const array_files& files) {
  return std::filesystem::exists(files.job()) ? read_text(files.job()) : "";
}

std::string found_job(const task_states& states, const std::string& name) {
  const auto found =
      std::ranges::find_if(states, [&](const auto& each) { return each.second.job_name == name; });
  return found == states.end() ? "" : found->first.first;
}

const task_state* find_task(const task_states& states, const std::string& job, std::uint64_t index) {
  const auto found = states.find({job, index});
  return found == states.end() ? nullptr : &found->second;
}

/// What it has published may not be seen yet.
bool may_bring_results(const task_state& task, const part_out& part) {
  if (task.state == completed) return !part.was_set_aside;
  return !task.has_ended() && !task.is_held();
}

bool is_in_queue(const task_states& states, const std::string& job) {
  return std::ranges::any_of(
      states, [&](const auto& each) { return each.first.first == job && !each.second.has_ended(); });
}

/// What a task has printed at last; empty if nothing.
std::string last_line(const std::filesystem::path& log) {
  std::ifstream in(log);
  std::string last;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) last = line;
  }
  constexpr std::size_t longest = 200;
  return last.substr(0, longest);
}

}  // namespace

std::unordered_set<std::string> slurm_run::take_up(const trial_list& trials) {
  std::unordered_set<std::string> waited_for;
  const std::vector<array_files> arrays = arrays_in(settings_.folder);
  if (arrays.empty()) return waited_for;
  const auto states = slurm_.states();
  if (!states) {
    throw error(fmt::format("squeue does not answer, and {} holds parts that may still run; try again later",
                            settings_.folder.string()));
  }
  std::unordered_set<std::string> wanted;
  for (std::size_t i = 0; i < trials.size(); ++i) wanted.insert(trials.hash(i));
  for (const array_files& each : arrays) {
    array_head head;
    try {
      head = read_head(each.trials());
    } catch (const error& problem) {
      tell(fmt::format("not used: {}", problem.what()));
      continue;
    }
    if (head.experiment != settings_.experiment) continue;
    try {
      take_up(each, *states, wanted, waited_for);
    } catch (const store_error&) {
      throw;
    } catch (const error& problem) {
      end_other_build(each, head.parts, *states, problem.what());
    }
  }
  return waited_for;
}

void slurm_run::take_up(const array_files& files, const task_states& states,
                        const std::unordered_set<std::string>& wanted,
                        std::unordered_set<std::string>& waited_for) {
  const array_trials array = read_trials(files.trials());
  const std::string job = job_of(files, states);
  std::uint64_t running = 0;
  for (std::uint64_t i = 1; i <= array.parts.size(); ++i) {
    part_out part{files, i, job, array.parts[i - 1]};
    if (!version_of(files.results(i)).empty() && take(part)) continue;
    const task_state* const task = find_task(states, job, i);
    if (task == nullptr || !may_bring_results(*task, part)) continue;
    const trial_list left = results_.unfinished(part.trials);
    bool is_wanted = false;
    for (std::size_t t = 0; t < left.size(); ++t) {
      const std::string hash = left.hash(t);
      if (!wanted.contains(hash)) continue;
      is_wanted = true;
      waited_for.insert(hash);
    }
    if (!is_wanted) continue;
    part.state = *task;
    out_.push_back(std::move(part));
    ++running;
  }
  arrays_.push_back(files);
  if (running > 0)
    tell(fmt::format("job {}: {} of an earlier command {} waited for", job, counted(running, "part"),
                     running == 1 ? "is" : "are"));
}

std::string slurm_run::job_of(const array_files& files, const task_states& states) const {
  const std::string noted = noted_job(files);
  return noted.empty() ? found_job(states, job_name(settings_.experiment, files)) : noted;
}

void slurm_run::end_other_build(const array_files& files, std::uint64_t parts, const task_states& states,
                                const std::string& why) {
  const std::string job = job_of(files, states);
  if (is_in_queue(states, job)) {
    try {
      slurm_.cancel(job);
    } catch (const error& problem) {
      throw error(fmt::format(
          "{}; job {} still runs what it holds, and can't be cancelled ({}): end it, or wait until squeue "
          "--jobs={} lists nothing, and start the same command again; or keep to that build",
          why, job, problem.what(), job));
    }
  }
  // Tasks leave what they have done when they are asked to end, which takes them some seconds.
  constexpr auto patience = std::chrono::seconds(30);
  const auto until = clock::now() + patience;
  for (auto now = slurm_.states(); now && is_in_queue(*now, job) && clock::now() < until;
       now = slurm_.states()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
  for (std::uint64_t i = 1; i <= parts; ++i) {
    part_out part{files, i, "", {}};
    if (!version_of(files.results(i)).empty()) take(part);
  }
  tell(fmt::format("{}: what was there is taken, and nothing of it runs any more", why));
  remove_files(files);
}

void slurm_run::cancel_if_it_runs(const std::string& job) {
  try {
    slurm_.cancel(job);
  } catch (const error& problem) {
    tell(problem.what());  // as of one that has ended meanwhile
  }
}

void slurm_run::take_in() {
  std::erase_if(out_, [&](part_out& part) {
    const std::string now = version_of(part.files.results(part.index));
    const bool is_whole = !now.empty() && now != part.version && take(part);
    if (is_whole) nodes_.note_sound(part.state.node);
    return is_whole;
  });
}

bool slurm_run::take(part_out& part) {
  const std::filesystem::path file = part.files.results(part.index);
  part.version = version_of(file);
  try {
    merged_file taken = results_.take(file, part.files.part(part.index));
    taken.endings.erase(trial_status::interrupted);  // these are run again
    for (const auto& [status, count] : taken.endings) ended_[status] += count;
    part.has_advanced = part.has_advanced || !taken.endings.empty() || taken.checkpoints > 0;
    if (taken.conflicts > 0) {
      tell(fmt::format("{}: {} with another result than before, which is kept ({})", file.string(),
                       counted(taken.conflicts, "trial"), taken.conflict));
    }
  } catch (const unwritable_results&) {
    throw;
  } catch (const store_error& problem) {
    set_aside(part, problem.what());
    return false;
  }
  pause_ = std::chrono::milliseconds(100);
  if (!results_.unfinished(part.trials).empty()) return false;
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  return true;
}

void slurm_run::set_aside(part_out& part, const std::string& why) {
  part.was_set_aside = true;
  const std::filesystem::path file = part.files.results(part.index);
  const std::filesystem::path aside = std::filesystem::path(file) += set_aside_ending;
  std::error_code ignored;
  std::filesystem::rename(file, aside, ignored);
  tell(fmt::format("{}; it is set aside as {}, and what it lacks is run again", why,
                   aside.filename().string()));
}

void slurm_run::look_at_jobs() {
  const auto began = clock::now();
  const auto states = slurm_.states();
  const auto now = clock::now();
  // Slurm's controller has others to serve.
  next_look_ = now + std::clamp<clock::duration>(20 * (now - began), std::chrono::seconds(1),
                                                 std::chrono::seconds(30));
  if (!states) return tell("squeue does not answer; parts that arrive are taken all the same");
  note_sound_nodes(*states);
  std::vector<part_out> ended;
  std::erase_if(out_, [&](part_out& part) {
    if (!has_ended(part, find_task(*states, part.job, part.index), now)) return false;
    ended.push_back(part);
    return true;
  });
  for (part_out& part : ended) {
    if (part.state.is_held()) cancel_if_it_runs(fmt::format("{}_{}", part.job, part.index));
    const std::string version = version_of(part.files.results(part.index));
    if (version.empty() || version == part.version || !take(part)) recover(part);
  }
}

bool slurm_run::has_ended(part_out& part, const task_state* task, clock::time_point now) {
  const std::string last_node = part.state.node;
  if (task != nullptr) {
    part.state = *task;
  } else if (part.state.state != completed) {
    part.state.state = "gone";
  }
  if (part.state.node.empty()) part.state.node = last_node;
  if (task != nullptr && !task->has_ended() && !task->is_held()) {
    part.times_seen_ended = 0;
    return false;
  }
  if (part.times_seen_ended++ == 0) part.seen_ended = now;
  // Files of other machines may take a moment to be seen. A task that has completed left all its results
  // there, and clients of NFS know of a new file a minute later (acdirmax).
  constexpr unsigned looks = 2;
  constexpr auto longest_unseen = std::chrono::seconds(75);
  const bool may_be_unseen = part.state.state == completed && !part.was_set_aside;
  return part.times_seen_ended >= looks && (!may_be_unseen || now - part.seen_ended >= longest_unseen);
}

void slurm_run::recover(const part_out& part) {
  trial_list left = results_.unfinished(part.trials);
  if (left.empty()) return;
  if (std::filesystem::exists(part.files.refusal(part.index))) return recover_refused(part, std::move(left));
  const std::string said = part.has_advanced ? "" : last_line(part.files.log(part.index));
  tell(fmt::format("part {} has ended{}: {}{}; {} of {} left, to be submitted again",
                   part.files.part(part.index), part.state.node.empty() ? "" : " on " + part.state.node,
                   part.state.state, said.empty() ? "" : fmt::format(" ({})", said), left.size(),
                   counted(part.trials.size(), "trial")));
  if (!part.has_advanced) return recover_lost(part, left);
  for (std::size_t i = 0; i < left.size(); ++i) losses_.erase(left.hash(i));
  submit_again_in_pieces(left, pieces_of_lost);  // it may have been more than a time limit allows
}

void slurm_run::recover_refused(const part_out& part, trial_list left) {
  const refused_part why = read_refusal(part.files.refusal(part.index));
  const std::string node = part.state.node.empty() ? why.node : part.state.node;
  tell(fmt::format("{} runs nothing: {}", node, why.reason));
  if (node.empty())
    throw error(
        fmt::format("part {} was refused, and Slurm does not say where", part.files.part(part.index)));
  nodes_.leave_out(node);
  again_.push_back(std::move(left));
}

void slurm_run::recover_lost(const part_out& part, const trial_list& left) {
  unsigned losses = 0;
  for (std::size_t i = 0; i < left.size(); ++i) losses = std::max(losses, ++losses_[left.hash(i)]);
  if (left.size() == 1 && losses >= most_losses) {
    trial_result result;
    result.status = trial_status::lost;
    result.reason = fmt::format("its task ended without a result {} times, the last time as {}{}", losses,
                                part.state.state, part.state.node.empty() ? "" : " on " + part.state.node);
    listener_.trial_ended(left[0], result);
    return;
  }
  const bool is_of_job = part.state.state == "OUT_OF_MEMORY" || part.state.state == "TIMEOUT";
  if (losses == 1 && !is_of_job && nodes_.blame(part.state.node)) {
    tell(fmt::format("{}: {} parts were lost there, and none has completed; it is left out from now on",
                     part.state.node, node_record::most_losses));
  }
  // In smaller parts, so that a trial that takes its machine down is alone in the end.
  submit_again_in_pieces(left, losses == 1 ? pieces_of_lost : left.size());
}

void slurm_run::submit_again_in_pieces(const trial_list& left, std::uint64_t pieces) {
  for (trial_list& each : cut(left, costs_of(left, {}), pieces)) again_.push_back(std::move(each));
}

void slurm_run::note_sound_nodes(const task_states& states) {
  const std::set<std::string> jobs = jobs_out();
  for (const auto& [task, state] : states) {
    if (jobs.contains(task.first) && state.state == completed) nodes_.note_sound(state.node);
  }
}

}  // namespace ravine
