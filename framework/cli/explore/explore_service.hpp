#pragma once

#include "core/error.hpp"
#include "explore/refresh_pace.hpp"
#include "process/helper_process.hpp"

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace ravine::cli {

/// Asked for too much at the same time.
struct busy_error : error {
  using error::error;
};

/// What the server does behind its pages, in helper processes: whatever a plugin does to its process, the
/// next request finds a new one. All functions may be called from any thread.
class explore_service {
 public:
  /// Of `--plugins`, and the results files to show.
  explore_service(std::vector<std::string> plugin_folders, std::vector<std::string> results_files);
  ~explore_service();
  explore_service(const explore_service&) = delete;
  explore_service& operator=(const explore_service&) = delete;

  /// What the plugins offer now, as JSON text: a file that was added, changed or removed is noticed.
  std::string catalog();
  /// As tracer::answer. Throws request_error, busy_error, ravine::error.
  std::string trace(const nlohmann::json& request);
  /// The document of the results files as JSON text, and what tells one state of them from another.
  struct shown_results {
    std::string version;
    std::string document;
  };
  /// As they are, or were a while ago: to read them all again while they grow takes time that is better spent
  /// on their trials, see refresh_pace.
  std::shared_ptr<const shown_results> results();
  /// Ends the helpers, and with them all that is in progress. From then on all functions throw.
  void stop();
  bool has_results() const { return !files_.empty(); }

  /// A file of a training, which nobody else uses for as long as this lives.
  class kept_training {
   public:
    /// Waits a moment for whoever has it. Throws request_error, busy_error.
    kept_training(explore_service& service, const nlohmann::json& request);
    ~kept_training();
    kept_training(const kept_training&) = delete;
    kept_training& operator=(const kept_training&) = delete;

    /// Empty: nothing is kept.
    const std::filesystem::path& file() const { return file_; }

   private:
    explore_service& service_;
    std::filesystem::path file_;
  };

  /// A helper that stop() knows of.
  using helper_pointer = std::unique_ptr<helper_process, std::function<void(helper_process*)>>;

  /// One training in progress. The request is that of train_job with
  ///
  ///     training   optional: a whole number that a page has made up, under which results and checkpoints
  ///                are kept for as long as this service lives
  ///     go_on      whether to go on from what is kept there; else that is forgotten
  ///
  /// The latest eight are kept. Throws request_error, also for one to go on that is not, and busy_error if
  /// there are too many.
  class training {
   public:
    training(explore_service& service, const nlohmann::json& request);
    ~training();
    training(const training&) = delete;
    training& operator=(const training&) = delete;

    enum class reading { event, nothing_yet, ended };
    /// The next event as JSON text; at the end, a refusal or a fault is an event "failed" with its `reason`.
    reading next(std::string& event, double seconds);

   private:
    explore_service& service_;
    std::unique_ptr<kept_training> kept_;  // given back after the helper has ended
    helper_pointer helper_;
    bool ended_ = false;
  };

 private:
  /// A helper that waits for requests, and the plugins that it has loaded.
  struct slot {
    std::mutex mutex;
    helper_pointer helper;
    std::string plugins;  ///< version of the folders
    std::string catalog;
  };

  std::vector<std::string> helper_arguments() const;
  helper_pointer start_process();
  helper_pointer start_helper(std::string& catalog);
  void make_ready(slot& at);
  std::string ask(slot& at, const nlohmann::json& request, double seconds);
  std::string plugins_version() const;
  std::string results_version() const;
  /// Each load of a page keeps trainings under a number of its own: the latest of these files are enough, and
  /// those in use. Needs kept_mutex_.
  void forget_trainings_but(const std::filesystem::path& file);

  std::vector<std::string> folders_;
  std::vector<std::string> files_;
  std::mutex helpers_mutex_;  // of the two that follow
  std::set<helper_process*> helpers_;
  bool is_stopping_ = false;
  std::mutex kept_mutex_;  // of what follows, up to kept_files_
  std::condition_variable kept_free_;
  std::filesystem::path kept_;                 ///< the folder of trainings' files; empty: there is none yet
  std::set<std::filesystem::path> kept_used_;  ///< files of trainings in progress
  std::vector<std::filesystem::path> kept_files_;  ///< the least recently used first
  std::mutex results_mutex_;                       // of the three that follow
  std::shared_ptr<const shown_results> shown_;     ///< null: nobody has asked yet
  refresh_pace results_pace_;
  bool reads_results_ = false;
  slot traces_;
  slot documents_;
  std::atomic<int> waiting_{0};
  std::atomic<int> trainings_{0};
};

}  // namespace ravine::cli
