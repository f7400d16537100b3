#pragma once

#include "tuning/part.hpp"

#include <optional>

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>

namespace ravine::cli {

/// Adds --part.
void add_part_option(boost::program_options::options_description& options);

/// The part that is asked for, if one is. Throws usage_error.
std::optional<part_number> read_part(const boost::program_options::variables_map& options);

}  // namespace ravine::cli
