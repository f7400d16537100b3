#include "slurm_support.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sys/mount.h>

// Faults of the folder that machines share, and of their clocks.
namespace ravine::testing {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// A small file system of its own.
class small_disk {
 public:
  explicit small_disk(fs::path at) : at_(std::move(at)) {
    fs::create_directories(at_);
    is_mounted_ = mount("none", at_.c_str(), "tmpfs", 0, "size=8m") == 0;
  }
  ~small_disk() { umount2(at_.c_str(), MNT_DETACH); }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;

  bool is_mounted() const { return is_mounted_; }
  void fill() const {
    std::ofstream filler(at_ / "filler", std::ios::binary);
    while (filler << std::string(4096, 'x') << std::flush) continue;
  }
  void empty() const { fs::remove(at_ / "filler"); }
  /// Answers whether it could be done.
  bool remount(unsigned long flags) const {
    return mount("none", at_.c_str(), "tmpfs", MS_REMOUNT | flags, "size=8m") == 0;
  }

 private:
  fs::path at_;
  bool is_mounted_;
};

TEST_F(slurm_test, a_shared_folder_that_is_full_or_read_only_costs_nothing_once_it_is_not) {
  folder_.write("slow.yaml", slow);
  const small_disk shared(folder_ / "shared");
  if (!shared.is_mounted()) GTEST_SKIP() << "nothing can be mounted here";
  const texts words = on_slurm("slow.yaml", {"--shared", "shared"});
  shared.fill();
  const outcome full = run_ravine(folder_, words, environment());
  EXPECT_EQ(full.status, 1);
  EXPECT_NE(full.err.find("No space left on device"), std::string::npos) << full.err;
  EXPECT_TRUE(is_queue_empty());
  shared.empty();
  {
    set_partition("DOWN");
    program waiting(folder_, words, environment());
    ASSERT_TRUE(waiting.says("waiting")) << waiting.err();
    ASSERT_TRUE(shared.remount(MS_RDONLY));
    set_partition("UP");
    const outcome done = waiting.finish();
    EXPECT_EQ(done.status, 1);
    EXPECT_NE(done.err.find("Read-only file system"), std::string::npos) << done.err;
    ASSERT_TRUE(shared.remount(0));
  }
  program again(folder_, words, environment());
  ASSERT_TRUE(again.says("[")) << again.err();
  shared.fill();
  std::this_thread::sleep_for(3s);
  shared.empty();
  const outcome done = again.finish();
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_FALSE(fs::exists(folder_ / "shared" / "slow.parts"));
  expect_like_local("slow.yaml", "slow.db");
}

TEST_F(slurm_test, a_slow_shared_folder_without_locks_that_shows_files_late_and_wrong_clocks_cost_nothing) {
  folder_.write("slow.yaml", slow);
  fs::create_directory(folder_ / "shared");
  std::map<std::string, std::string> poor = environment();
  poor.insert({{"LD_PRELOAD", RAVINE_POOR_MACHINE},
               {"SHARED", folder_ / "shared"},
               {"SHARED_LOCKS", "none"},
               {"SHARED_DELAY", "300"},
               {"SHARED_UNSEEN", "5"}});
  const outcome refused = run_ravine(folder_, on_slurm("slow.yaml", {"--out", "shared/slow.db"}), poor);
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.err.find("its file system has no locks"), std::string::npos) << refused.err;
  const outcome done = run_ravine(
      folder_, on_slurm("slow.yaml", {"--shared", "shared"}, "export=ALL,CLOCK_AHEAD=-100000"), poor);
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_NE(done.err.find("1 job array submitted"), std::string::npos) << "nothing is run twice\n"
                                                                       << done.err;
  EXPECT_FALSE(fs::exists(folder_ / "shared" / "slow.parts"));
  expect_like_local("slow.yaml", "slow.db");
}

}  // namespace
}  // namespace ravine::testing
