#pragma once

#include <span>
#include <string>
#include <utility>

namespace ravine {

/// A baseline that a manifest fixed before its results were there.
struct fixed_baseline {
  std::string experiment;
  std::string label;       ///< of an optimizer; empty: the manifest fixes none
  std::string fault = {};  ///< why the manifest can't be read, and so not what it fixes; empty: it was read
};

/// The optimizer that the others are compared with, and how it came to be that.
struct baseline_choice {
  enum class origin { asked, manifest };

  baseline_choice() = default;
  baseline_choice(std::string asked_for)
      : label(std::move(asked_for)) {}                          // NOLINT(google-explicit-constructor)
  baseline_choice(const char* asked_for) : label(asked_for) {}  // NOLINT(google-explicit-constructor)
  baseline_choice(std::string of, origin how, std::string told)
      : label(std::move(of)), from(how), note(std::move(told)) {}

  std::string label;  ///< empty: nothing is compared pair by pair
  origin from = origin::asked;
  std::string note;  ///< what a reader has to know of the choice; empty: nothing
};

/// The baseline that was asked for, or else the one that the manifests fixed, if they agree. The note says
/// where another one is asked for than was fixed, where manifests fixed different ones, and which manifests
/// can't be read.
baseline_choice choose_baseline(const std::string& asked, std::span<const fixed_baseline> fixed);

}  // namespace ravine
