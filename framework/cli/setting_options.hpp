#pragma once

#include "settings.hpp"

#include <boost/program_options/variables_map.hpp>

namespace ravine::cli {

/// The hyperparameters given as a repeatable option NAME=VALUE. Throws usage_error.
settings read_settings(const boost::program_options::variables_map& found, const char* option);

}  // namespace ravine::cli
