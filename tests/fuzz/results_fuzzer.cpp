#include "fuzz/requirement.hpp"
#include "store/merge.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

using ravine::fuzzing::require;

namespace {

namespace fs = std::filesystem;

/// A folder in memory, where there is one, gone at the end.
class scratch {
 public:
  scratch() {
    const fs::path memory = "/dev/shm";
    std::string name =
        ((fs::exists(memory) ? memory : fs::temp_directory_path()) / "ravine-fuzz-XXXXXX").string();
    require(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;

  fs::path file() const { return path_ / "fuzz.db"; }

 private:
  fs::path path_;
};

ravine::planned_trial trial_of(std::uint64_t repetition) {
  ravine::planned_trial trial;
  trial.spec.problem.label = "valley";
  trial.spec.optimizer.label = "adam";
  trial.spec.optimizer.optimizer.with = {{"lr", 0.1}};
  trial.spec.point = {{"lr", 0.1}};
  trial.spec.repetition = repetition;
  trial.hash = std::to_string(repetition);
  return trial;
}

/// A results file as ravine run leaves it: two trials, and a checkpoint of a third.
std::vector<std::uint8_t> whole_file(const fs::path& file) {
  {
    ravine::store results = ravine::store::open(file);
    ravine::plan plan;
    plan.name = "fuzz";
    plan.manifest = "name: fuzz";
    for (std::uint64_t i = 0; i < 3; ++i) plan.trials.push_back(trial_of(i));
    results.begin(plan);
    ravine::trial_result result;
    result.spent = {3, 3, 0, 0.5, 0.25};
    result.evaluations = {{{}, {{"loss", 2}}}, {{.steps = 3}, {{"loss", 1}, {"value.lr", 0.1}}}};
    result.path = {2, {0, 3}, {0, 3}, {1, 2, 3, 4}, {2, 1}};
    for (std::uint64_t i = 0; i < 2; ++i) results.save(plan.trials[i], result, {"machine", "build", 1});
    results.save_checkpoint(plan.trials[2].hash, std::vector<std::byte>(100), 1, {"machine", "build", 1});
  }
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Reading ends in results, or in words that begin with the file's name.
template <class Use>
void tolerate(const fs::path& file, Use use) {
  try {
    use();
  } catch (const ravine::store_error& problem) {
    require(std::string_view(problem.what()).starts_with(file.string() + ": "));
  }
}

void read_all(const fs::path& file) {
  tolerate(file, [&] {
    const ravine::store results = ravine::store::open_read_only(file);
    for (const ravine::stored_trial& each : results.trials()) {
      tolerate(file, [&] { results.trajectory_of(each.id); });
    }
    tolerate(file, [&] { static_cast<void>(results.experiments()); });
    tolerate(file, [&] { static_cast<void>(results.endings("fuzz")); });
    tolerate(file, [&] { static_cast<void>(results.range_tests()); });
    tolerate(file, [&] { static_cast<void>(results.has(trial_of(0))); });
    tolerate(file, [&] { static_cast<void>(results.checkpoint_of("2")); });
    tolerate(file, [&] { static_cast<void>(results.final_metric("1", "loss")); });
  });
}

void write_more(const fs::path& file) {
  tolerate(file, [&] {
    ravine::store results = ravine::store::open(file);
    results.save(trial_of(2), {}, {"machine", "build", 1});
  });
}

/// All of it, or nothing: what is taken leaves a file that can be read.
void merge(const fs::path& file, const fs::path& into) {
  fs::remove(into);
  bool is_taken = false;
  {
    ravine::results_merge all(into, [] { return true; });
    tolerate(file, [&] {
      all.take(file);
      is_taken = true;
    });
    if (is_taken) all.finish();
  }
  if (!is_taken) return;
  static_cast<void>(ravine::store::open(into));  // which checks pages, curves and paths
  const ravine::store results = ravine::store::open_read_only(into);
  for (const ravine::stored_trial& each : results.trials()) results.trajectory_of(each.id);
  static_cast<void>(results.experiments());
  static_cast<void>(results.range_tests());
}

}  // namespace

/// Random bytes are no database: changes are made to one, a few bytes at a time, and now and then to all.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned seed) {
  static const std::vector<std::uint8_t> whole = [] {
    const scratch folder;
    return whole_file(folder.file());
  }();
  if (size < 100 && most >= whole.size()) {
    std::memcpy(data, whole.data(), whole.size());
    size = whole.size();
  }
  if (seed % 8 == 0 || size < 64) return LLVMFuzzerMutate(data, size, most);
  for (unsigned i = 0; i < 1 + seed % 3; ++i) {
    const std::size_t at = (std::size_t{seed} * 2654435761U + i * 40503U) % (size - 32);
    LLVMFuzzerMutate(data + at, 1 + seed % 32, 1 + seed % 32);
  }
  return size;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const scratch folder;
  const fs::path file = folder.file();
  for (const char* suffix : {"-wal", "-shm", "-journal"}) fs::remove(fs::path(file) += suffix);
  std::ofstream(file, std::ios::binary | std::ios::trunc)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  read_all(file);
  merge(file, file.parent_path() / "merged.db");
  write_more(file);
  return 0;
}
