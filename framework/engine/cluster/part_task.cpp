#include "cluster/part_task.hpp"

#include "cluster/array_files.hpp"
#include "core/error.hpp"
#include "data/data_error.hpp"
#include "plugin/named_file.hpp"
#include "process/resources.hpp"
#include "store/store.hpp"
#include "tuning/run_plan.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;
using task_clock = std::chrono::steady_clock;

/// The shared folder does not take results: no note would get there either.
struct unpublished : error {
  using error::error;
};

void expect_plugin(const registry& plugins, component_kind kind, const component_spec& wanted) {
  const component* const found = plugins.find(kind, wanted.use);
  if (found == nullptr) {
    throw error(fmt::format("there is no {} {} here; install the command's plugins on every machine",
                            to_string(kind), wanted.use));
  }
  if (found->file->sha256 == wanted.plugin_sha256) return;
  throw error(
      fmt::format("the {} {} comes from another file than the command's: {} has SHA-256 {}, expected {}; "
                  "install the same "
                  "plugins on every machine",
                  to_string(kind), wanted.use, found->file->path.string(), found->file->sha256.substr(0, 12),
                  wanted.plugin_sha256.substr(0, 12)));
}

/// The files among a model's settings are the command's.
void expect_files(const component_spec& model) {
  for (const auto& [name, wanted] : model.file_sha256) {
    const auto& path = std::get<std::string>(model.with.at(name));
    const std::string found = read_named_file(path).sha256();
    if (found == wanted) continue;
    throw error(fmt::format(
        "{} of the model {}, {}, has SHA-256 {}, expected {}: it is another file than the command's", name,
        model.use, path, found.substr(0, 12), wanted.substr(0, 12)));
  }
}

void expect_plugins(const registry& plugins, const trial_spec& spec) {
  expect_plugin(plugins, component_kind::model, spec.problem.model);
  expect_files(spec.problem.model);
  for_each_optimizer(spec.optimizer, [&](const optimizer_spec& rule) {
    expect_plugin(plugins, component_kind::optimizer, rule.optimizer);
    for (const auto& [hyperparameter, stages] : rule.schedules) {
      for (const schedule_stage& stage : stages)
        expect_plugin(plugins, component_kind::scheduler, stage.scheduler);
    }
  });
}

/// The first task that begins decides which kind of processor all have.
void expect_processor(const fs::path& folder, const std::string& processor) {
  const fs::path file = processor_file(folder);
  const int made = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (made >= 0) {
    ::close(made);
    return write_text(file, processor);
  }
  constexpr auto most = std::chrono::seconds(10);  // for the first one to write it
  const auto deadline = task_clock::now() + most;
  std::string first = read_text(file);
  while (first.empty() && task_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    first = read_text(file);
  }
  if (first == processor) return;
  throw error(fmt::format("its processor is {}, and --require same-processor keeps to {}", processor, first));
}

/// Publishes what is saved by now and then, and passes on what the command is asked.
class copying_listener : public run_listener {
 public:
  copying_listener(run_listener& asked, store& results, fs::path copy, fs::path to)
      : asked_(asked), results_(results), copy_(std::move(copy)), to_(std::move(to)) {}

  void trial_began(const planned_trial&) override {}
  void trial_advanced(const planned_trial&, const cost&, std::uint64_t, double) override {}
  void trial_ended(const planned_trial&, const trial_result&) override { has_news_ = true; }
  void trial_checkpoint(const planned_trial&, std::span<const std::byte>, double) override {
    has_news_ = true;
  }
  command next() override {
    if (has_news_ && task_clock::now() >= due_) copy();
    return asked_.next();
  }

 private:
  /// At most a twentieth of the time goes here. A copy that fails is no loss: another one comes.
  void copy() {
    constexpr auto least = std::chrono::seconds(20);
    const auto began = task_clock::now();
    try {
      results_.copy_to(copy_);
      publish(copy_, to_);
      has_news_ = false;
    } catch (const error& problem) {
      asked_.noticed(problem.what());
    }
    const auto now = task_clock::now();
    due_ = now + std::max<task_clock::duration>(least, 20 * (now - began));
  }

