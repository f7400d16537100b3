#include "data/download.hpp"

#include "data/data_error.hpp"

#include <array>
#include <exception>
#include <span>

#include <curl/curl.h>
#include <fmt/format.h>

namespace ravine {
namespace {

/// What libcurl's callbacks work on. They are called from C, so exceptions wait here.
struct transfer_state {
  part_file& into;
  std::uint64_t most;
  const download_progress& progress;
  std::uint64_t held_before = into.size();
  std::exception_ptr thrown{};
  bool too_long = false;
};

std::size_t receive(char* bytes, std::size_t, std::size_t count, void* user) noexcept {
  transfer_state& state = *static_cast<transfer_state*>(user);
  if (count > state.most - state.into.size()) {
    state.too_long = true;
    return CURL_WRITEFUNC_ERROR;
  }
  try {
    state.into.append(std::as_bytes(std::span(bytes, count)));
    return count;
  } catch (...) {
    state.thrown = std::current_exception();
    return CURL_WRITEFUNC_ERROR;
  }
}

int tell_progress(void* user, curl_off_t total, curl_off_t, curl_off_t, curl_off_t) noexcept {
  transfer_state& state = *static_cast<transfer_state*>(user);
  try {
    state.progress(state.into.size(), total > 0 ? state.held_before + static_cast<std::uint64_t>(total) : 0);
    return 0;
  } catch (...) {
    state.thrown = std::current_exception();
    return 1;
  }
}

struct library {
  library() {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw data_error("libcurl can't be initialised");
  }
};

template <class Value>
void set(CURL* curl, CURLoption option, Value value) {
  if (const CURLcode status = curl_easy_setopt(curl, option, value); status != CURLE_OK) {
    throw data_error(
        fmt::format("libcurl refuses option {}: {}", static_cast<int>(option), curl_easy_strerror(status)));
  }
}

transfer_end end_of(CURLcode status, CURL* curl) {
  switch (status) {
    case CURLE_OK:
      return transfer_end::complete;
    case CURLE_RANGE_ERROR:
    case CURLE_BAD_DOWNLOAD_RESUME:
      return transfer_end::cannot_resume;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return transfer_end::unreachable;
    default:
      break;
  }
  curl_off_t connected_after = 0;  // microseconds; 0 if never
  curl_easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &connected_after);
  const bool never = status == CURLE_OPERATION_TIMEDOUT && connected_after == 0;
  return never ? transfer_end::unreachable : transfer_end::broken;
}

}  // namespace

struct downloader::session {
  CURL* curl = nullptr;
  std::array<char, CURL_ERROR_SIZE> message{};

  session() {
    static const library initialised;
    curl = curl_easy_init();
    if (curl == nullptr) throw data_error("libcurl can't start a session");
  }
  ~session() { curl_easy_cleanup(curl); }
  session(const session&) = delete;
  session& operator=(const session&) = delete;
};

downloader::downloader(download_limits limits) : session_(std::make_unique<session>()) {
  CURL* const curl = session_->curl;
  constexpr long slow = 1000;  // bytes a second
  set(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(limits.connect.count()));
  set(curl, CURLOPT_LOW_SPEED_LIMIT, slow);
  set(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(limits.stall.count()));
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_FAILONERROR, 1L);
  set(curl, CURLOPT_FOLLOWLOCATION, 1L);
  set(curl, CURLOPT_MAXREDIRS, 5L);
  set(curl, CURLOPT_PROTOCOLS_STR, "https,http,file");
  set(curl, CURLOPT_REDIR_PROTOCOLS_STR, "https,http");
  set(curl, CURLOPT_USERAGENT, "ravine/" RAVINE_VERSION);
  set(curl, CURLOPT_ERRORBUFFER, session_->message.data());
  set(curl, CURLOPT_WRITEFUNCTION, &receive);
  set(curl, CURLOPT_XFERINFOFUNCTION, &tell_progress);
  set(curl, CURLOPT_NOPROGRESS, 0L);
}

downloader::~downloader() = default;

transfer downloader::get(const std::string& url, part_file& into, std::uint64_t most,
                         const download_progress& progress) {
  CURL* const curl = session_->curl;
  if (into.size() > most) return {transfer_end::too_long, fmt::format("more than {} bytes", most)};
  transfer_state state{into, most, progress};
  set(curl, CURLOPT_URL, url.c_str());
  set(curl, CURLOPT_RESUME_FROM_LARGE, static_cast<curl_off_t>(into.size()));
  set(curl, CURLOPT_WRITEDATA, static_cast<void*>(&state));
  set(curl, CURLOPT_XFERINFODATA, static_cast<void*>(&state));
  session_->message[0] = '\0';
  const CURLcode status = curl_easy_perform(curl);
  if (state.thrown) std::rethrow_exception(state.thrown);
  if (state.too_long) return {transfer_end::too_long, fmt::format("more than {} bytes", most)};
  const transfer_end end = end_of(status, curl);
  if (end == transfer_end::complete) return {end, ""};
  const char* const told = session_->message.data();
  return {end, *told != '\0' ? told : curl_easy_strerror(status)};
}

}  // namespace ravine
