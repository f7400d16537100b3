#pragma once

#include "data/part_file.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace ravine {

/// How a transfer ended.
enum class transfer_end {
  complete,       ///< the server says that this is all
  broken,         ///< refused, or cut off on the way: what came so far is kept
  unreachable,    ///< no connection
  cannot_resume,  ///< the server won't go on from the middle
  too_long        ///< more bytes than allowed
};

struct transfer {
  transfer_end end;
  std::string reason;  ///< "" if complete
};

struct download_limits {
  std::chrono::seconds connect{15};
  std::chrono::seconds stall{30};  ///< without at least 1 kB/s
};

/// Bytes that the file holds, and will hold (0: unknown).
using download_progress = std::function<void(std::uint64_t held, std::uint64_t total)>;

/// Downloads with libcurl over https, http or file. One connection serves downloads that follow one another.
class downloader {
 public:
  explicit downloader(download_limits limits);
  ~downloader();
  downloader(const downloader&) = delete;
  downloader& operator=(const downloader&) = delete;

  /// Appends to `into` what it lacks of the URL's content, up to `most` bytes in all. Throws data_error when
  /// the file can't be written.
  transfer get(const std::string& url, part_file& into, std::uint64_t most,
               const download_progress& progress);

 private:
  struct session;
  std::unique_ptr<session> session_;
};

}  // namespace ravine
