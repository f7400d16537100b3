#include "unit/plugins/model_support.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <numeric>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// rnn and transformer: gradients against central differences and against PyTorch's, names, starts, parts of
// batches, dropout.
namespace ravine {
namespace {

using testing::model_with_batch;
using testing::random_numbers;

settings with_of(const nlohmann::json& written) {
  settings read;
  for (const auto& [name, value] : written.items()) {
    if (value.is_string()) {
      read[name] = value.get<std::string>();
    } else {
      read[name] = value.get<std::int64_t>();
    }
  }
  return read;
}

std::size_t features_of(const std::vector<std::uint64_t>& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

double norm_of(const std::vector<double>& x) {
  return std::sqrt(std::inner_product(x.begin(), x.end(), x.begin(), 0.0));
}

TEST(layers_models, agree_with_pytorch) {
  std::ifstream file(RAVINE_TEST_SOURCE_DIR "/parity/layers.json");
  ASSERT_TRUE(file);
  const nlohmann::json reference = nlohmann::json::parse(file);
  ASSERT_EQ(reference.at("cases").size(), 20U);
  for (const nlohmann::json& each : reference.at("cases")) {
    SCOPED_TRACE(each.at("model").dump() + each.at("with").dump());
    const auto shape = each.at("shape").get<std::vector<std::uint64_t>>();
    const auto labels = each.at("labels").get<std::vector<std::int32_t>>();
    const auto inputs = each.at("inputs").get<std::vector<double>>();
    const auto params = each.at("params").get<std::vector<double>>();
    auto difference = each.at("grads").get<std::vector<double>>();
    const std::size_t examples = inputs.size() / features_of(shape);
    model_with_batch<double> model(each.at("model").get<std::string>().c_str(), with_of(each.at("with")),
                                   examples, each.at("classes"), shape, testing::shipped_plugins(),
                                   labels.size() / examples);
    ASSERT_EQ(model.params().size(), params.size());
    model.params() = params;
    model.batch().inputs = inputs.data();
    model.batch().labels = labels.data();
    const double loss = each.at("loss");
    EXPECT_NEAR(model.loss_gradient(), loss, 1e-13 * loss);
    const double length = norm_of(difference);
    for (std::size_t i = 0; i < difference.size(); ++i) difference[i] -= model.grads()[i];
    EXPECT_LE(norm_of(difference), 1e-13 * length);
  }
}

struct network {
  const char* id;
  settings with;
};

/// Each option once, as small as it goes.
std::vector<network> networks(double dropout = 0) {
  std::vector<network> made;
  for (const char* cell : {"simple", "gru", "lstm"}) {
    made.push_back({"rnn",
                    {{"cell", std::string(cell)},
                     {"hidden", std::int64_t{3}},
                     {"layers", std::int64_t{2}},
                     {"dropout", dropout}}});
  }
  for (const char* norm : {"pre", "post"}) {
    for (const char* pooling : {"mean", "class_token"}) {
      made.push_back({"transformer",
                      {{"patch", std::int64_t{2}},
                       {"width", std::int64_t{4}},
                       {"heads", std::int64_t{2}},
                       {"layers", std::int64_t{1}},
                       {"hidden", std::int64_t{3}},
                       {"norm", std::string(norm)},
                       {"pooling", std::string(pooling)},
                       {"dropout", dropout}}});
    }
  }
  return made;
}

/// The same networks over characters: 5 examples of 4, of 3 kinds, each with `labels` labels.
class of_characters {
 public:
  of_characters(const network& which, std::size_t labels)
      : of_(which.id, which.with, 5, 3, {4}, testing::shipped_plugins(), labels) {
    for (std::size_t i = 0; i < inputs_.size(); ++i) inputs_[i] = static_cast<double>(i * i % 3);
    of_.batch().inputs = inputs_.data();
  }
  model_with_batch<double>& operator*() { return of_; }
  model_with_batch<double>* operator->() { return &of_; }
  std::vector<double>& inputs() { return inputs_; }

 private:
  model_with_batch<double> of_;
  std::vector<double> inputs_ = std::vector<double>(20);
};

std::vector<network> character_networks() {
  std::vector<network> made = networks();
  std::erase_if(made, [](const network& each) {
    return each.with.contains("pooling") && each.with.at("pooling") == setting(std::string("class_token"));
  });
  return made;
}

TEST(layers_models, have_an_exact_gradient_of_characters) {
  for (const std::size_t labels : {std::size_t{1}, std::size_t{4}}) {
    for (const network& each : character_networks()) {
      SCOPED_TRACE(each.id + to_string(each.with) + std::to_string(labels));
      of_characters model(each, labels);
      model->params() = random_numbers<double>(model->params().size(), 0.5);
      model->expect_exact_gradient();
    }
  }
}

TEST(layers_models, score_each_character_by_those_up_to_it_alone) {
  for (const network& each : character_networks()) {
    SCOPED_TRACE(each.id + to_string(each.with));
    of_characters model(each, 4);
    model->params() = random_numbers<double>(model->params().size(), 0.5);
    const std::vector<double> before = model->predict();
    model.inputs()[2] = model.inputs()[2] == 0 ? 2 : 0;  // the third of four
    const std::vector<double> after = model->predict();
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(before[i], after[i]) << i;
    for (std::size_t i = 6; i < 12; ++i) EXPECT_NE(before[i], after[i]) << i;
  }
}

TEST(layers_models, have_an_exact_gradient) {
  for (const double dropout : {0.0, 0.4}) {
    for (const network& each : networks(dropout)) {
      SCOPED_TRACE(each.id + to_string(each.with));
      model_with_batch<double> model(each.id, each.with, 5, 3, {4, 6});
      model.params() = random_numbers<double>(model.params().size(), 0.5);
      model.expect_exact_gradient();
      model.batch().size = 2;  // shorter than the longest, as an epoch's last batch is
      model.expect_exact_gradient();
    }
  }
}

TEST(layers_models, make_the_same_of_a_batch_in_parts) {
  constexpr std::size_t examples = 300;  // more than any tape takes at once
  for (const network& each : networks()) {
    SCOPED_TRACE(each.id + to_string(each.with));
    model_with_batch<double> whole(each.id, each.with, examples, 3, {4, 6});
    const double loss = whole.loss_gradient();
    const std::vector<double> scores = whole.predict();
    std::vector<double> grads(whole.params().size());
    double sum = 0;
    for (std::size_t i = 0; i < examples; ++i) {
      model_with_batch<double> one(each.id, each.with, 1, 3, {4, 6});
      one.batch().inputs = whole.inputs().data() + i * 24;
      one.batch().labels = whole.labels().data() + i;
      sum += one.loss_gradient();
      for (std::size_t k = 0; k < grads.size(); ++k) grads[k] += one.grads()[k] / examples;
      const std::vector<double> own = one.predict();
      for (std::size_t k = 0; k < 3; ++k) EXPECT_NEAR(own[k], scores[3 * i + k], 1e-12);
    }
    EXPECT_NEAR(loss, sum / examples, 1e-12);
    for (std::size_t k = 0; k < grads.size(); ++k) EXPECT_NEAR(grads[k], whole.grads()[k], 1e-12) << k;
  }
}

TEST(layers_models, agree_in_float_and_double) {
  for (const network& each : networks()) {
    SCOPED_TRACE(each.id + to_string(each.with));
    model_with_batch<double> twice(each.id, each.with, 9, 3, {4, 6});
    model_with_batch<float> single(each.id, each.with, 9, 3, {4, 6});
    std::ranges::copy(single.params(), twice.params().begin());
    std::vector<double> inputs(single.inputs().begin(), single.inputs().end());
    twice.batch().inputs = inputs.data();
    EXPECT_NEAR(single.loss_gradient(), twice.loss_gradient(), 1e-5);
    for (std::size_t i = 0; i < twice.grads().size(); ++i)
      EXPECT_NEAR(single.grads()[i], twice.grads()[i], 1e-5) << i;
  }
}

TEST(layers_models, do_not_hide_a_parameter_that_is_no_number) {
  for (const network& each : networks()) {
    SCOPED_TRACE(each.id + to_string(each.with));
    model_with_batch<float> model(each.id, each.with, 5, 3, {4, 6});
    model.params()[0] = NAN;
    EXPECT_TRUE(std::isnan(model.loss_gradient()));
  }
}

TEST(layers_models, drop_out_by_the_seed_and_only_while_training) {
  for (const network& each : networks(0.5)) {
    SCOPED_TRACE(each.id + to_string(each.with));
    model_with_batch<double> model(each.id, each.with, 5, 3, {4, 6});
    const double first = model.loss();
    EXPECT_EQ(first, model.loss_gradient());
    model.batch().seed = 12;
    EXPECT_NE(first, model.loss());
    model.batch().mode = RV_MODE_EVALUATE;
    const double evaluated = model.loss();
    settings without = each.with;
    without["dropout"] = 0.0;
    EXPECT_EQ(evaluated, model_with_batch<double>(each.id, without, 5, 3, {4, 6}).loss());
  }
}

std::map<std::string, std::uint32_t> roles_of(const network& which) {
  model_with_batch<float> model(which.id, which.with, 1, 3, {4, 6});
  const rv_layout& layout = *model.wrapped().layout().raw();
  std::map<std::string, std::uint32_t> roles;
  for (std::uint64_t i = 0; i < layout.tensor_count; ++i)
    roles.emplace(layout.tensors[i]->name, layout.tensors[i]->role);
  EXPECT_EQ(roles.size(), layout.tensor_count) << "names are unique";
  return roles;
}

TEST(layers_models, name_their_tensors_and_tell_their_roles) {
  EXPECT_EQ(roles_of({"rnn", {}}),
            (std::map<std::string, std::uint32_t>{{"layer0.input.weight", RV_ROLE_WEIGHT},
                                                  {"layer0.recurrent.weight", RV_ROLE_WEIGHT},
                                                  {"layer0.input.bias", RV_ROLE_BIAS},
                                                  {"layer0.recurrent.bias", RV_ROLE_BIAS},
                                                  {"output.weight", RV_ROLE_WEIGHT},
                                                  {"output.bias", RV_ROLE_BIAS}}));
  const auto roles = roles_of(networks().back());
  for (const char* weight :
       {"patch", "block0.attention.query", "block0.attention.key", "block0.attention.value",
        "block0.attention.output", "block0.hidden", "block0.output", "output"}) {
    EXPECT_EQ(roles.at(std::string(weight) + ".weight"), RV_ROLE_WEIGHT) << weight;
    EXPECT_EQ(roles.at(std::string(weight) + ".bias"), RV_ROLE_BIAS) << weight;
  }
  for (const char* norm :
       {"block0.norm0.scale", "block0.norm0.shift", "block0.norm1.scale", "block0.norm1.shift"})
    EXPECT_EQ(roles.at(norm), RV_ROLE_NORM) << norm;
  for (const char* embedding : {"class_token.embedding", "place.embedding"})
    EXPECT_EQ(roles.at(embedding), RV_ROLE_EMBEDDING) << embedding;
  EXPECT_EQ(roles.size(), 8 * 2 + 4 + 2U);
}

TEST(layers_models, start_as_documented) {
  model_with_batch<double> lstm("rnn", {{"hidden", std::int64_t{64}}}, 1, 10, {28, 28});
  ASSERT_EQ(lstm.params().size(), 256U * (28 + 64 + 2) + 10 * 65);
  const auto [low, high] = std::ranges::minmax(lstm.params());
  EXPECT_NEAR(low, -0.125, 1e-3);  // 1 / sqrt(64)
  EXPECT_NEAR(high, 0.125, 1e-3);
  double squares = 0;
  for (const double each : lstm.params()) squares += each * each;
  EXPECT_NEAR(squares / static_cast<double>(lstm.params().size()), 0.125 * 0.125 / 3, 1e-4);

  model_with_batch<double> vit("transformer", {}, 1, 10, {28, 28});
  const rv_layout& layout = *vit.wrapped().layout().raw();
  for (std::uint64_t t = 0; t < layout.tensor_count; ++t) {
    const rv_tensor& tensor = *layout.tensors[t];
    double mean = 0, variance = 0;
    for (std::size_t i = 0; i < tensor.size; ++i) {
      const double each = vit.params()[tensor.offset + i];
      mean += each / static_cast<double>(tensor.size);
      variance += each * each / static_cast<double>(tensor.size);
    }
    const std::string name = tensor.name;
    SCOPED_TRACE(name);
    if (tensor.role == RV_ROLE_WEIGHT) {
      EXPECT_NEAR(variance * static_cast<double>(tensor.fan_in + tensor.fan_out) / 2, 1, 0.1);
    } else if (name == "place.embedding") {
      EXPECT_NEAR(std::sqrt(variance), 0.02, 1e-3);
    } else {
      EXPECT_EQ(mean, name.ends_with(".scale") ? 1 : 0);
      EXPECT_EQ(variance, mean);
    }
  }
}

TEST(layers_models, refuse_what_does_not_fit) {
  const auto error_of = [](const char* id, const settings& with, const std::vector<std::uint64_t>& shape) {
    return testing::plugin_error_of([&] { model_with_batch<float>(id, with, 2, 4, shape); });
  };
  EXPECT_EQ(error_of("transformer", {}, {28, 30}),
            "transformer: create: images of 28 x 30 can't be divided into squares of 4 x 4: name a size that "
            "divides "
            "both");
  EXPECT_EQ(error_of("transformer", {{"heads", std::int64_t{3}}}, {28, 28}),
            "transformer: create: block0.attention has 64 columns for 3 heads, expected a multiple of the "
            "number of "
            "heads");
  EXPECT_EQ(error_of("rnn", {}, {2, 2, 2, 2}),
            "rnn: create: examples have 4 dimensions, expected images: height x width or channels x height x "
            "width");
  EXPECT_EQ(
      error_of("transformer", {{"pooling", std::string("class_token")}}, {16}),
      "transformer: create: class_token is for images, and the examples are characters: leave out pooling");
  EXPECT_EQ(testing::plugin_error_of([] {
              model_with_batch<float>("transformer", {}, 2, 64, {64, 64}, testing::shipped_plugins(), 64);
            }),
            "transformer: create: a label at each position needs characters as numbers, but examples have 2 "
            "dimensions: leave out `encoding: one_hot` of the data");
}

}  // namespace
}  // namespace ravine
