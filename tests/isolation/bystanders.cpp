#include "bystanders.hpp"

#include <csignal>
#include <stdexcept>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ravine::testing {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

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

void bystanders::know_shipped_plugins() {
  static bystanders before;
  static const std::optional<outcome> listed = before.run({"plugins", "list"}, 60s);
  if (!listed || listed->status != 0) throw std::runtime_error("ravine plugins list fails");
  fs::copy(before.folder_ / "cache", folder_ / "cache", fs::copy_options::recursive);
}

std::map<std::string, std::string> bystanders::environment() const {
  const std::size_t equals = mark_.find('=');
  return {{mark_.substr(0, equals), mark_.substr(equals + 1)}, {"XDG_CACHE_HOME", folder_ / "cache"}};
}

std::optional<outcome> bystanders::run(const std::vector<std::string>& arguments, std::chrono::seconds most) {
  return program(folder_, arguments, environment()).finish_within(most);
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

std::vector<pid_t> bystanders::descendants_that_stay() const {
  for (int i = 0; i < 100; ++i) {
    if (descendants().empty()) return {};
    std::this_thread::sleep_for(10ms);
  }
  return descendants();
}

std::vector<std::string> bystanders::traces_left() const {
  std::vector<std::string> traces;
  for (const pid_t each : descendants_that_stay()) {
    const std::string name = text_of(fmt::format("/proc/{}/comm", each));
    traces.push_back(fmt::format("process {} {}", each, name.substr(0, name.find('\n'))));
  }
  const std::map<std::string, std::string> now = files();
  for (const auto& [name, content] : before_) {
    const auto same = now.find(name);
    if (same == now.end())
      traces.push_back("gone: " + name);
    else if (same->second != content)
      traces.push_back("changed: " + name);
  }
  for (const auto& [name, content] : now)
    if (!before_.contains(name)) traces.push_back("new: " + name);
  return traces;
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

void print_row(const std::string& kind, const std::string& how, std::chrono::duration<double> taken,
               const std::string& what, const std::vector<std::string>& traces) {
  const std::string left = traces.size() > 3 ? fmt::format("{} traces", traces.size())
                                             : fmt::format("{}", fmt::join(traces, ", "));
  fmt::print("| {:36} | {:8} | {:5.2f} s | {}{}{}\n", kind, how, taken.count(), what,
             left.empty() ? "" : "; LEFT ", left);
  static_cast<void>(std::fflush(stdout));
}

}  // namespace ravine::testing
