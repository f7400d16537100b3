#include "program.hpp"
#include "results.hpp"

#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

// What identifies a trial besides its manifest, and what is stored of where it was run.
namespace {

namespace fs = std::filesystem;
using namespace ravine::testing;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto on_files = R"(name: files
problems:
  - use: softmax
    data: {use: idx, with: {train_images: i, train_labels: l, test_images: i, test_labels: l, classes: 2}}
    train: {steps: 3, batch_size: 4}
optimizers: [{use: sgd}]
)";

/// Eight images of one pixel, of the brightness `ink` and of none in turn, with labels that say which.
void write_images(const work_folder& folder, char ink) {
  const std::string count("\0\0\0\x08", 4), one("\0\0\0\x01", 4);
  std::string pixels, labels;
  for (int i = 0; i < 8; ++i) {
    pixels += i % 2 == 0 ? ink : '\0';
    labels += i % 2 == 0 ? '\1' : '\0';
  }
  folder.write("i", std::string("\0\0\x08\x03", 4) + count + one + one + pixels);
  folder.write("l", std::string("\0\0\x08\x01", 4) + count + labels);
}

TEST(provenance, data_that_changed_under_the_same_path_are_run_again) {
  const work_folder folder;
  folder.write("files.yaml", on_files);
  write_images(folder, '\x40');
  ASSERT_EQ(run_ravine(folder, {"run", "files.yaml"}).status, 0);
  EXPECT_THAT(run_ravine(folder, {"run", "files.yaml"}).err, HasSubstr("the trial is in files.db already"));
  EXPECT_THAT(run_ravine(folder, {"run", "files.yaml", "--dry-run"}).out,
              AllOf(HasSubstr("softmax: data idx, SHA-256 "), HasSubstr("0 of 1 trial still to be run")));
  const auto before = rows_of(folder / "files.db", "SELECT data_sha256 FROM results");
  fs::copy(folder / "files.db", folder / "before.db");
  write_images(folder, '\x60');
  EXPECT_THAT(run_ravine(folder, {"run", "files.yaml", "--dry-run"}).out,
              HasSubstr("1 of 1 trial still to be run"));
  EXPECT_THAT(run_ravine(folder, {"run", "files.yaml"}).err, HasSubstr("1 of 1 trial to run"));
  const auto after = rows_of(folder / "files.db", "SELECT data_sha256 FROM results");
  EXPECT_NE(before, after);
  EXPECT_THAT(run_ravine(folder, {"compare", "before.db", "files.db"}).out,
              AllOf(HasSubstr(fmt::format("softmax (data {})", before.at(0).substr(0, 8))),
                    HasSubstr(fmt::format("softmax (data {})", after.at(0).substr(0, 8)))));
}

TEST(provenance, a_dry_run_without_the_data_shows_the_plan_and_says_what_is_not_known) {
  const work_folder folder;
  folder.write("files.yaml", on_files);
  const outcome shown = run_ravine(folder, {"run", "files.yaml", "--dry-run"});
  EXPECT_EQ(shown.status, 0);
  EXPECT_THAT(shown.out,
              AllOf(HasSubstr("files: 1 trial\n"), HasSubstr("What is still to be run is not known: i: ")));
}

TEST(provenance, is_stored_with_each_trial) {
  const work_folder folder;
  folder.write("files.yaml", on_files);
  write_images(folder, '\x40');
  const outcome done = run_ravine(folder, {"run", "files.yaml"}, {{"SLURM_JOB_ID", "4711"}});
  ASSERT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(rows_of(folder / "files.db",
                      "SELECT job, length(build_sha256), libm LIKE 'glibc 2.%', blas LIKE 'OpenBLAS %', "
                      "length(blas_kernel) > 2, cores > 0, length(node) > 0 FROM results"),
              ElementsAre("slurm 4711|64|1|1|1|1|1"));
}

/// The kernels that are offered where the name is wrong.
std::vector<std::string> kernels(const work_folder& folder) {
  const std::string refusal = run_ravine(folder, {"run", "files.yaml", "--blas-kernel", "Pentium"}).err;
  EXPECT_THAT(refusal, AllOf(HasSubstr("--blas-kernel: OpenBLAS has no kernel Pentium, and would take "),
                             HasSubstr("; expected one of ")));
  std::vector<std::string> names;
  const std::string start = "expected one of ";
  std::string rest = refusal.substr(refusal.find(start) + start.size());
  rest = rest.substr(0, rest.find('\n'));
  while (!rest.empty()) {
    names.push_back(rest.substr(0, rest.find(", ")));
    rest = names.back().size() == rest.size() ? "" : rest.substr(names.back().size() + 2);
  }
  return names;
}

