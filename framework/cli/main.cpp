#include "commands/command.hpp"
#include "core/error.hpp"
#include "core/nearest.hpp"
#include "options/usage.hpp"
#include "process/standard_streams.hpp"
#include "text/output.hpp"

#include <array>
#include <exception>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace {

using namespace ravine::cli;

constexpr std::array commands{&run_command,     &merge_command,   &compare_command, &report_command,
                              &slice_command,   &explore_command, &trace_command,   &lr_find_command,
                              &plugins_command, &data_command,    &schema_command,  &bench_command,
                              &task_command};

void print_help() {
  print_result(
      "Ravine compares optimization algorithms: every algorithm a plugin, every experiment a manifest.\n\n"
      "Usage: ravine COMMAND …\n\nCommands:\n");
  for (const command* each : commands) print_result("  {:<10}{}\n", each->name, each->summary);
  print_result(
      "\nOptions:\n  --help     show this text, or after a command its help\n"
      "  --version  show the version\n\n"
      "Exit status: 0 success, 1 a trial failed or a file could not be used, 2 wrong usage or manifest,\n"
      "130 interrupted.\n");
}

const command& find_command(const std::string& name) {
  std::vector<std::string> names;
  for (const command* each : commands) {
    if (each->name == name) return *each;
    names.emplace_back(each->name);
  }
  throw usage_error(fmt::format("there is no command {}{}\nUsage: ravine COMMAND …\nSee ravine --help.", name,
                                ravine::did_you_mean(name, names)));
}

exit_status dispatch(const std::vector<std::string>& words) {
  if (words.empty()) throw usage_error("a command is missing\nUsage: ravine COMMAND …\nSee ravine --help.");
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print_help();
    return exit_status::ok;
  }
  if (words[0] == "--version") {
    print_result("ravine {}\n", RAVINE_VERSION);
    return exit_status::ok;
  }
  return find_command(words[0]).run(std::span(words).subspan(1));
}

}  // namespace

int main(int count, char** arguments) {
  ravine::secure_standard_streams();
  try {
    const exit_status status = dispatch({arguments + 1, arguments + count});
    flush_result();
    return static_cast<int>(status);
  } catch (const usage_error& problem) {
    print_note("ravine: {}\n", problem.what());
    return static_cast<int>(exit_status::usage);
  } catch (const closed_output_error&) {
    return static_cast<int>(exit_status::trial_failed);  // whoever closed it, such as head, has seen enough
  } catch (const std::exception& problem) {
    print_note("ravine: {}\n", problem.what());
    return static_cast<int>(exit_status::trial_failed);
  }
}