  run_listener& asked_;
  store& results_;
  fs::path copy_, to_;
  bool has_news_ = false;
  task_clock::time_point due_ = task_clock::now() + std::chrono::seconds(20);
};

/// A shared folder that is full or away may be back in a while; nobody waits for it for ever.
void publish_patiently(const fs::path& from, const fs::path& to, run_listener& listener) {
  constexpr int tries = 6;
  for (int tried = 1;; ++tried) {
    try {
      return publish(from, to);
    } catch (const error& problem) {
      if (tried == tries) throw unpublished(problem.what());
      listener.noticed(fmt::format("{}; trying again", problem.what()));
    }
    std::this_thread::sleep_for(std::chrono::seconds(1 << tried));
  }
}

/// Opens the file that the part goes into: a copy of what an earlier task of the part has left, if it is
/// sound.
store open_part(const fs::path& local, const fs::path& left, run_listener& listener) {
  std::error_code problem;
  if (fs::copy_file(left, local, problem)) {
    try {
      return store::open(local);
    } catch (const store_error& damage) {
      listener.noticed(fmt::format("{}; the part begins at its start", damage.what()));
      fs::remove(local);
    }
  }
  return store::open(local);
}

/// Where nothing holds a task to its cores, Slurm's word has to do.
unsigned jobs_of(const part_task& task, const trial_list& trials) {
  if (task.jobs != 0) return task.jobs;
  unsigned cores = granted_resources().cores;
  if (const char* const told = std::getenv("SLURM_CPUS_ON_NODE")) {
    unsigned number = 0;
    std::from_chars(told, told + std::string_view(told).size(), number);
    if (number > 0) cores = std::min(cores, number);
  }
  const auto threads = static_cast<unsigned>(trials.configuration(0).spec.threads);
  return std::max(1U, cores / threads);
}

/// Answers whether all of them have ended.
bool run_trials(const part_task& task, const trial_list& trials, const registry& plugins, worker_executor& by,
                run_listener& listener) {
  const array_files files(task.trials);
  const unsigned jobs = jobs_of(task, trials);
  const provenance origin = current_provenance(jobs);
  by.use_jobs(jobs);
  for (const planned_trial& each : trials.configurations()) expect_plugins(plugins, each.spec);
  if (task.same_processor) expect_processor(task.trials.parent_path(), origin.machine);
  by.prepare(trials.configurations());
  const scratch_folder folder;
  const fs::path local = folder / "part.db";
  plan part;
  part.name = files.part(task.index);
  part.trials = trials;
  bool is_whole = false;
  {
    store results = open_part(local, files.results(task.index), listener);
    copying_listener copying(listener, results, folder / "copy.db", files.results(task.index));
    run_plan(part, results, by, copying, origin);
    is_whole = results.unfinished(trials).empty();
  }
  publish_patiently(local, files.results(task.index), listener);
  return is_whole;
}

}  // namespace

part_ending run_part(const part_task& task, const registry& plugins, worker_executor& by,
                     run_listener& listener) {
  const array_files files(task.trials);
  const auto refuse = [&](const std::string& why) {
    write_refusal(files.refusal(task.index), {current_provenance(task.jobs).node, why});
    listener.noticed(why);
    return part_ending::refused;
  };
  std::error_code ignored;  // there may be none, and this start of the task decides anew
  fs::remove(files.refusal(task.index), ignored);
  constexpr std::uint64_t most_starts = 3;
  if (task.starts >= most_starts) {
    listener.noticed(
        fmt::format("the batch system has lost this part {} times; the command cuts it anew", task.starts));
    return part_ending::interrupted;
  }
  trial_list trials;
  try {
    trials = read_part(task.trials, task.index);
  } catch (const error& why) {
    return refuse(why.what());
  }
  try {
    const bool is_whole = run_trials(task, trials, plugins, by, listener);
    return is_whole ? part_ending::finished : part_ending::interrupted;
  } catch (const unpublished&) {
    throw;
  } catch (const data_error& why) {
    if (listener.next() != run_listener::command::go_on)
      return part_ending::interrupted;  // it cut the loading short
    return refuse(why.what());
  } catch (const error& why) {  // of this machine's disk, as well
    return refuse(why.what());
  }
}

}  // namespace ravine
