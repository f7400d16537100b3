#include "data/fetch.hpp"

#include "data/data_error.hpp"
#include "data/part_file.hpp"

#include <cerrno>
#include <cstring>
#include <map>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

namespace ravine {
namespace {

namespace fs = std::filesystem;

// A connection that breaks off again and again is taken up this often before the next mirror is tried.
constexpr int most_attempts = 5;

// Compression makes what can't be compressed a little longer.
constexpr std::uint64_t most_compressed(std::uint64_t size) { return size + size / 1000 + 1024; }

/// Keeps other fetches out of a folder: two that write into one .part file would spoil it.
class folder_lock {
 public:
  explicit folder_lock(const fs::path& folder)
      : descriptor_(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (descriptor_ < 0) {
      throw data_error(fmt::format("{}: cannot open: {}", folder.string(), std::strerror(errno)));
    }
    if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
    close(descriptor_);
    throw data_error(
        fmt::format("{}: another fetch works in this folder; wait until it has ended", folder.string()));
  }
  ~folder_lock() { close(descriptor_); }
  folder_lock(const folder_lock&) = delete;
  folder_lock& operator=(const folder_lock&) = delete;

 private:
  int descriptor_;
};

class fetcher {
 public:
  fetcher(const fetch_request& request, const fetch_progress& progress)
      : request_(request), progress_(progress), downloads_(request.limits) {}

  fetched_file fetch(const data_file& file) {
    fetched_file result;
    result.path = request_.folder / (std::string(file.name) + std::string(file.suffix));
    try {
      look_for(file, result);
      if (result.state == fetch_state::missing && result.failures.empty()) try_mirrors(file, result);
    } catch (const data_error& problem) {
      result.failures.push_back({result.path.string(), problem.what()});
    }
    return result;
  }

 private:
  void look_for(const data_file& file, fetched_file& result) const {
    // A reader takes the raw file first, so a wrong one would hide the download.
    if (const fs::path raw = request_.folder / file.name; fs::exists(raw)) {
      result.path = raw;
      const std::string fault = raw_fault(raw, file);
      if (!fault.empty()) {
        const std::string owner = owner_of(raw);
        result.failures.push_back(
            {raw.string(), owner.empty() ? fault + "; move this file away first" : owner});
      }
      if (fault.empty()) result.state = fetch_state::present;
    } else if (fs::exists(result.path)) {
      if (content_fault(result.path, file).empty()) {
        result.state = fetch_state::present;
      } else if (const std::string owner = owner_of(result.path); !owner.empty()) {
        result.failures.push_back({result.path.string(), owner});
      }
    }
  }

  /// A raw file whose digest is not published is taken for right by its size; loading looks into it.
  std::string raw_fault(const fs::path& raw, const data_file& file) const {
    if (!file.sha256.empty()) return content_fault(raw, file);
    std::error_code fault;
    const std::uint64_t size = fs::file_size(raw, fault);
    if (!fault && size == file.size) return owner_of(raw);
    return fault ? fault.message() : fmt::format("is {} bytes long, expected {}", size, file.size);
  }

  std::string owner_of(const fs::path& file) const {
    return request_.owner == nullptr ? "" : request_.owner(file);
  }

  void try_mirrors(const data_file& file, fetched_file& result) {
    part_file part(result.path.string() + ".part");
    for (const std::string& mirror : request_.mirrors) {
      const std::string url = mirror + result.path.filename().string();
      const std::string fault =
          unreachable_.contains(mirror) ? unreachable_[mirror] : fetch_from(mirror, url, file, part);
      if (fault.empty()) {
        part.publish_as(result.path);
        result.state = fetch_state::fetched;
        return;
      }
      result.failures.push_back({url, fault});
    }
  }

  /// Why this mirror could not give the file; "" once `part` holds it.
  std::string fetch_from(const std::string& mirror, const std::string& url, const data_file& file,
                         part_file& part) {
    std::string fault;
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
      const std::uint64_t kept = part.size();
      transfer done =
          downloads_.get(url, part, most_compressed(file.size),
                         [&](std::uint64_t held, std::uint64_t total) { progress_(url, held, total); });
      if (done.end == transfer_end::complete) done.reason = content_fault(part.path(), file);
      fault = done.reason;
      switch (done.end) {
        case transfer_end::complete:
        case transfer_end::too_long:
          if (fault.empty()) return "";
          part.clear();
          if (kept == 0) return fault;
          break;  // the fault may lie in what was kept: once more from the beginning
        case transfer_end::cannot_resume:
          part.clear();
          break;
        case transfer_end::unreachable:
          unreachable_[mirror] = fault;
          return fault;
        case transfer_end::broken:
          if (part.size() == kept) return fault;
          break;
      }
    }
    return fault;
  }

  const fetch_request& request_;
  const fetch_progress& progress_;
  downloader downloads_;
  std::map<std::string, std::string> unreachable_;  // mirror -> reason; not waited for again
};

}  // namespace

std::string_view to_string(fetch_state state) {
  switch (state) {
    case fetch_state::present:
      return "present";
    case fetch_state::fetched:
      return "fetched";
    case fetch_state::missing:
      break;
  }
  return "missing";
}

std::vector<fetched_file> fetch_files(const fetch_request& request, const fetch_progress& progress) {
  std::error_code fault;
  fs::create_directories(request.folder, fault);
  if (fault) {
    throw data_error(fmt::format("{}: cannot make the folder: {}", request.folder.string(), fault.message()));
  }
  const folder_lock alone(request.folder);
  fetcher work(request, progress);
  std::vector<fetched_file> all;
  for (const data_file& file : request.files) all.push_back(work.fetch(file));
  return all;
}

}  // namespace ravine
