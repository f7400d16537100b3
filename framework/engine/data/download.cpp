#include "data/download.hpp"

#include "data/data_error.hpp"

#include <array>
#include <exception>
#include <span>

#include <curl/curl.h>
#include <dlfcn.h>
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

/// libcurl, loaded when a download needs it: with its two dozen libraries it would be half of what every
/// process of a trial maps.
class library {
  void* handle_ = open();  // for as long as the process lives; the functions below need it

 public:
  decltype(&curl_easy_init) easy_init = find<decltype(&curl_easy_init)>("curl_easy_init");
  decltype(&curl_easy_setopt) easy_setopt = find<decltype(&curl_easy_setopt)>("curl_easy_setopt");
  decltype(&curl_easy_perform) easy_perform = find<decltype(&curl_easy_perform)>("curl_easy_perform");
  decltype(&curl_easy_getinfo) easy_getinfo = find<decltype(&curl_easy_getinfo)>("curl_easy_getinfo");
  decltype(&curl_easy_strerror) easy_strerror = find<decltype(&curl_easy_strerror)>("curl_easy_strerror");
  decltype(&curl_easy_cleanup) easy_cleanup = find<decltype(&curl_easy_cleanup)>("curl_easy_cleanup");

  library() {
    if (find<decltype(&curl_global_init)>("curl_global_init")(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
      throw data_error("libcurl can't be initialised");
    }
  }

 private:
  static void* open() {
    void* const opened = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (opened == nullptr) {
      throw data_error(
          fmt::format("downloads need libcurl, which can't be loaded ({}); install libcurl4, or "
                      "download the files in another way",
                      dlerror()));
    }
    return opened;
  }
  template <class Function>
  Function find(const char* name) {
    void* const found = dlsym(handle_, name);
    if (found == nullptr) throw data_error(fmt::format("libcurl.so.4 lacks {}", name));
    return reinterpret_cast<Function>(found);
  }
};

const library& curl_library() {
  static const library loaded;
  return loaded;
}

template <class Value>
void set(CURL* curl, CURLoption option, Value value) {
  const library& with = curl_library();
  if (const CURLcode status = with.easy_setopt(curl, option, value); status != CURLE_OK) {
    throw data_error(
        fmt::format("libcurl refuses option {}: {}", static_cast<int>(option), with.easy_strerror(status)));
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
  curl_library().easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &connected_after);
  const bool never = status == CURLE_OPERATION_TIMEDOUT && connected_after == 0;
  return never ? transfer_end::unreachable : transfer_end::broken;
}

}  // namespace

struct downloader::session {
  CURL* curl = nullptr;
  std::array<char, CURL_ERROR_SIZE> message{};

  session() {
    curl = curl_library().easy_init();
    if (curl == nullptr) throw data_error("libcurl can't start a session");
  }
  ~session() { curl_library().easy_cleanup(curl); }
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
  const CURLcode status = curl_library().easy_perform(curl);
  if (state.thrown) std::rethrow_exception(state.thrown);
  if (state.too_long) return {transfer_end::too_long, fmt::format("more than {} bytes", most)};
  const transfer_end end = end_of(status, curl);
  if (end == transfer_end::complete) return {end, ""};
  const char* const told = session_->message.data();
  return {end, *told != '\0' ? told : curl_library().easy_strerror(status)};
}

}  // namespace ravine
