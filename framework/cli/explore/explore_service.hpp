#pragma once

#include "core/error.hpp"
#include "process/helper_process.hpp"

#include <atomic>
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

  /// What the plugins offer now, as JSON text: a file that was added, changed or removed is noticed.
  std::string catalog();
  /// As trace_job. Throws request_error, busy_error, ravine::error.
  std::string trace(const nlohmann::json& request);
  /// The document of the results files as JSON text; and what changes whenever they do.
  std::string results();
  std::string results_version() const;
  /// Ends the helpers, and with them all that is in progress. From then on all functions throw.
  void stop();
  bool has_results() const { return !files_.empty(); }

  /// A helper that stop() knows of.
  using helper_pointer = std::unique_ptr<helper_process, std::function<void(helper_process*)>>;

  /// One training in progress. Throws busy_error if there are too many.
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

  std::vector<std::string> folders_;
  std::vector<std::string> files_;
  std::mutex helpers_mutex_;  // of the two that follow
  std::set<helper_process*> helpers_;
  bool is_stopping_ = false;
  slot traces_;
  slot documents_;
  std::atomic<int> waiting_{0};
  std::atomic<int> trainings_{0};
};

}  // namespace ravine::cli
