#include "parity_support.hpp"
#include "plugin/instance.hpp"
#include "plugin/memory.hpp"
#include "plugin/registry.hpp"
#include "unit/special_numbers.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The model torchscript beside PyTorch for Python: the modules are described in torchscript.py.
namespace ravine {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

std::string module_file(const std::string& name) {
  return std::string(RAVINE_PARITY_DIR) + "/torchscript/" + name;
}

json read_cases() {
  std::ifstream file(std::string(RAVINE_PARITY_DIR) + "/torchscript.json");
  return json::parse(file).at("cases");
}

/// A module on one batch.
template <class T>
class module_on_batch {
 public:
  module_on_batch(const json& from, settings with)
      : shape_(from.at("shape").get<std::vector<std::uint64_t>>()),
        labels_(from.at("labels").get<std::vector<std::int32_t>>()),
        inputs_(from.at("inputs").get<std::vector<T>>()),
        data_{sizeof(rv_data_spec), 0, shape_.size(), shape_.data(), from.at("classes"), labels_.size(), 1},
        model_(testing::shipped_plugins().get(component_kind::model, "torchscript"), &data_, with,
               dtype_of<T>),
        params_(model_.layout().size()),
        grads_(params_.size()),
        batch_{sizeof(rv_batch), RV_MODE_TRAIN, labels_.size(), inputs_.data(), labels_.data(), 3} {
    model_.init(1, params_.data());
  }

  model& wrapped() { return model_; }
  rv_batch& batch() { return batch_; }
  std::vector<T>& params() { return params_; }
  double loss() { return model_.loss_gradient(params_.data(), &batch_, nullptr); }
  double loss_gradient() { return model_.loss_gradient(params_.data(), &batch_, grads_.data()); }
  std::vector<T> scores() {
    std::vector<T> found(labels_.size() * data_.classes);
    model_.predict(params_.data(), &batch_, found.data());
    return found;
  }
  /// By the name of its tensor.
  std::map<std::string, std::vector<double>> grads() const {
    std::map<std::string, std::vector<double>> all;
    const rv_layout& layout = *model_.layout().raw();
    for (std::uint64_t i = 0; i < layout.tensor_count; ++i) {
      const rv_tensor& each = *layout.tensors[i];
      const auto first = grads_.begin() + static_cast<std::ptrdiff_t>(each.offset);
      all[each.name].assign(first, first + static_cast<std::ptrdiff_t>(each.size));
    }
    return all;
  }

 private:
  std::vector<std::uint64_t> shape_;
  std::vector<std::int32_t> labels_;
  std::vector<T> inputs_;
  rv_data_spec data_;
  model model_;
  std::vector<T> params_, grads_;
  rv_batch batch_;
};

class torchscript : public ::testing::Test {
 protected:
  void SetUp() override {
    if (testing::shipped_plugins().find(component_kind::model, "torchscript") == nullptr) {
      GTEST_SKIP() << "this build has no model torchscript: libtorch-dev was not there";
    }
  }

  static settings with(const json& from) {
    return {{"file", module_file(from.at("name").get<std::string>() + ".pt")},
            {"input", from.at("input").get<std::string>()}};
  }

  static json case_named(const std::string& name) {
    for (const json& each : read_cases()) {
      if (each.at("name") == name) return each;
    }
    return {};
  }

  template <class Body>
  static std::string error_of(Body body) {
    try {
      body();
    } catch (const plugin_error& problem) {
      return problem.what();
    }
    return "";
  }
};

TEST_F(torchscript, has_the_gradients_of_pytorch) {
  const json cases = read_cases();
  ASSERT_EQ(cases.size(), 6U);
  for (const json& each : cases) {
    SCOPED_TRACE(each.at("name"));
    module_on_batch<double> at_work(each, with(each));
    EXPECT_NEAR(at_work.loss_gradient(), each.at("loss").get<double>(), 1e-10);
    const auto expected = each.at("grads").get<std::map<std::string, std::vector<double>>>();
    const auto found = at_work.grads();
    ASSERT_EQ(found.size(), expected.size());
    double largest = 0, difference = 0;
    for (const auto& [name, values] : expected) {
      ASSERT_EQ(found.at(name).size(), values.size()) << name;
      for (std::size_t i = 0; i < values.size(); ++i) {
        largest = std::max(largest, std::abs(values[i]));
        difference = testing::larger(difference, std::abs(found.at(name)[i] - values[i]));
      }
    }
    EXPECT_LE(difference, 1e-10 * largest);
    EXPECT_GT(largest, 1e-3);
  }
}

TEST_F(torchscript, converts_modules_to_floats) {
  for (const json& each : read_cases()) {
    SCOPED_TRACE(each.at("name"));
    module_on_batch<float> at_work(each, with(each));
    EXPECT_NEAR(at_work.loss_gradient(), each.at("loss").get<double>(), 1e-5);
  }
}

TEST_F(torchscript, evaluates_where_the_parameters_are) {
  const json mlp = case_named("mlp");
  module_on_batch<double> at_work(mlp, with(mlp));
  const double first = at_work.loss_gradient();
  std::ranges::fill(at_work.params(), 0);
  EXPECT_NEAR(at_work.loss(), std::log(3), 1e-12) << "changed in place";
  std::vector<double> moved(at_work.params().size());
  for (std::size_t i = 0; i < moved.size(); ++i) moved[i] = std::sin(static_cast<double>(i));
  EXPECT_NE(at_work.wrapped().loss_gradient(moved.data(), &at_work.batch(), nullptr), at_work.loss());
  at_work.wrapped().init(1, at_work.params().data());
  EXPECT_EQ(at_work.loss(), first);
  at_work.batch().mode = RV_MODE_EVALUATE;
  const std::vector<double> scores = at_work.scores();
  double loss = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    double sum = 0;
    for (std::size_t k = 0; k < 3; ++k) sum += std::exp(scores[3 * i + k]);
    loss += std::log(sum) - scores[3 * i + static_cast<std::size_t>(mlp.at("labels")[i].get<int>())];
  }
  EXPECT_NEAR(loss / 5, first, 1e-12);
}

