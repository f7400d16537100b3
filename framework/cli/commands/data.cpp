#include "commands/command.hpp"
#include "core/nearest.hpp"
#include "data/data_source.hpp"
#include "data/fetch.hpp"
#include "data/published.hpp"
#include "options/usage.hpp"
#include "text/output.hpp"
#include "text/terminal.hpp"
#include "text/text_table.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace ravine::cli {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;

usage data_usage() {
  return {.synopsis = "ravine data [list | fetch NAME]",
          .description =
              "list     list the data sources for data: in manifests, their options, and where files are "
              "searched\n"
              "         (default)\n"
              "fetch    download a data set (mnist, fashion_mnist, kmnist) into $RAVINE_DATA/NAME or, "
              "without\n"
              "         RAVINE_DATA, into $XDG_DATA_HOME/ravine/data/NAME (default of XDG_DATA_HOME: "
              "~/.local/share).\n"
              "         Existing files are kept, and an interrupted download resumes.\n",
          .options = po::options_description(),
          .positional = "words"};
}

std::string default_text(const data_option& option) {
  const std::string text = to_string(option.default_value);
  return text.empty() ? "(must be given)" : text;
}

void list_files(const published_dataset& set) {
  const std::vector<fs::path> folders = data_folders(set.name);
  std::vector<std::vector<std::string>> rows{{"file", "found"}};
  for (const data_file& file : set.files) {
    const fs::path found = find_data_file(folders, file.name);
    rows.push_back({fmt::format("  {}", file.name), found.empty() ? "no" : found.string()});
  }
  print_result("\n{}Searched:\n", text_table(rows));
  for (const fs::path& folder : folders) print_result("  {}\n", folder.string());
}

exit_status list() {
  bool first = true;
  for (const data_source& source : data_sources()) {
    print_result("{}{}: {}\n\n", first ? "" : "\n", source.name, source.summary);
    first = false;
    std::vector<std::vector<std::string>> rows{{"option", "default", "valid", "meaning"}};
    for (const data_option& each : source.options) {
      rows.push_back({"  " + each.name, default_text(each), each.expects(), each.doc});
    }
    write_result(text_table(rows));
    if (const auto* const published = find_published(source.name)) list_files(*published);
  }
  return exit_status::ok;
}

/// Shows on standard error what is being downloaded: a line that changes on a terminal, else one per URL.
class download_display {
 public:
  ~download_display() { clear(); }
  download_display() = default;
  download_display(const download_display&) = delete;
  download_display& operator=(const download_display&) = delete;

  void show(const std::string& url, std::uint64_t held, std::uint64_t total) {
    if (!terminal_) {
      if (url != url_) print_note("{}\n", url);
      url_ = url;
      return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (url == url_ && now - drawn_ < std::chrono::milliseconds(100)) return;
    url_ = url;
    drawn_ = now;
    const std::string share = total == 0 ? "" : fmt::format(" of {:.1f}", megabytes(total));
    draw_status_line(fmt::format("{:.1f}{} MB  {}", megabytes(held), share, url));
  }
  void clear() {
    if (terminal_ && !url_.empty()) clear_status_line();
    url_.clear();
  }

 private:
  static double megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) / 1e6; }

  bool terminal_ = stderr_is_terminal();
  std::string url_;
  std::chrono::steady_clock::time_point drawn_{};
};

exit_status report(const std::vector<fetched_file>& files) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(files.size());
  for (const fetched_file& file : files) {
    rows.push_back({std::string(to_string(file.state)), file.path.string()});
  }
  write_result(text_table(rows));
  flush_result();
  std::size_t missing = 0;
  for (const fetched_file& file : files) {
    if (file.failures.empty()) continue;
    const bool lacks = file.state == fetch_state::missing;
    if (lacks) ++missing;
    print_note("\n{} {}:\n", file.path.filename().string(), lacks ? "is missing" : "was fetched after");
    for (const fetch_failure& each : file.failures) print_note("  {}: {}\n", each.place, each.reason);
  }
  if (missing == 0) return exit_status::ok;
  print_note(
      "\n{} of {} files are missing. Run the same command again when there is a connection, or copy "
      "the files into {}\n",
      missing, files.size(), files.front().path.parent_path().string());
  return exit_status::trial_failed;
}

[[noreturn]] void fail_to_fetch(const std::string& name) {
  std::vector<std::string> names;
  for (const data_source& each : data_sources()) names.push_back(each.name);
  if (find_data_source(name) == nullptr) {
    throw usage_error(
        fmt::format("there is no data source {}{}; see ravine data list", name, did_you_mean(name, names)));
  }
  std::string published;
  for (const fetchable_dataset& each : fetchable_datasets()) {
    published += (published.empty() ? "" : ", ") + each.name;
  }
  throw usage_error(fmt::format("{} needs no download; what can be fetched: {}", name, published));
}

/// Whose a file is that lies where one of the data set should; "" if nobody's.
std::string data_owner_text(const fs::path& file, const std::string& name) {
  const published_dataset* const wanted = find_published(name);
  const published_dataset* const owner = wanted == nullptr ? nullptr : owner_of(file, *wanted);
  if (owner == nullptr) return "";
  return fmt::format("this file is of {}: move it into the folder {} beside this one, and use {}",
                     owner->title, owner->name, owner->name);
}

exit_status fetch(const std::string& name) {
  const std::vector<fetchable_dataset> all = fetchable_datasets();
  const auto wanted = std::ranges::find(all, name, &fetchable_dataset::name);
  if (wanted == all.end()) fail_to_fetch(name);
  const std::vector<fs::path> folders = data_folders(name);
  if (folders.empty()) throw error("there is no folder for data sets; set RAVINE_DATA to one");
  download_display display;
  const auto files = fetch_files({.files = wanted->files,
                                  .mirrors = wanted->mirrors,
                                  .folder = folders.front(),
                                  .owner = [&](const fs::path& file) { return data_owner_text(file, name); }},
                                 [&](const std::string& url, std::uint64_t held, std::uint64_t total) {
                                   display.show(url, held, total);
                                 });
  display.clear();
  return report(files);
}

exit_status show_or_fetch_data(std::span<const std::string> arguments) {
  const auto options = parse(data_usage(), arguments);
  if (!options) return exit_status::ok;
  std::vector<std::string> words{"list"};
  if (options->count("words") != 0) words = (*options)["words"].as<std::vector<std::string>>();
  if (words[0] == "list" && words.size() == 1) return list();
  if (words[0] == "fetch" && words.size() == 2) return fetch(words[1]);
  throw usage_error(
      "expected list, or fetch with one NAME\nUsage: ravine data [list | fetch NAME]\nSee --help.");
}

}  // namespace

const command data_command{"data", "list data sources, or download a data set", &show_or_fetch_data};

}  // namespace ravine::cli
