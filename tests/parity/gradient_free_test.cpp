#include "parity_support.hpp"
#include "plugin/instance.hpp"
#include "plugin/memory.hpp"
#include "plugin/registry.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// The runs of gradient_free.json were made by scipy and in numpy: see gradient_free.py.

namespace ravine {
namespace {

using nlohmann::json;

/// An optimizer without gradients on a landscape, from the start of a case.
class run {
 public:
  explicit run(const json& each)
      : landscape_(
            testing::shipped_plugins().get(component_kind::model, each.at("landscape").get<std::string>()),
            nullptr, {{"n", each.at("n").get<std::int64_t>()}}, RV_F64),
        method_(testing::shipped_plugins().get(component_kind::optimizer,
                                               each.at("optimizer").get<std::string>()),
                landscape_.layout(), testing::read_settings(each.at("with"))),
        params_(RV_F64, landscape_.layout().size(), "the parameters"),
        slope_(landscape_.layout().size()) {
    const std::vector<double> start = each.at("start");
    std::copy(start.begin(), start.end(), params().begin());
    step_.struct_size = sizeof step_;
    step_.n = start.size();
    step_.params = params_.data();
    step_.state = method_.state().pointers();
    step_.values = method_.base_values().data();
    step_.loss = std::numeric_limits<double>::quiet_NaN();
    method_.init_state(step_);
    step_.closure = &closure_;
  }

  void step(std::uint64_t seed) {
    ++step_.step;
    step_.seed = seed;
    method_.step(step_);
  }

  std::span<double> params() { return params_.as<double>(); }
  std::span<const double> state(const std::string& name) {
    for (const plugin_state::array& each : method_.state().arrays()) {
      if (each.name == name) {
        return {static_cast<const double*>(each.elements.data()), each.elements.size()};
      }
    }
    return {};
  }
  std::size_t evaluations() const { return evaluations_; }

 private:
  static rv_status evaluate(void* context, const void* point, double* loss, void* grads) {
    auto& self = *static_cast<run*>(context);
    EXPECT_EQ(grads, nullptr) << "no gradient is wanted";
    ++self.evaluations_;
    *loss = self.landscape_.loss_gradient(point, nullptr, self.slope_.data());
    return RV_OK;
  }

  model landscape_;
  optimizer method_;
  aligned_array params_;
  std::vector<double> slope_;
  rv_closure closure_{sizeof(rv_closure), 0, this, evaluate};
  rv_step step_{};
  std::size_t evaluations_ = 0;
};

double relative(double found, double expected) {
  if (found == expected) return 0;
  const double share = std::abs(found - expected) / std::abs(expected);
  return std::isnan(share) ? INFINITY : share;
}

double difference_of_simplex(run& method, const std::vector<double>& expected) {
  const auto losses = method.state("losses");
  const double mean = std::accumulate(losses.begin(), losses.end(), 0.0) / double(losses.size());
  return std::max({relative(losses.front(), expected[0]), relative(losses.back(), expected[1]),
                   relative(mean, expected[2]), relative(double(method.evaluations()), expected[3])});
}

double difference_of_distribution(run& method, std::vector<double> expected) {
  const double best = expected.back(), sigma = *(expected.end() - 2);
  expected.resize(expected.size() - 2);
  return std::max({testing::relative_difference(method.params(), expected),
                   relative(method.state("sigma")[0], sigma), relative(method.state("best_loss")[0], best)});
}

std::vector<double> flat(const json& points) {
  std::vector<double> all;
  for (const json& each : points) all.insert(all.end(), each.begin(), each.end());
  return all;
}

/// Over all steps, and of what the last one leaves.
double largest_difference(const json& each) {
  run method(each);
  const bool simplex = each.contains("points");
  double largest = 0;
  for (std::size_t t = 0; t < each.at("steps").size(); ++t) {
    method.step(simplex ? t : each.at("seeds")[t].get<std::uint64_t>());
    const std::vector<double> expected = each.at("steps")[t];
    largest = std::max(largest, simplex ? difference_of_simplex(method, expected)
                                        : difference_of_distribution(method, expected));
  }
  if (!simplex) {
    return std::max(largest, testing::relative_difference(method.state("covariance"), each.at("covariance")));
  }
  return std::max({largest, testing::relative_difference(method.state("simplex"), flat(each.at("points"))),
                   testing::relative_difference(method.state("losses"), each.at("losses"))});
}

TEST(gradient_free, nelder_mead_follows_scipy_and_cma_es_its_tutorial) {
  std::ifstream file(RAVINE_PARITY_DIR "/gradient_free.json");
  const json cases = json::parse(file).at("cases");
  ASSERT_GE(cases.size(), 30U);
  for (const json& each : cases) {
    const std::string place =
        fmt::format("{:<11} {:<10} {:>2} {}", each.at("optimizer").get<std::string>(),
                    each.at("landscape").get<std::string>(), each.at("n").get<int>(), each.at("with").dump());
    const double difference = largest_difference(each);
    fmt::print("{}: differs by {:.1e} over {} steps\n", place, difference, each.at("steps").size());
    EXPECT_LE(difference, 1e-9) << place;
  }
}

}  // namespace
}  // namespace ravine