TEST_F(torchscript, tells_roles_by_names_and_shapes) {
  const auto roles_of = [](const std::string& name) {
    const json each = case_named(name);
    module_on_batch<double> at_work(each, with(each));
    std::map<std::string, std::uint32_t> roles;
    const rv_layout& layout = *at_work.wrapped().layout().raw();
    for (std::uint64_t i = 0; i < layout.tensor_count; ++i)
      roles[layout.tensors[i]->name] = layout.tensors[i]->role;
    return roles;
  };
  const auto network = roles_of("convolution");
  EXPECT_EQ(network.at("net.0.weight"), RV_ROLE_WEIGHT);
  EXPECT_EQ(network.at("net.0.bias"), RV_ROLE_BIAS);
  EXPECT_EQ(network.at("net.1.weight"), RV_ROLE_NORM);
  EXPECT_EQ(network.at("net.1.bias"), RV_ROLE_NORM);
  EXPECT_EQ(roles_of("recurrent").at("cells.bias_hh_l1"), RV_ROLE_BIAS);
  const auto tied = roles_of("tied");
  EXPECT_EQ(tied.count("second.weight"), 0U) << "the same one as first.weight";
  EXPECT_EQ(tied.count("second.bias"), 0U) << "it requires no gradient";
  EXPECT_EQ(tied.at("scale"), RV_ROLE_OTHER);
}

TEST_F(torchscript, shuffles_each_tensor_by_the_seed) {
  const json mlp = case_named("mlp");
  settings wanted = with(mlp);
  module_on_batch<double> plain(mlp, wanted);
  wanted["start"] = std::string("shuffled");
  module_on_batch<double> shuffled(mlp, wanted);
  const std::size_t n = plain.params().size();
  std::vector<double> first(n), again(n), other(n);
  shuffled.wrapped().init(1, first.data());
  shuffled.wrapped().init(1, again.data());
  shuffled.wrapped().init(2, other.data());
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
  EXPECT_NE(first, plain.params());
  const rv_tensor& weight = *plain.wrapped().layout().raw()->tensors[0];
  ASSERT_EQ(weight.size, 24U * 7);
  std::vector<double> before(plain.params().begin(), plain.params().begin() + 168);
  std::vector<double> after(first.begin(), first.begin() + 168);
  std::ranges::sort(before);
  std::ranges::sort(after);
  EXPECT_EQ(before, after);
}

TEST_F(torchscript, refuses_what_it_can_not_train) {
  json mlp = case_named("mlp");
  const auto error_with = [&](const json& data, const settings& wanted) {
    return error_of([&] { module_on_batch<double>(data, wanted).loss_gradient(); });
  };
  EXPECT_THAT(error_with(mlp, {{"file", module_file("missing.pt")}}), HasSubstr("there is no such file"));
  EXPECT_THAT(error_with(mlp, {{"file", module_file("")}}),
              HasSubstr("found a folder, expected a regular file"));
  EXPECT_THAT(error_with(mlp, {{"file", module_file("../torchscript.json")}}),
              HasSubstr("this is no TorchScript"));
  EXPECT_THAT(error_with(mlp, {{"file", module_file("batch_norm.pt")}}),
              HasSubstr("track_running_stats=False"));
  EXPECT_THAT(error_with(mlp, {{"file", module_file("remembering.pt")}}), HasSubstr("forward changes seen"));
  json wider = mlp;
  wider["classes"] = 4;
  EXPECT_THAT(error_with(wider, with(mlp)),
              HasSubstr("forward gives {5, 3} for an input of {5, 1, 6, 4}, expected {5, 4} (class scores"));
  json smaller = mlp;
  smaller["shape"] = {4, 4};
  EXPECT_THAT(error_with(smaller, with(mlp)), HasSubstr("forward fails on an input of {5, 1, 4, 4}"));
}

}  // namespace
}  // namespace ravine
