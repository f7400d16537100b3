#include "options/where_option.hpp"

#include "compare/filter.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ravine::cli {

namespace po = boost::program_options;

void add_where_option(po::options_description& options) {
  options.add_options()("where", po::value<std::vector<std::string>>()->value_name("CONDITION"),
                        "select trials: problem=digits, optimizer!=sgd,adam, lr<=0.1 (repeatable)");
}

std::vector<stored_trial> matching_where(std::vector<stored_trial> trials, const po::variables_map& options) {
  if (options.count("where") == 0) return trials;
  try {
    std::vector<filter> filters;
    for (const std::string& text : options["where"].as<std::vector<std::string>>())
      filters.push_back(parse_filter(text));
    return matching(std::move(trials), filters);
  } catch (const filter_error& problem) {
    throw usage_error(fmt::format("--where: {}", problem.what()));
  }
}

std::vector<stored_trial> some_matching_where(std::vector<stored_trial> trials,
                                              const po::variables_map& options) {
  trials = matching_where(std::move(trials), options);
  if (trials.empty() && options.count("where") != 0) throw_nothing_left(options);
  return trials;
}

void throw_nothing_left(const po::variables_map& options) {
  throw usage_error(fmt::format("--where: no trial meets all conditions: {}",
                                fmt::join(options["where"].as<std::vector<std::string>>(), ", ")));
}

}  // namespace ravine::cli
