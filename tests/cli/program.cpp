#include "program.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ravine::testing {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// The environment of the tests without what would change the program's ways, and with `more`. What commands
/// find out about plugins, which takes a second for the shipped ones, all tests of a build remember together.
std::vector<std::string> environment_with(const fs::path& folder, std::map<std::string, std::string> more) {
  more.try_emplace("XDG_DATA_HOME", folder / "no-data");
  more.try_emplace("XDG_CACHE_HOME", fs::path(RAVINE_PROGRAM).parent_path() / "tests-cache");
  more.try_emplace("PATH", "/usr/bin:/bin");
  for (const char* kept :
       {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS", "LD_LIBRARY_PATH"}) {
    if (const char* const value = std::getenv(kept)) more.try_emplace(kept, value);
  }
  std::vector<std::string> all;
  all.reserve(more.size());
  for (const auto& [name, value] : more) all.push_back(std::string(name).append("=").append(value));
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

int open_terminal() {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0) {
    throw std::runtime_error("no pseudo-terminal can be opened");
  }
  return terminal;
}

}  // namespace

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

work_folder::work_folder() {
  std::string name = (fs::temp_directory_path() / "ravine-cli-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder can be made");
  path_ = name;
}

work_folder::~work_folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

fs::path work_folder::write(const std::string& name, const std::string& text) const {
  fs::create_directories((path_ / name).parent_path());
  std::ofstream(path_ / name, std::ios::binary) << text;
  return path_ / name;
}

program::program(const work_folder& folder, const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment, error_stream err)
    : out_(folder / ".stdout"), err_(folder / ".stderr") {
  std::vector<std::string> words{RAVINE_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment_with(folder.path(), environment);
  fs::path error_target = err_;
  if (err != error_stream::file) {
    terminal_ = open_terminal();
    error_target = ptsname(terminal_);
  }
  const fs::path& output_target = err == error_stream::terminal_with_output ? error_target : out_;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addchdir_np(&files, folder.path().c_str());
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output_target.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY, 0600);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, error_target.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY, 0600);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);  // a plugin may signal its whole group
  const int failure = posix_spawn(&process_, RAVINE_PROGRAM, &files, &attributes, pointers(words).data(),
                                  pointers(variables).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (failure != 0) throw std::runtime_error(std::string("can't be started: ") + RAVINE_PROGRAM);
}

program::~program() {
  if (!has_ended()) {
    send(SIGKILL);
    waitpid(process_, &wait_status_, 0);
  }
  if (terminal_ >= 0) close(terminal_);
}

std::string program::err() const { return terminal_ >= 0 ? shown_ : text_of(err_); }

bool program::says(const std::string& text) {
  const auto patience = std::chrono::steady_clock::now() + 30s;
  while (std::chrono::steady_clock::now() < patience) {
    const bool over = has_ended();  // before the look, so that nothing said at last is missed
    read_terminal();
    if (err().find(text) != std::string::npos) return true;
    if (over) return false;
    std::this_thread::sleep_for(1ms);
  }
  return false;
}

void program::send(int signal) const { kill(process_, signal); }

outcome program::finish() {
  while (!has_ended()) {
    read_terminal();
    std::this_thread::sleep_for(1ms);
  }
  read_terminal();
  const int status = WIFEXITED(wait_status_) ? WEXITSTATUS(wait_status_) : -WTERMSIG(wait_status_);
  return {status, text_of(out_), err()};
}

std::optional<outcome> program::finish_within(std::chrono::seconds most) {
  const auto patience = std::chrono::steady_clock::now() + most;
  while (!has_ended() && std::chrono::steady_clock::now() < patience) std::this_thread::sleep_for(1ms);
  if (!has_ended()) return std::nullopt;
  return finish();
}

bool program::has_ended() {
  if (!ended_) ended_ = waitpid(process_, &wait_status_, WNOHANG) == process_;
  return ended_;
}

void program::read_terminal() {
  if (terminal_ < 0) return;
  char buffer[4096];
  for (ssize_t count; (count = read(terminal_, buffer, sizeof buffer)) > 0;) {
    shown_.append(buffer, static_cast<std::size_t>(count));
  }
}

pid_t child_of(pid_t parent) {
  pid_t child = -1;
  const std::string id = std::to_string(parent);
  std::ifstream("/proc/" + id + "/task/" + id + "/children") >> child;
  return child > 0 ? child : -1;
}

pid_t worker_of(const program& running) {
  const auto patience = std::chrono::steady_clock::now() + 10s;
  while (std::chrono::steady_clock::now() < patience) {
    const pid_t starter = child_of(running.id());
    const pid_t worker = starter > 0 ? child_of(starter) : -1;
    if (worker > 0 && child_of(worker) > 0) return worker;
    std::this_thread::sleep_for(1ms);
  }
  return -1;
}

outcome run_ravine(const work_folder& folder, const std::vector<std::string>& arguments,
                   const std::map<std::string, std::string>& environment) {
  return program(folder, arguments, environment).finish();
}

std::string usage_error(const outcome& wrong) {
  EXPECT_EQ(wrong.status, 2);
  EXPECT_EQ(wrong.out, "");
  return wrong.err;
}

}  // namespace ravine::testing
