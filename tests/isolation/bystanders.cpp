#include "bystanders.hpp"

#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ravine::testing {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

bool is_zombie(const fs::path& process) {
  const std::string stat = text_of(process / "stat");
  const std::size_t name_end = stat.rfind(')');
  return name_end == std::string::npos || stat.substr(name_end, 4) == ") Z ";
}

}  // namespace

bystanders::bystanders()
    : mark_(fmt::format("RAVINE_ISOLATION_MARK={}", folder_.path().filename().string())) {
  folder_.write("victim", "kept");
  fs::create_directories(folder_ / "out");
  fs::create_directories(folder_ / "cache");
  remember_files();
}

bystanders::~bystanders() {
  for (const pid_t each : descendants()) kill(each, SIGKILL);
}

std::optional<outcome> bystanders::run(const std::vector<std::string>& arguments, std::chrono::seconds most) {
  const std::size_t equals = mark_.find('=');
  program running(
      folder_, arguments,
      {{mark_.substr(0, equals), mark_.substr(equals + 1)}, {"XDG_CACHE_HOME", folder_ / "cache"}});
  return running.finish_within(most);
}

std::vector<pid_t> bystanders::descendants() const {
  std::vector<pid_t> found;
  std::error_code ignored;
  for (const fs::directory_entry& each : fs::directory_iterator("/proc", ignored)) {
    const std::string name = each.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    // The environment of shielded processes can't be read; their command line, which names the folder, can.
    const bool is_ours = text_of(each.path() / "environ").find(mark_) != std::string::npos ||
                         text_of(each.path() / "cmdline").find(folder_.path().string()) != std::string::npos;
    if (is_ours && !is_zombie(each.path())) found.push_back(std::stoi(name));
  }
  return found;
}

std::vector<std::string> bystanders::processes_left() const {
  std::vector<pid_t> left;
  for (int i = 0; i < 100; ++i) {
    left = descendants();
    if (left.empty()) break;
    std::this_thread::sleep_for(10ms);
  }
  std::vector<std::string> names;
  for (const pid_t each : left) {
    const std::string name = text_of(fmt::format("/proc/{}/comm", each));
    names.push_back(fmt::format("{} {}", each, name.substr(0, name.find('\n'))));
  }
  return names;
}

std::map<std::string, std::string> bystanders::files() const {
  std::map<std::string, std::string> all;
  for (const fs::directory_entry& each : fs::directory_iterator(folder_.path())) {
    const std::string name = each.path().filename();
    struct stat of {};
    if (name.starts_with(".std") || name == "out" || name == "cache" || stat(each.path().c_str(), &of) != 0)
      continue;
    all[name] =
        fmt::format("{:o} {}.{} {}", of.st_mode, of.st_mtim.tv_sec, of.st_mtim.tv_nsec, text_of(each.path()));
  }
  return all;
}

std::vector<std::string> bystanders::changed_files() const {
  const std::map<std::string, std::string> now = files();
  std::vector<std::string> changed;
  for (const auto& [name, content] : before_) {
    const auto same = now.find(name);
    if (same == now.end())
      changed.push_back("gone: " + name);
    else if (same->second != content)
      changed.push_back("changed: " + name);
  }
  for (const auto& [name, content] : now)
    if (!before_.contains(name)) changed.push_back("new: " + name);
  return changed;
}

void print_row(const std::string& kind, const std::string& how, double seconds, const std::string& what) {
  fmt::print("| {:36} | {:12} | {:5.2f} s | {}\n", kind, how, seconds, what);
  static_cast<void>(std::fflush(stdout));
}

}  // namespace ravine::testing
