#include "parity_support.hpp"
#include "plugin/instance.hpp"
#include "plugin/memory.hpp"
#include "plugin/registry.hpp"
#include "train/trial.hpp"

#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// The paths of papers.json were made in numpy from the papers' formulas: see papers.py.

namespace ravine {
namespace {

using nlohmann::json;
using testing::read_settings;
using testing::relative_difference;

constexpr double tolerance = 1e-10;  // relative, over 200 steps

const json& papers() {
  static const json read = [] {
    std::ifstream file(RAVINE_PARITY_DIR "/papers.json");
    return json::parse(file);
  }();
  return read;
}

const registry& plugins() {
  static const registry loaded = [] {
    registry found;
    found.scan(RAVINE_TEST_PLUGIN_DIR);
    return found;
  }();
  return loaded;
}

std::uint32_t role_named(const std::string& name) {
  static const std::map<std::string, std::uint32_t> roles{
      {"weight", RV_ROLE_WEIGHT}, {"bias", RV_ROLE_BIAS}, {"norm", RV_ROLE_NORM}};
  return roles.at(name);
}

struct network_layout : parameter_layout {
  network_layout() : parameter_layout(RV_F64) {
    for (const json& each : papers().at("network").at("tensors")) {
      add(each.at("name"), role_named(each.at("role")), each.at("shape"));
    }
  }
};

/// The network of papers.py: y = V (s * (W x + b)) + c, and the mean over a step's two examples of
/// |y - target|^2.
class network {
 public:
  static constexpr std::size_t inputs = 2, hidden = 3, outputs = 2, batch = 2;

  void draw(std::size_t step) { first_ = step - 1; }

  double loss_gradient(const double* p, double* g) const {
    const double *const w = p, *const b = w + hidden * inputs, *const s = b + hidden, *const v = s + hidden,
                        *const c = v + outputs * hidden;
    double *const dw = g, *const db = dw + hidden * inputs, *const ds = db + hidden, *const dv = ds + hidden,
                  *const dc = dv + outputs * hidden;
    std::fill(g, dc + outputs, 0.0);
    double loss = 0;
    for (std::size_t example = 0; example < batch; ++example) {
      const std::size_t n = (first_ + example) % x_.size();
      double z[hidden], dh[hidden] = {};
      for (std::size_t i = 0; i < hidden; ++i) {
        z[i] = b[i];
        for (std::size_t k = 0; k < inputs; ++k) z[i] += w[i * inputs + k] * x_[n][k];
      }
      for (std::size_t o = 0; o < outputs; ++o) {
        double miss = c[o] - target_[n][o];
        for (std::size_t i = 0; i < hidden; ++i) miss += v[o * hidden + i] * s[i] * z[i];
        const double slope = 2 * miss / batch;
        loss += miss * miss / batch;
        dc[o] += slope;
        for (std::size_t i = 0; i < hidden; ++i) {
          dv[o * hidden + i] += slope * s[i] * z[i];
          dh[i] += slope * v[o * hidden + i];
        }
      }
      for (std::size_t i = 0; i < hidden; ++i) {
        ds[i] += dh[i] * z[i];
        db[i] += dh[i] * s[i];
        for (std::size_t k = 0; k < inputs; ++k) dw[i * inputs + k] += dh[i] * s[i] * x_[n][k];
      }
    }
    return loss;
  }

  static rv_status evaluate(void* self, const void* point, double* loss, void* grads) {
    *loss = static_cast<network*>(self)->loss_gradient(static_cast<const double*>(point),
                                                       static_cast<double*>(grads));
    return RV_OK;
  }

 private:
  std::size_t first_ = 0;
  std::vector<std::vector<double>> x_ = papers().at("network").at("inputs");
  std::vector<std::vector<double>> target_ = papers().at("network").at("targets");
};

/// Trains the network by the optimizer of a case; answers the largest difference over all steps.
double difference_on_network(const json& each) {
  const network_layout layout;
  network problem;
  optimizer method(plugins().get(component_kind::optimizer, each.at("optimizer").get<std::string>()), layout,
                   read_settings(each.at("with")));
  const std::vector<double> start = each.at("points")[0];
  if (start.size() != layout.size()) return INFINITY;
  aligned_array params(RV_F64, layout.size(), "the parameters"), point(RV_F64, layout.size(), "the point");
  aligned_array grads(RV_F64, layout.size(), "the gradients", guarded_memory::views::with_read_only);
  std::copy(start.begin(), start.end(), params.as<double>().begin());
  rv_closure closure{sizeof(rv_closure), 0, &problem, network::evaluate};
  rv_step step{};
  step.struct_size = sizeof step;
  step.n = layout.size();
  step.params = params.data();
  step.state = method.state().pointers();
  step.values = method.base_values().data();
  step.loss = std::numeric_limits<double>::quiet_NaN();
  method.init_state(step);
  double largest = 0;
  for (std::size_t t = 1; t < each.at("points").size(); ++t) {
    step.step = t;
    problem.draw(t);
    step.loss = problem.loss_gradient(params.as<double>().data(), grads.as<double>().data());
    step.grads = grads.read_only();
    step.closure = &closure;
    method.step(step);
    largest = std::max(largest, relative_difference(params.as<double>(), each.at("points")[t]));
    step.grads = nullptr;
    step.closure = nullptr;
    const bool apart = method.evaluation_point(step, point.data()) == optimizer::point_use::own_point;
    if (apart != each.contains("evaluated")) return INFINITY;
    if (apart) {
      largest = std::max(largest, relative_difference(point.as<double>(), each.at("evaluated")[t - 1]));
    }
  }
  return largest;
}

double difference_on_landscape(const json& each) {
  trial_spec spec;
  spec.optimizer.optimizer.use = each.at("optimizer");
  spec.optimizer.optimizer.with = read_settings(each.at("with"));
  spec.problem.model.use = each.at("landscape");
  spec.problem.model.with = read_settings(each.at("landscape_with"));
  spec.problem.type = dtype::f64;
  spec.problem.start = each.at("start").get<std::vector<double>>();
  const json& points = each.at("points");
  spec.train.budget = {static_cast<double>(points.size() - 1), cost_unit::steps};
  spec.evaluate.every = spec.train.budget;
  testing::unwatched observer;
  const trial_result result = run_trial(spec, plugins(), nullptr, observer, path_recording::every_step);
  if (result.status != trial_status::completed || result.path.steps.size() != points.size()) return INFINITY;
  double largest = 0;
  for (std::size_t row = 0; row < points.size(); ++row) {
    const auto point =
        std::span(result.path.points).subspan(row * result.path.dimension, result.path.dimension);
    largest = std::max(largest, relative_difference(point, points[row]));
  }
  return largest;
}

TEST(papers, optimizers_follow_the_formulas_of_their_papers) {
  ASSERT_GE(papers().at("cases").size(), 35U);
  for (const json& each : papers().at("cases")) {
    ASSERT_EQ(each.at("points").size(), 201U);
    const bool on_landscape = each.contains("landscape");
    const std::string place =
        on_landscape ? fmt::format("{} {}", each.at("landscape").get<std::string>(), each.at("start").size())
                     : "network";
    const double difference = on_landscape ? difference_on_landscape(each) : difference_on_network(each);
    fmt::print("{:<20} on {:<12} {}: differs by {:.1e}\n", each.at("optimizer").get<std::string>(), place,
               each.at("with").dump(), difference);
    EXPECT_LE(difference, tolerance) << each.at("optimizer") << " on " << place;
  }
}

}  // namespace
}  // namespace ravine
