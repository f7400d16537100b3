#pragma once

#include "core/settings.hpp"

#include <cstdint>

#include <boost/program_options/variables_map.hpp>

namespace ravine::cli {

/// The hyperparameters given as a repeatable option NAME=VALUE. Throws usage_error.
settings read_settings(const boost::program_options::variables_map& options, const char* option);

/// The number of steps given as --steps. Throws usage_error.
std::uint64_t read_steps(const boost::program_options::variables_map& options);

}  // namespace ravine::cli
