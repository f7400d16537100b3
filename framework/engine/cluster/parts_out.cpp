#include "cluster/parts_out.hpp"

#include "core/error.hpp"
#include "process/message.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>

namespace ravine {

std::string version_of(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return "";
  return fmt::format("{} {} {}.{}", found.st_ino, found.st_size, found.st_mtim.tv_sec, found.st_mtim.tv_nsec);
}

std::vector<array_files> arrays_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> found;
  std::error_code none;
  for (const auto& each : std::filesystem::directory_iterator(folder, none)) {
    if (each.path().extension() == ".trials") found.push_back(each.path());
  }
  std::ranges::sort(found);
  return {found.begin(), found.end()};
}

array_files new_array(const std::filesystem::path& folder) {
  unsigned last = 0;
  for (const array_files& each : arrays_in(folder)) {
    const std::string& name = each.array();
    unsigned number = 0;
    std::from_chars(name.data(), name.data() + name.size(), number);
    last = std::max(last, number);
  }
  return {folder, fmt::format("{:04}-{:08x}", last + 1, new_nonce() >> 32U)};
}

std::string job_name(std::string_view experiment, const array_files& files) {
  std::string name(experiment);
  const auto is_plain = [](char each) {
    return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || (each >= '0' && each <= '9') ||
           each == '_' || each == '-' || each == '.';
  };
  std::ranges::replace_if(
      name, [&](char each) { return !is_plain(each); }, '_');
  return fmt::format("ravine-{}-{}", name, files.array());
}

void remove_files(const array_files& files) {
  std::error_code ignored;
  std::vector<std::filesystem::path> left;
  for (const auto& each : std::filesystem::directory_iterator(files.trials().parent_path(), ignored)) {
    const std::string name = each.path().filename().string();
    if (name.starts_with(files.array()) && !name.ends_with(set_aside_ending)) left.push_back(each.path());
  }
  for (const std::filesystem::path& each : left) std::filesystem::remove(each, ignored);
}

}  // namespace ravine
