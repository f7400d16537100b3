#include "cluster/slurm_run.hpp"

#include "cluster/array_files.hpp"
#include "cluster/part_cost.hpp"
#include "core/counted.hpp"
#include "core/error.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <optional>
#include <system_error>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

void slurm_run::run(const trial_list& trials) {
  std::error_code problem;
  fs::create_directories(settings_.folder, problem);
  if (problem) {
    throw error(fmt::format("{}: the folder of the parts can't be made: {}", settings_.folder.string(),
                            problem.message()));
  }
  keep_processor();
  const std::unordered_set<std::string> waited_for = take_up(trials);
  trial_list fresh = results_.missing(trials);
  if (!waited_for.empty()) {
    trial_list others;
    for (std::size_t i = 0; i < fresh.size(); ++i) {
      if (!waited_for.contains(fresh.hash(i))) others.append(fresh, i);
    }
    fresh = others;
  }
  if (!fresh.empty()) submit_fresh(fresh);
  while (!out_.empty() || !again_.empty()) {
    if (!go_on()) return;
    take_in();
    if (clock::now() >= next_look_) {
      look_at_jobs();
      if (!again_.empty()) submit(std::exchange(again_, {}));
    }
    report();
  }
  for (const array_files& each : arrays_) remove_files(each);
}

void slurm_run::keep_processor() {
  const fs::path file = processor_file(settings_.folder);
  if (!settings_.same_processor || fs::exists(file)) return;
  const std::vector<std::string> before = results_.processors(settings_.experiment);
  if (before.size() == 1) write_text(file, before.front());
  if (before.size() > 1) {
    tell(fmt::format("the results come from different processors already ({})", fmt::join(before, "; ")));
  }
}

std::uint64_t slurm_run::parts_wanted(double seconds, bool are_seconds, std::uint64_t trials) const {
  constexpr double longest = 600;  // seconds of a part: what ends a machine then costs little
  const std::uint64_t at_once = slurm_.tasks_at_once();
  std::uint64_t parts = 4 * at_once;  // costs that are not known may differ
  if (are_seconds) {
    const double each = seconds / static_cast<double>(slurm_.cores_of_task());
    const auto of_a_second = static_cast<std::uint64_t>(std::ceil(each));
    parts = std::max(std::min(at_once, of_a_second), static_cast<std::uint64_t>(std::ceil(each / longest)));
  }
  const std::uint64_t cores = slurm_.cores_of_task();
  return std::clamp<std::uint64_t>(parts, 1, (trials + cores - 1) / cores);
}

void slurm_run::submit_fresh(const trial_list& trials) {
  const expected_costs costs = costs_of(trials, results_.measured_costs(settings_.experiment));
  submit(cut(trials, costs, parts_wanted(costs.total(), costs.are_seconds, trials.size())));
}

void slurm_run::submit(std::vector<trial_list> parts) {
  const std::uint64_t most = slurm_.most_tasks();
  while (parts.size() > most) {
    again_.push_back(std::move(parts.back()));
    parts.pop_back();
  }
  try {
    submit_array(parts);
  } catch (const error& problem) {
    // Other limits than those that scontrol tells of, as of a partition.
    const std::string why = problem.what();
    const bool is_limit = why.find("Limit") != std::string::npos || why.find("violates") != std::string::npos;
    if (!is_limit || (parts.size() == 1 && out_.empty())) throw;
    tell(why + "; fewer parts are submitted at a time");
    const auto half = parts.begin() + static_cast<std::ptrdiff_t>(parts.size() / 2);
    std::move(half, parts.end(), std::back_inserter(again_));
    parts.erase(half, parts.end());
    if (!parts.empty()) submit(std::move(parts));
  }
}

void slurm_run::submit_array(std::vector<trial_list> parts) {
  const array_files files = new_array(settings_.folder);
  std::vector<part_out> added;
  added.reserve(parts.size());
  for (const trial_list& part : parts) added.push_back({files, added.size() + 1, "", part});
  const std::string build = current_provenance(1).build_sha256;
  write_trials(files.trials(), {settings_.experiment, build, std::move(parts)});
  std::string log = files.log(1).string();  // "%" means something to Slurm
  log = log.substr(0, log.size() - std::string("1.log").size());
  for (std::size_t at = log.find('%'); at != std::string::npos; at = log.find('%', at + 2))
    log.insert(at, "%");
  std::vector<std::string> task = settings_.task;
  task.push_back(files.trials().string());
  std::string job;
  try {
    for (part_out& each : added) pass_on_checkpoints(each);
    job = slurm_.submit(
        {job_name(settings_.experiment, files), added.size(), log + "%a.log", task, nodes_.left_out()});
  } catch (const error&) {
    remove_files(files);
    throw;
  }
  ++submitted_;
  for (part_out& each : added) each.job = job;
  arrays_.push_back(files);
  std::move(added.begin(), added.end(), std::back_inserter(out_));
  write_text(files.job(), job);
}

