// A landscape that is defined at its start alone, where its gradient is 0.
#include <ravine/landscape.hpp>

#include <limits>
#include <stdexcept>
#include <string_view>

namespace {

struct nowhere_else {
  static constexpr ravine::about about{"nowhere_else", "0 at its start, and nothing anywhere else"};
  static constexpr auto hyper = ravine::hyperparameters(
      ravine::choice("beyond", {"not_a_number", "infinite", "refused"}).doc("what it answers elsewhere"));

  explicit nowhere_else(ravine::config<nowhere_else> values) : beyond(values.choice("beyond")) {}

  ravine::landscape_facts facts() const { return {.lower = {-1, -1}, .upper = {1, 1}, .start = {0.5, -0.5}}; }

  template <class T>
  T loss_gradient(std::span<const T> point, std::span<T> g) const {
    g[0] = g[1] = 0;
    if (point[0] == T(0.5) && point[1] == T(-0.5)) return 0;
    if (beyond == "refused") throw std::domain_error("there is nothing here");
    using limits = std::numeric_limits<T>;
    g[0] = g[1] = beyond == "infinite" ? limits::infinity() : limits::quiet_NaN();
    return g[0];
  }

  std::string_view beyond;
};

}  // namespace

RAVINE_LANDSCAPE(nowhere_else)
