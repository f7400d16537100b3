#include "explore/explore_service.hpp"

#include "explore/explore_helper.hpp"
#include "explore/jobs.hpp"
#include "plugin/registry.hpp"
#include "process/confinement.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

namespace ravine::cli {
namespace {

using json = nlohmann::json;
namespace fs = std::filesystem;

constexpr double start_seconds = 60;
constexpr double trace_seconds = 120;  // twelve optimizers at their limits, two at a time, take 30
constexpr double document_seconds = 120;
constexpr int most_waiting = 6;
constexpr const char* too_many = "too many requests at the same time; wait for an answer";
constexpr int most_trainings = 2;     // at the same time
constexpr std::size_t most_kept = 8;  // trainings

void remove_results(const fs::path& file) {
  std::error_code ignored;
  for (const char* part : {"", "-wal", "-shm", "-journal"}) fs::remove(file.string() + part, ignored);
}

/// What changes when the file does; "" if there is none.
std::string version_of(const fs::path& file) {
  struct stat found {};
  if (stat(file.c_str(), &found) != 0) return "";
  return fmt::format("{}:{}:{}.{}:{};", file.string(), found.st_ino, found.st_mtim.tv_sec,
                     found.st_mtim.tv_nsec, found.st_size);
}

/// An answer's word and what follows it.
std::pair<std::string_view, std::string_view> split(std::string_view line) {
  const std::size_t space = std::min(line.find(' '), line.size());
  return {line.substr(0, space), line.substr(std::min(space + 1, line.size()))};
}

/// An empty one for temporary files, of this user alone.
fs::path new_folder() {
  std::string name = (fs::temp_directory_path() / "ravine-explore-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw error(
        fmt::format("{}: a folder for trainings can't be made: {}; set TMPDIR to one that can be written",
                    name, std::system_category().message(errno)));
  }
  return name;
}

/// Counts up for as long as it lives.
class turn {
 public:
  turn(std::atomic<int>& count, int most, const char* complaint) : count_(count) {
    if (++count_ <= most) return;
    --count_;
    throw busy_error(complaint);
  }
  ~turn() { --count_; }
  turn(const turn&) = delete;
  turn& operator=(const turn&) = delete;

 private:
  std::atomic<int>& count_;
};

}  // namespace

explore_service::explore_service(std::vector<std::string> plugin_folders,
                                 std::vector<std::string> results_files)
    : folders_(std::move(plugin_folders)), files_(std::move(results_files)) {}

explore_service::~explore_service() {
  std::error_code ignored;
  if (!kept_.empty()) fs::remove_all(kept_, ignored);
}

std::vector<std::string> explore_service::helper_arguments() const {
  std::vector<std::string> arguments{"explore", helper_word};
  if (current_confinement() == confinement_mode::off) arguments.emplace_back("--unconfined");
  for (const std::string& folder : folders_) {
    arguments.emplace_back("--plugins");
    arguments.push_back(folder);
  }
  return arguments;
}

explore_service::helper_pointer explore_service::start_process() {
  const std::lock_guard lock(helpers_mutex_);
  if (is_stopping_) throw error("the server ends");
  auto started = std::make_unique<helper_process>(helper_arguments());
  helpers_.insert(started.get());
  return {started.release(), [this](helper_process* ended) {
            const std::lock_guard only(helpers_mutex_);
            helpers_.erase(ended);
            delete ended;  // NOLINT(cppcoreguidelines-owning-memory): of the pointer that calls this
          }};
}

void explore_service::stop() {
  const std::lock_guard lock(helpers_mutex_);
  is_stopping_ = true;
  for (helper_process* each : helpers_) each->end();
}

explore_service::helper_pointer explore_service::start_helper(std::string& catalog) {
  helper_pointer helper = start_process();
  std::string line;
  if (helper->read(line, start_seconds) == helper_process::reading::line) {
    const auto [word, text] = split(line);
    if (word == "ok") {
      catalog = text;
      return helper;
    }
  }
  throw error("the plugins can't be looked at: the process that does so ends or hangs");
}

void explore_service::make_ready(slot& at) {
  const std::string now = plugins_version();
  if (at.helper && at.plugins == now) return;
  at.helper.reset();
  at.helper = start_helper(at.catalog);
  at.plugins = now;
}

std::string explore_service::plugins_version() const {
  std::string version;
  for (const fs::path& folder : plugin_folders({folders_.begin(), folders_.end()})) {
    std::vector<std::string> files{version_of(folder)};
    std::error_code ignored;
    for (const fs::directory_entry& each : fs::directory_iterator(folder, ignored)) {
      if (each.path().extension() == ".so") files.push_back(version_of(each.path()));
    }
    std::ranges::sort(files);
    for (const std::string& each : files) version += each;
  }
  return version;
}

std::string explore_service::catalog() {
  const turn mine(waiting_, most_waiting, too_many);
  const std::lock_guard lock(traces_.mutex);
  make_ready(traces_);
  return traces_.catalog;
}

