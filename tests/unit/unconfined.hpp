#pragma once

#include "process/confinement.hpp"

namespace ravine::testing {

/// While it lives, forks may do what confinement keeps plugins from: fork again, or write files.
class unconfined {
 public:
  unconfined() { set_confinement(confinement_mode::off); }
  ~unconfined() { set_confinement(confinement_mode::on); }
  unconfined(const unconfined&) = delete;
  unconfined& operator=(const unconfined&) = delete;
};

}  // namespace ravine::testing
