#pragma once

#include "options/usage.hpp"
#include "store/stored.hpp"

#include <vector>

namespace ravine::cli {

/// Adds --where, which may be given several times.
void add_where_option(boost::program_options::options_description& options);

/// The trials that meet every condition of --where; all of them without it. Throws usage_error for a
/// condition that makes no sense.
std::vector<stored_trial> matching_where(std::vector<stored_trial> trials,
                                         const boost::program_options::variables_map& options);

/// The same. Throws usage_error, too, if --where leaves nothing.
std::vector<stored_trial> some_matching_where(std::vector<stored_trial> trials,
                                              const boost::program_options::variables_map& options);

/// That of some_matching_where.
[[noreturn]] void throw_nothing_left(const boost::program_options::variables_map& options);

}  // namespace ravine::cli
