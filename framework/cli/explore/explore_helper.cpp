#include "explore/explore_helper.hpp"

#include "explore/jobs.hpp"
#include "explore/plugin_catalog.hpp"
#include "options/baseline_option.hpp"
#include "process/descriptor.hpp"
#include "process/resources.hpp"
#include "report/report_document.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <unistd.h>

namespace ravine::cli {
namespace {

using json = nlohmann::json;

/// Standard output as it was: what plugins print goes to standard error from now on.
class answers {
 public:
  answers() : descriptor_(dup(STDOUT_FILENO)) { dup2(STDERR_FILENO, STDOUT_FILENO); }

  void put(const char* word, const json& value) const {
    // What is not UTF-8, such as a plugin's message, is not worth losing the answer for.
    std::string line = word;
    line += ' ' + value.dump(-1, ' ', false, json::error_handler_t::replace) + '\n';
    if (!write_all(descriptor_, std::as_bytes(std::span(line)))) _exit(0);  // nobody listens any more
  }

 private:
  int descriptor_;
};

json results_of(const json& request, const registry& plugins) {
  std::vector<results_file> files = read_results(request.at("files").get<std::vector<std::string>>());
  std::vector<stored_experiment> experiments;
  for (const results_file& file : files) {
    experiments.insert(experiments.end(), file.experiments.begin(), file.experiments.end());
  }
  return report_document(std::move(files), plugins, baseline_of(experiments));
}

json answer_to(const json& request, const registry& plugins, tracer& paths, const answers& out) {
  const std::string what = request.at("do").get<std::string>();
  if (what == "trace") return paths.answer(request.at("with"));
  if (what == "results") return results_of(request, plugins);
  const unsigned jobs = granted_resources().cores;
  train_job(request.at("with"), plugins, jobs, request.at("into").get<std::string>(),
            [&](const json& event) { out.put("event", event); });
  return nullptr;
}

}  // namespace

exit_status serve_as_helper(const std::vector<std::string>& folders) {
  const answers out;
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  const std::vector<std::filesystem::path> given(folders.begin(), folders.end());
  const registry plugins = ravine::load_plugins(given);
  tracer paths(plugins);
  out.put("ok", plugin_catalog(plugins));
  for (std::string line; std::getline(std::cin, line);) {
    try {
      out.put("ok", answer_to(json::parse(line), plugins, paths, out));
    } catch (const request_error& problem) {
      out.put("refused", problem.what());
    } catch (const std::exception& problem) {
      out.put("failed", problem.what());
    }
  }
  return exit_status::ok;
}

}  // namespace ravine::cli