namespace {

/// The results file of a part before anything of it was run, with where its trials go on.
class begun_part {
 public:
  explicit begun_part(const part_out& part) : part_(part) {}

  /// Made with the first one: there are few.
  store& results() {
    if (!results_) {
      plan planned;
      planned.name = part_.files.part(part_.index);
      planned.trials = part_.trials;
      folder_.emplace();
      results_.emplace(store::open(*folder_ / "part.db"));
      results_->begin(planned);
    }
    return *results_;
  }
  /// Answers whether there is anything.
  bool publish_to(const fs::path& file) {
    if (!results_) return false;
    results_.reset();
    publish(*folder_ / "part.db", file);
    return true;
  }

 private:
  const part_out& part_;
  std::optional<scratch_folder> folder_;
  std::optional<store> results_;
};

}  // namespace

void slurm_run::pass_on_checkpoints(part_out& part) {
  begun_part begun(part);
  for (std::size_t i = 0; i < part.trials.size(); ++i) {
    const trial_spec& spec = part.trials.configuration(i).spec;
    if (spec.checkpoint_every) {
      const std::string hash = part.trials.hash(i);
      if (const auto kept = results_.checkpoint_of(hash)) {
        begun.results().save_checkpoint(hash, kept->state, kept->seconds, kept->origin);
        continue;  // it is further than the end of a shorter trial
      }
    }
    if (spec.checkpoint_at_end) {
      const std::string lineage = lineage_hash(part.trials[i].spec);
      if (const auto kept = results_.end_state_of(lineage))
        begun.results().save_end_state(lineage, kept->state, kept->seconds, kept->origin);
    }
  }
  if (!begun.publish_to(part.files.results(part.index))) return;
  part.version = version_of(part.files.results(part.index));
}

bool slurm_run::go_on() {
  switch (listener_.next()) {
    case run_listener::command::go_on:
      pause();
      return true;
    case run_listener::command::finish_trials: {
      take_in();
      constexpr auto patience = 3s;  // for who wants the jobs to end, too
      const auto deadline = clock::now() + patience;
      while (!out_.empty() && clock::now() < deadline) {
        if (listener_.next() == run_listener::command::stop_now) {
          cancel_all();
          return false;
        }
        std::this_thread::sleep_for(50ms);
      }
      leave();
      return false;
    }
    case run_listener::command::leave:
      take_in();
      leave();
      return false;
    case run_listener::command::stop_now:
      cancel_all();
      return false;
  }
  return false;
}

std::set<std::string> slurm_run::jobs_out() const {
  std::set<std::string> jobs;
  for (const part_out& each : out_) jobs.insert(each.job);
  return jobs;
}

void slurm_run::leave() {
  report();
  const std::set<std::string> jobs = jobs_out();
  left_.assign(jobs.begin(), jobs.end());
}

void slurm_run::cancel_all() {
  for (const std::string& job : jobs_out()) cancel_if_it_runs(job);
  report();
}

void slurm_run::pause() {
  const auto until = clock::now() + pause_;
  while (clock::now() < until && listener_.next() == run_listener::command::go_on) {
    std::this_thread::sleep_for(std::min<clock::duration>(50ms, pause_));
  }
  pause_ = std::min<clock::duration>(pause_ * 5 / 4, 2s);
}

void slurm_run::report() {
  parts_progress now;
  now.ended = std::exchange(ended_, {});
  std::set<std::string> nodes;
  now.waiting = again_.size();
  for (const part_out& each : out_) {
    const bool runs = !each.state.node.empty() && each.state.state != "PENDING";
    ++(runs ? now.running : now.waiting);
    if (runs) nodes.insert(each.state.node);
    if (!runs && now.reason.empty()) now.reason = each.state.reason;
  }
  if (now.running > 0 || now.reason == "None") now.reason.clear();
  now.nodes.assign(nodes.begin(), nodes.end());
  listener_.parts_advanced(now);
}

void slurm_run::tell(const std::string& what) {
  if (told_.insert(what).second) listener_.noticed(what);
}

}  // namespace ravine
