#include "train/curvature.hpp"

#include "data/dataset_content.hpp"
#include "data/shared_dataset.hpp"
#include "parity_support.hpp"

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

// The curvature of a loss beside PyTorch's: tests/parity/curvature.py says how that is computed.
namespace ravine {
namespace {

using nlohmann::json;

dataset examples_of(const json& from) {
  dataset_content data;
  data.name = "reference";
  data.shape = from.at("shape").get<std::vector<std::size_t>>();
  data.classes = from.at("classes");
  data.train.values = from.at("inputs").get<std::vector<float>>();
  data.train.labels = from.at("labels").get<std::vector<std::uint8_t>>();
  data.validation = data.test = data.train;
  return share_dataset(data);
}

TEST(curvature_parity, agrees_with_pytorch) {
  const registry& plugins = testing::shipped_plugins();
  std::ifstream file(std::string(RAVINE_PARITY_DIR) + "/curvature.json");
  const json cases = json::parse(file).at("cases");
  ASSERT_EQ(cases.size(), 2U);
  for (const json& each : cases) {
    const component& mlp = plugins.get(component_kind::model, "mlp");
    trial_spec spec;
    spec.problem.type = dtype::f64;
    spec.problem.data = data_request{"reference", {}};
    spec.problem.model = {"mlp",
                          mlp.complete({{"hidden", each.at("hidden").get<std::vector<std::int64_t>>()},
                                        {"activation", each.at("activation").get<std::string>()}}),
                          mlp.file->sha256};
    const dataset data = examples_of(each);
    objective<double> loss(spec, plugins, &data);
    const curvature_spec what{{1, cost_unit::steps}, 1000, each.at("rho")};
    curvature_watch<double> watch(loss, &data, what, 1, 7);
    const auto found = watch.after_step(0, each.at("params").get<std::vector<double>>());
    for (const char* name : {"hessian_eigenvalue", "sam_sharpness", "gradient_noise_scale"}) {
      const double expected = each.at(name),
                   tolerance = name == std::string("hessian_eigenvalue") ? 1e-4 : 1e-9;
      EXPECT_NEAR(found.at(name), expected, tolerance * expected) << each.at("activation") << " " << name;
    }
  }
}

}  // namespace
}  // namespace ravine
