#pragma once

#include "data/data_files.hpp"
#include "data/download.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace ravine {

struct fetch_request {
  std::span<const data_file> files;
  std::span<const std::string> mirrors;  ///< URLs of folders, tried in this order; each ends with /
  std::filesystem::path folder;          ///< is made if it is not there
  download_limits limits{};
  /// Says whose a file is that is there but wrong ("these are Fashion-MNIST's: …"), so that it is left alone;
  /// "" if nobody's. May be null.
  std::function<std::string(const std::filesystem::path& file)> owner = nullptr;
};

/// Why a file could not be had from a place.
struct fetch_failure {
  std::string place;  ///< a URL, or the path of a file in the way
  std::string reason;
};

enum class fetch_state { present, fetched, missing };

/// "present", "fetched" or "missing".
std::string_view to_string(fetch_state state);

/// What became of one file.
struct fetched_file {
  std::filesystem::path path;
  fetch_state state = fetch_state::missing;
  std::vector<fetch_failure> failures;  ///< on the way; all there are if it is missing
};

/// Told of the URL in progress, of the bytes that the file holds and will hold (0: unknown).
using fetch_progress = std::function<void(const std::string& url, std::uint64_t held, std::uint64_t total)>;

/// Brings files into a folder, as NAME.gz, or under the suffix that they are published with. A file that is
/// there and right, raw or as .gz, is left alone. Else each mirror is tried until one gives the right content
/// by its SHA-256; a download that broke off goes on where it stopped, in this call or the next, from
/// NAME.gz.part. Nothing incomplete or wrong ever has the final name. Throws data_error when the folder can't
/// be made or another fetch works in it.
std::vector<fetched_file> fetch_files(const fetch_request& request, const fetch_progress& progress);

}  // namespace ravine