std::string explore_service::ask(slot& at, const json& request, double seconds) {
  const turn mine(waiting_, most_waiting, too_many);
  const std::lock_guard lock(at.mutex);
  const std::string written = request.dump();
  std::string line;
  auto reading = helper_process::reading::ended;
  // An idle helper may have been ended by others, such as the kernel: what it was asked for is done by the
  // next.
  for (int tries = 0; tries < 2 && reading == helper_process::reading::ended; ++tries) {
    if (tries > 0) at.helper.reset();
    make_ready(at);
    if (at.helper->send(written)) reading = at.helper->read(line, seconds);
  }
  if (reading != helper_process::reading::line) {
    at.helper.reset();
    throw error(reading == helper_process::reading::ended
                    ? "a plugin ended the process that this was computed in; it was started again"
                    : "a plugin took too long; its process was ended and started again");
  }
  const auto [word, text] = split(line);
  if (word == "ok") return std::string(text);
  const std::string message = json::parse(text).get<std::string>();
  if (word == "refused") throw request_error(message);
  throw error(message);
}

std::string explore_service::trace(const json& request) {
  return ask(traces_, {{"do", "trace"}, {"with", request}}, trace_seconds);
}

std::shared_ptr<const explore_service::shown_results> explore_service::results() {
  const auto began = refresh_pace::clock::now();
  std::string version = results_version();
  {
    const std::lock_guard lock(results_mutex_);
    const bool is_new = !shown_ || shown_->version != version;
    if (!is_new || (shown_ && (reads_results_ || !results_pace_.is_due(began)))) return shown_;
    reads_results_ = true;
  }
  std::shared_ptr<const shown_results> read;
  try {
    std::string document = ask(documents_, {{"do", "results"}, {"files", files_}}, document_seconds);
    read = std::make_shared<const shown_results>(shown_results{std::move(version), std::move(document)});
  } catch (...) {
    const std::lock_guard lock(results_mutex_);
    reads_results_ = false;
    throw;
  }
  const std::lock_guard lock(results_mutex_);
  reads_results_ = false;
  results_pace_.note(began, refresh_pace::clock::now());
  shown_ = read;
  return read;
}

std::string explore_service::results_version() const {
  std::string version;
  for (const std::string& file : files_) version += version_of(file) + version_of(file + "-wal");
  return version;
}

void explore_service::forget_trainings_but(const fs::path& file) {
  std::erase(kept_files_, file);
  kept_files_.push_back(file);
  if (kept_files_.size() <= most_kept) return;
  const auto oldest =
      std::ranges::find_if(kept_files_, [&](const fs::path& each) { return !kept_used_.contains(each); });
  if (oldest == kept_files_.end()) return;
  remove_results(*oldest);
  kept_files_.erase(oldest);
}

explore_service::kept_training::kept_training(explore_service& service, const json& request)
    : service_(service) {
  constexpr auto patience = std::chrono::seconds(5);  // a page that is gone is noticed within less
  const auto number = request.find("training");
  if (number == request.end()) return;
  if (!number->is_number_unsigned()) {
    throw request_error(fmt::format("training: found {}, expected a whole number", number->dump()));
  }
  const bool go_on = request.value("go_on", json(false)) == json(true);
  std::unique_lock lock(service_.kept_mutex_);
  if (service_.kept_.empty()) service_.kept_ = new_folder();
  const fs::path file = service_.kept_ / fmt::format("{}.db", number->get<std::uint64_t>());
  const bool is_free =
      service_.kept_free_.wait_for(lock, patience, [&] { return !service_.kept_used_.contains(file); });
  if (!is_free) throw busy_error("this training is in progress; stop it first");
  if (go_on && std::ranges::find(service_.kept_files_, file) == service_.kept_files_.end()) {
    throw request_error(
        fmt::format("this training is not kept any more, as the latest {} are; begin it again", most_kept));
  }
  if (!go_on) remove_results(file);
  service_.kept_used_.insert(file);
  file_ = file;
  service_.forget_trainings_but(file);
}

explore_service::kept_training::~kept_training() {
  const std::lock_guard lock(service_.kept_mutex_);
  service_.kept_used_.erase(file_);
  service_.kept_free_.notify_all();
}

explore_service::training::training(explore_service& service, const json& request) : service_(service) {
  if (++service_.trainings_ > most_trainings) {
    --service_.trainings_;
    throw busy_error(fmt::format("{} trainings are in progress; stop one first", most_trainings));
  }
  try {
    kept_ = std::make_unique<kept_training>(service_, request);
    std::string catalog;
    helper_ = service_.start_helper(catalog);
    helper_->send(json{{"do", "train"}, {"with", request}, {"into", kept_->file().string()}}.dump());
  } catch (...) {
    --service_.trainings_;
    throw;
  }
}

explore_service::training::~training() { --service_.trainings_; }

explore_service::training::reading explore_service::training::next(std::string& event, double seconds) {
  if (ended_) return reading::ended;
  std::string line;
  const auto found = helper_->read(line, seconds);
  if (found == helper_process::reading::nothing_yet) return reading::nothing_yet;
  const auto [word, text] = split(line);
  if (found == helper_process::reading::line && word == "event") {
    event = text;
    return reading::event;
  }
  ended_ = true;
  if (word == "ok") return reading::ended;
  const json reason = found == helper_process::reading::line
                          ? json::parse(text)
                          : json("a plugin ended the process of the training");
  event = json{{"event", "failed"}, {"reason", reason}}.dump();
  return reading::event;
}

}  // namespace ravine::cli
