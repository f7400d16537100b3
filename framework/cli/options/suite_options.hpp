#pragma once

#include "manifest/suite.hpp"
#include "plugin/registry.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>

namespace ravine::cli {

/// Adds --suite and --optimizer.
void add_suite_options(boost::program_options::options_description& options);

/// What they ask for.
struct suite_request {
  suite of;
  std::filesystem::path file;    ///< a shared object with one optimizer; empty where an id is named
  std::vector<std::string> ids;  ///< of the optimizer, unless a file is named, and of what it works around
};

/// Nothing without --suite. Throws usage_error for a suite that there is not, for one option without the
/// other, and for a manifest or changes of the suite beside them.
std::optional<suite_request> read_suite(const boost::program_options::variables_map& options);

/// The optimizer among the plugins, of which the file is one, and after it what it works around. Throws
/// usage_error if there is none, or if the file has several.
std::vector<const component*> optimizer_of(const suite_request& asked, const registry& plugins);

}  // namespace ravine::cli
