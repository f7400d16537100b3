#include "plugin/description_cache.hpp"

#include "core/sha256.hpp"
#include "process/confinement.hpp"
#include "process/descriptor.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view signature = "Ravine's plugin descriptions 2";
constexpr std::uint64_t largest_file = std::uint64_t{64} << 20U;
constexpr std::size_t digest_length = 64;  // hexadecimal digits

fs::path cache_folder() {
  if (const char* const cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/') {
    return fs::path(cache) / "ravine";
  }
  const char* const home = std::getenv("HOME");
  return home == nullptr || *home != '/' ? fs::path() : fs::path(home) / ".cache/ravine";
}

fs::path program() { return fs::read_symlink("/proc/self/exe"); }

/// Programs that are installed side by side do not undo each other's work; and a plugin that may do less may
/// be refused.
fs::path cache_file() {
  const std::string name = program().string();
  const std::string digest = sha256_hex(std::as_bytes(std::span(name)));
  const bool confined = current_confinement() == confinement_mode::on;
  return cache_folder() / fmt::format("plugins-{}{}", digest.substr(0, 16), confined ? "" : "-unconfined");
}

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + std::int64_t{time.tv_nsec};
}

file_identity as_identity(const struct stat& facts) {
  return {facts.st_dev, facts.st_ino, static_cast<std::uint64_t>(facts.st_size), nanoseconds(facts.st_mtim),
          nanoseconds(facts.st_ctim)};
}

bool is_ours_alone(const struct stat& facts) {
  return facts.st_uid == geteuid() && (facts.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

bool is_trusted_folder(const fs::path& folder) {
  struct stat facts {};
  return lstat(folder.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode) && is_ours_alone(facts);
}

/// The whole file; nothing if there is none, or none to be trusted.
std::optional<std::string> read_trusted(const fs::path& file) {
  if (!is_trusted_folder(file.parent_path())) return std::nullopt;
  const descriptor opened(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat facts {};
  if (opened.get() < 0 || fstat(opened.get(), &facts) != 0) return std::nullopt;
  if (!S_ISREG(facts.st_mode) || !is_ours_alone(facts)) return std::nullopt;
  if (static_cast<std::uint64_t>(facts.st_size) > largest_file) return std::nullopt;
  return read_to_end(opened.get());
}

/// Of a file that was refused there is only its digest.
void put_known_plugin(byte_writer& to, const known_plugin& each) {
  to << std::string_view(each.path.native()) << each.identity << std::string_view(each.refusal) << each.until;
  if (each.refusal.empty()) {
    to << each.described;
  } else {
    to << std::string_view(each.described.file.sha256);
  }
}

known_plugin take_known_plugin(byte_reader& from) {
  known_plugin each;
  std::string path;
  from >> path >> each.identity >> each.refusal >> each.until;
  each.path = path;
  if (each.refusal.empty()) {
    from >> each.described;
  } else {
    from >> each.described.file.sha256;
  }
  return each;
}

std::deque<known_plugin> read_cache(std::span<const std::byte> bytes) {
  std::deque<known_plugin> known;
  byte_reader from(bytes);
  std::string digest, written_as;
  file_identity writer;
  from >> digest;
  if (digest.size() != digest_length) throw bytes_error("it has no digest");
  if (sha256_hex(bytes.subspan(sizeof(std::uint64_t) + digest_length)) != digest) {
    throw bytes_error("it is damaged");
  }
  from >> written_as >> writer;
  if (written_as != signature || writer != identity_of(program())) return known;
  while (!from.at_end()) known.push_back(take_known_plugin(from));
  return known;
}

byte_writer as_bytes(const std::deque<known_plugin>& known) {
  byte_writer body;
  body << signature << identity_of(program());
  for (const known_plugin& each : known) {
    std::error_code gone;
    if (fs::exists(each.path, gone)) put_known_plugin(body, each);
  }
  return body;
}

/// Makes the folder for this user alone, if there is none.
bool make_folder(const fs::path& folder) {
  std::error_code problem;
  fs::create_directories(folder.parent_path(), problem);
  if (problem) return false;
  mkdir(folder.c_str(), S_IRWXU);
  return is_trusted_folder(folder);
}

/// All of it or nothing, and nobody sees half of it.
void write_whole(const fs::path& file, std::span<const std::byte> bytes) {
  const fs::path part = file.parent_path() / fmt::format(".{}.{}", file.filename().string(), getpid());
  const descriptor opened(
      open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
  if (opened.get() < 0) return;
  std::error_code ignored;
  if (write_all(opened.get(), bytes)) fs::rename(part, file, ignored);
  fs::remove(part, ignored);
}

bool holds(const known_plugin& what) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return what.until == 0 || std::chrono::seconds(what.until) > now;
}

}  // namespace

file_identity identity_of(const fs::path& file) {
  struct stat facts {};
  if (stat(file.c_str(), &facts) != 0) {
    throw fs::filesystem_error("stat", file, std::error_code(errno, std::generic_category()));
  }
  return as_identity(facts);
}

description_cache::description_cache() {
  try {
    if (const auto text = read_trusted(cache_file())) known_ = read_cache(std::as_bytes(std::span(*text)));
  } catch (const std::exception&) {  // it is made again
    known_.clear();
  }
}

const known_plugin* description_cache::find(const fs::path& path, const file_identity& identity) const {
  const auto found = std::ranges::find_if(known_, [&](const known_plugin& each) {
    return each.identity == identity && each.path == path && holds(each);
  });
  return found == known_.end() ? nullptr : &*found;
}

const known_plugin* description_cache::find(std::string_view sha256) const {
  const auto found = std::ranges::find_if(
      known_, [&](const known_plugin& each) { return each.described.file.sha256 == sha256 && holds(each); });
  return found == known_.end() ? nullptr : &*found;
}

void description_cache::put(known_plugin found) {
  // A file may change again within the clock's tick without a trace: such an identity tells nothing.
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  constexpr std::chrono::nanoseconds tick = std::chrono::seconds(1);
  if (std::chrono::nanoseconds(found.identity.changed) + tick > now) found.identity = {};
  std::erase_if(known_, [&](const known_plugin& each) { return each.path == found.path; });
  known_.push_back(std::move(found));
  has_news_ = true;
}

void description_cache::save() const {
  if (!has_news_) return;
  try {
    const fs::path file = cache_file();
    if (cache_folder().empty() || !make_folder(cache_folder())) return;
    const byte_writer body = as_bytes(known_);
    if (body.bytes().size() > largest_file / 2) return;
    byte_writer whole;
    whole << std::string_view(sha256_hex(body.bytes()));
    std::vector<std::byte> bytes(whole.bytes().begin(), whole.bytes().end());
    bytes.insert(bytes.end(), body.bytes().begin(), body.bytes().end());
    write_whole(file, bytes);
  } catch (const std::exception&) {  // nothing is remembered, then
  }
}

}  // namespace ravine
