#include "process/descendants.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ravine {
namespace {

/// The parent of a process; 0 if it can't be told.
pid_t parent_of(const std::string& process) {
  std::ifstream stat("/proc/" + process + "/stat");
  std::string line;
  std::getline(stat, line);
  // PID (NAME) STATE PARENT …, and the name may hold anything.
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos || name_end + 4 > line.size()) return 0;
  pid_t parent = 0;
  std::from_chars(line.data() + name_end + 4, line.data() + line.size(), parent);
  return parent;
}

std::vector<pid_t> children_of_this_process() {
  std::vector<pid_t> children;
  std::error_code ignored;
  const pid_t self = getpid();
  for (std::filesystem::directory_iterator each("/proc", ignored), end; !ignored && each != end;
       each.increment(ignored)) {
    const std::string name = each->path().filename().string();
    if (!std::ranges::all_of(name, [](unsigned char c) { return std::isdigit(c) != 0; })) continue;
    if (parent_of(name) == self) children.push_back(static_cast<pid_t>(std::stol(name)));
  }
  return children;
}

bool has_children() {
  siginfo_t ignored{};
  return waitid(P_ALL, 0, &ignored, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

}  // namespace

void kill_children_but(std::span<const pid_t> kept) {
  // Processes that fork as they are killed are caught in a later round.
  constexpr int most_rounds = 1000;
  for (int round = 0; round < most_rounds && has_children(); ++round) {
    std::vector<pid_t> found = children_of_this_process();
    std::erase_if(found, [&](pid_t id) { return std::ranges::find(kept, id) != kept.end(); });
    if (found.empty()) return;
    for (const pid_t id : found) ::kill(id, SIGKILL);
    for (const pid_t id : found) waitpid(id, nullptr, 0);
  }
}

void close_all_but(int kept) {
  constexpr unsigned first = STDERR_FILENO + 1;
  const auto number = static_cast<unsigned>(kept);
  if (number > first) close_range(first, number - 1, 0);
  close_range(std::max(number + 1, first), ~0U, 0);
}

void unmap_shared_memory() {
  std::ifstream maps("/proc/self/maps");
  std::vector<std::pair<std::uintptr_t, std::uintptr_t>> shared;
  for (std::string line; std::getline(maps, line);) {
    // BEGIN-END rw-s OFFSET …
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
    const char* const last = line.data() + line.size();
    const auto first_number = std::from_chars(line.data(), last, begin, 16);
    if (first_number.ptr == last) continue;
    const auto second_number = std::from_chars(first_number.ptr + 1, last, end, 16);
    if (last - second_number.ptr < 5) continue;
    if (second_number.ptr[2] == 'w' && second_number.ptr[4] == 's') shared.emplace_back(begin, end);
  }
  for (const auto& [begin, end] : shared) {
    munmap(reinterpret_cast<void*>(begin), end - begin);  // NOLINT(performance-no-int-to-ptr)
  }
}

}  // namespace ravine
