#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ravine::testing {

/// Changes a results file.
void execute_in(const std::filesystem::path& file, const std::string& sql);

/// Gives the experiments of a results file a manifest that an older version took and today's reader refuses.
void make_manifest_unreadable(const std::filesystem::path& file);

/// The rows of a query on a results file, each as text: numbers with all their digits, arrays as hexadecimal.
std::vector<std::string> rows_of(const std::filesystem::path& file, const std::string& query);

/// The first value of the first row.
long long number_of(const std::filesystem::path& file, const std::string& query);

/// All that training computed, and nothing that the clock or the machine said: what has to be equal when the
/// same is run twice.
std::vector<std::string> computed_in(const std::filesystem::path& file);

}  // namespace ravine::testing
