// An optimizer whose start-up code changes how the whole process rounds.
#include <ravine/optimizer.hpp>

#include <cfenv>

namespace {

__attribute__((constructor)) void round_upward() { std::fesetround(FE_UPWARD); }

struct rounds_upward {
  static constexpr ravine::about about{"rounds_upward", "Stays where it is"};

  template <class T>
  void step(ravine::step<T, rounds_upward>) const {}
};

}  // namespace

RAVINE_OPTIMIZER(rounds_upward)