TEST(provenance, a_blas_kernel_can_be_pinned_and_compare_warns_where_they_are_mixed) {
  const work_folder folder;
  folder.write("files.yaml", on_files);
  write_images(folder, '\x40');
  const std::vector<std::string> names = kernels(folder);
  EXPECT_FALSE(fs::exists(folder / "files.db"));
  if (names.size() < 2) GTEST_SKIP() << "this OpenBLAS has one kernel";
  for (const std::string& name : {names.front(), names.back()}) {
    const std::string file = name + ".db";
    ASSERT_EQ(run_ravine(folder, {"run", "files.yaml", "--blas-kernel", name, "--out", file}).status, 0);
    EXPECT_THAT(rows_of(folder / file, "SELECT blas_kernel FROM results"), ElementsAre(name));
  }
  EXPECT_THAT(run_ravine(folder, {"compare", names.front() + ".db", names.back() + ".db"}).status, 0);
  // Of two seeds: the same trial twice is counted once.
  ASSERT_EQ(run_ravine(folder, {"run", "files.yaml", "--blas-kernel", names.back(), "--set", "seed=2",
                                "--out", names.back() + ".db"})
                .status,
            0);
  EXPECT_THAT(
      run_ravine(folder, {"compare", names.front() + ".db", names.back() + ".db"}).out,
      AllOf(HasSubstr("results of 2 OpenBLAS kernels ("), HasSubstr(names.front()), HasSubstr(names.back())));
}

TEST(provenance, a_checkpoint_of_another_blas_kernel_is_not_used) {
  const work_folder folder;
  folder.write("files.yaml", on_files);
  const std::vector<std::string> names = kernels(folder);
  if (names.size() < 2) GTEST_SKIP() << "this OpenBLAS has one kernel";
  folder.write("long.yaml", R"(name: long
problems: [{use: mlp, with: {hidden: [8]}, data: {use: digits, with: {train: 100, validation: 0, test: 10}}}]
train: {steps: 3000000}
evaluate: {every: {steps: 1000000}}
checkpoint: {every: {steps: 200}}
optimizers: [{use: sgd}]
)");
  const auto stop_after = [&](const std::string& kernel, const auto& until) {
    program running(folder, {"run", "long.yaml", "--jobs", "1", "--blas-kernel", kernel});
    until(running);
    running.send(SIGKILL);
    return running.finish();
  };
  stop_after(names.front(), [&](program& running) {
    for (int i = 0; i < 3000; ++i) {
      usleep(10'000);
      if (fs::exists(folder / "long.db-wal") && fs::file_size(folder / "long.db-wal") > 0 &&
          number_of(folder / "long.db", "SELECT count(*) FROM sqlite_schema WHERE name = 'checkpoints'") ==
              1 &&
          number_of(folder / "long.db", "SELECT count(*) FROM checkpoints") == 1) {
        return;
      }
    }
    ADD_FAILURE() << running.err();
  });
  const auto says = [&](const std::string& kernel, const std::string& words) {
    bool said = false;
    stop_after(kernel, [&](program& running) { said = running.says(words); });
    return said;
  };
  EXPECT_TRUE(
      says(names.back(), fmt::format("and its kernel {}, but this trial runs with OpenBLAS", names.front())));
}

constexpr auto long_trial =
    "name: long\n"
    "problems: [{use: rosenbrock, train: {steps: 100000000}}]\n"
    "optimizers: [{use: adam, with: {lr: 1e-9}}]\n";

/// Kills the trial of a run as soon as it computes, after `before`.
void kill_trial(
    const program& running, const std::function<void()>& before = [] {}) {
  const pid_t worker = worker_of(running);
  ASSERT_GT(worker, 0);
  const pid_t trial = child_of(worker);
  ASSERT_GT(trial, 0);
  usleep(100'000);  // until it computes
  before();
  ASSERT_EQ(kill(trial, SIGKILL), 0);
}

// What the kernel's OOM killer does looks the same, but for its counter; see also oom_kills in the unit
// tests.
TEST(oom_killer, is_told_from_another_process_that_kills_a_trial) {
  const work_folder folder;
  folder.write("long.yaml", long_trial);
  program running(folder, {"run", "long.yaml", "--jobs", "1"});
  ASSERT_TRUE(running.says(" to run, into"));
  kill_trial(running);
  const outcome done = running.finish();
  EXPECT_THAT(done.err, HasSubstr("crashed"));
  EXPECT_THAT(
      done.err,
      AnyOf(HasSubstr("SIGKILL from another process: by the kernel's counters it was not for lack of memory"),
            HasSubstr("SIGKILL, which the system sends when its memory runs out")))
      << "the latter where there are no counters";
}

TEST(oom_killer, is_known_by_its_counter_and_its_trial_is_run_again) {
#if defined(RAVINE_SANITIZE_ADDRESS)
  GTEST_SKIP() << "AddressSanitizer wants to be loaded before anything else";
#endif
  const work_folder folder;
  folder.write("long.yaml", long_trial);
  folder.write("made-up/proc/self/cgroup", "0::/group\n");
  const auto count = [&](int kills) {
    folder.write("made-up/sys/fs/cgroup/group/memory.events", fmt::format("oom 9\noom_kill {}\n", kills));
  };
  count(4);
  program running(folder, {"run", "long.yaml", "--jobs", "1"},
                  {{"LD_PRELOAD", RAVINE_OTHER_FILE_SYSTEM}, {"GROUPS_ROOT", folder / "made-up"}});
  ASSERT_TRUE(running.says(" to run, into"));
  kill_trial(running, [&] { count(5); });
  const outcome done = running.finish();
  EXPECT_THAT(done.err, HasSubstr("the kernel's OOM killer ended it"));
  EXPECT_THAT(rows_of(folder / "long.db", "SELECT status FROM trials"), ElementsAre("out of memory"));
  EXPECT_THAT(run_ravine(folder, {"run", "long.yaml", "--dry-run"}).out,
              HasSubstr("\n1 of 1 trial still to be run into long.db\n"));
}

}  // namespace
