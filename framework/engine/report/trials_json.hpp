#pragma once

#include "compare/grouping.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace ravine {

/// Texts, each of which has a number.
class numbered_texts {
 public:
  /// The next number if it is new.
  std::size_t number(const std::string& text) {
    const auto [place, is_new] = numbers_.emplace(text, all_.size());
    if (is_new) all_.push_back(text);
    return place->second;
  }
  const std::vector<std::string>& all() const { return all_; }

 private:
  std::unordered_map<std::string, std::size_t> numbers_;
  std::vector<std::string> all_;
};

/// Texts that many trials share.
struct shared_texts {
  numbered_texts machines, builds, specs;
};

/// The first `repetitions` of each line, in the comparison's order, without lines that have none. A path that
/// equals the one before is named, not repeated: without randomness all repetitions are one. `trials_drawn`
/// are all on the page.
nlohmann::json trials_json(const problem_group& group, const nlohmann::json& landscape,
                           const std::vector<std::size_t>& repetitions, std::size_t trials_drawn,
                           shared_texts& shared);

}  // namespace ravine
