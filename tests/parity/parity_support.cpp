#include "parity_support.hpp"

#include "plugin/memory.hpp"
#include "plugin/registry.hpp"
#include "train/rule.hpp"

#include <fstream>
#include <limits>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

// The cases of papers.py, recent.py and wrappers.py: an optimizer, maybe around another, on a landscape or on
// a small network.

namespace ravine::testing {
namespace {

using nlohmann::json;

constexpr std::size_t steps = 200;

std::uint32_t role_named(const std::string& name) {
  static const std::map<std::string, std::uint32_t> roles{
      {"weight", RV_ROLE_WEIGHT}, {"bias", RV_ROLE_BIAS}, {"norm", RV_ROLE_NORM}};
  return roles.at(name);
}

optimizer_spec optimizer_of(const json& each) {
  optimizer_spec spec;
  spec.optimizer.use = each.at("optimizer");
  spec.optimizer.with = read_settings(each.at("with"));
  if (each.contains("inner")) spec.inner.push_back(optimizer_of(each.at("inner")));
  return spec;
}

struct network_layout : parameter_layout {
  explicit network_layout(const json& tensors) : parameter_layout(RV_F64) {
    for (const json& each : tensors) {
      add(each.at("name"), role_named(each.at("role")), each.at("shape"));
    }
  }
};

/// The network of papers.py: y = V (s * (W x + b)) + c, and the mean over a step's two examples of
/// |y - target|^2.
class network {
 public:
  explicit network(const json& told) : x_(told.at("inputs")), target_(told.at("targets")) {}

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
  std::vector<std::vector<double>> x_, target_;
};

/// The largest difference from the points of a case, which are told after every so many steps.
class follower {
 public:
  follower(const json& each, std::size_t every) : each_(each), every_(every) {
    EXPECT_EQ(each.at("points").size(), steps / every + 1);
  }

  void compare(std::size_t step, const char* list, std::span<const double> point) {
    if (step % every_ != 0) return;
    const std::size_t row = step / every_ - (std::string(list) == "points" ? 0 : 1);
    largest_ = std::max(largest_, relative_difference(point, each_.at(list).at(row)));
  }
  double largest() const { return largest_; }

 private:
  const json& each_;
  std::size_t every_;
  double largest_ = 0;
};

/// The step that a rule is given before the first one.
rv_step first_step(aligned_array& params, std::size_t n) {
  rv_step step{};
  step.struct_size = sizeof step;
  step.n = n;
  step.params = params.data();
  step.total_steps = steps;
  step.loss = std::numeric_limits<double>::quiet_NaN();
  return step;
}

/// Trains the network by the optimizer of a case.
double difference_on_network(const json& each, const json& told, std::size_t every) {
  const network_layout layout(told.at("tensors"));
  network problem(told);
  const horizon planned{.total_steps = steps, .steps_per_epoch = 0};
  const auto method =
      make_rule(optimizer_of(each), {.plugins = shipped_plugins(), .layout = layout, .planned = planned});
  const std::vector<double> start = each.at("points")[0];
  if (start.size() != layout.size()) return INFINITY;
  aligned_array params(RV_F64, layout.size(), "the parameters"), point(RV_F64, layout.size(), "the point");
  aligned_array grads(RV_F64, layout.size(), "the gradients", guarded_memory::views::with_read_only);
  std::copy(start.begin(), start.end(), params.as<double>().begin());
  rv_closure closure{sizeof(rv_closure), 0, &problem, network::evaluate};
  rv_step step = first_step(params, layout.size());
  method->init_state(step);
  follower path(each, every);
  for (std::size_t t = 1; t <= steps; ++t) {
    step.step = step.seed = t;
    problem.draw(t);
    method->begin_step(t);
    const bool elsewhere = method->gradient_point(step, point.data()) == optimizer::point_use::own_point;
    step.loss =
        problem.loss_gradient((elsewhere ? point : params).as<double>().data(), grads.as<double>().data());
    step.grads = grads.read_only();
    step.closure = &closure;
    method->step(step);
    path.compare(t, "points", params.as<double>());
    step.grads = nullptr;
    step.closure = nullptr;
    const bool apart = method->evaluation_point(step, point.data()) == optimizer::point_use::own_point;
    if (apart != each.contains("evaluated")) return INFINITY;
    if (apart) path.compare(t, "evaluated", point.as<double>());
  }
  return path.largest();
}

double difference_on_landscape(const json& each, std::size_t every) {
  trial_spec spec;
  spec.optimizer = optimizer_of(each);
  spec.problem.model.use = each.at("landscape");
  spec.problem.model.with = read_settings(each.at("landscape_with"));
  spec.problem.type = dtype::f64;
  spec.problem.start = each.at("start").get<std::vector<double>>();
  spec.train.budget = {static_cast<double>(steps), cost_unit::steps};
  spec.evaluate.every = spec.train.budget;
  unwatched observer;
  const trial_result result =
      run_trial(spec, shipped_plugins(), nullptr, observer, path_recording::every_step);
  if (result.status != trial_status::completed || result.path.steps.size() != steps + 1) {
    ADD_FAILURE() << result.reason;
    return INFINITY;
  }
  follower path(each, every);
  for (std::size_t row = 0; row <= steps; ++row) {
    path.compare(row, "points",
                 std::span(result.path.points).subspan(row * result.path.dimension, result.path.dimension));
  }
  return path.largest();
}

}  // namespace

const registry& shipped_plugins() {
  static const registry loaded = [] {
    registry found;
    found.scan(RAVINE_TEST_PLUGIN_DIR);
    return found;
  }();
  return loaded;
}

std::size_t compare_with_paths(const std::string& file) {
  std::ifstream stream(RAVINE_PARITY_DIR "/" + file);
  const json told = json::parse(stream);
  const std::size_t every = told.at("every");
  for (const json& each : told.at("cases")) {
    const bool on_landscape = each.contains("landscape");
    const std::string place =
        on_landscape ? fmt::format("{} {}", each.at("landscape").get<std::string>(), each.at("start").size())
                     : "network";
    std::string name = each.at("optimizer");
    if (each.contains("inner")) name += " around " + each.at("inner").at("optimizer").get<std::string>();
    const double difference = on_landscape ? difference_on_landscape(each, every)
                                           : difference_on_network(each, told.at("network"), every);
    fmt::print("{:<36} on {:<12} {}: differs by {:.1e}\n", name, place, each.at("with").dump(), difference);
    EXPECT_LE(difference, 1e-10) << name << " on " << place;
  }
  return told.at("cases").size();
}

}  // namespace ravine::testing
