#include "plugin/host.hpp"
#include "unit/plugin_support.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

// What the SDK does for authors, seen from the host: throwing.cpp and sdk_probe.cpp in tests/plugins.
namespace ravine {
namespace {

using testing::driven_optimizer;
using testing::load_test_object;
using testing::plugin_error_of;

std::string thrown(const std::string& where, const std::string& what) {
  const registry loaded = load_test_object("throwing");
  return plugin_error_of([&] {
    driven_optimizer<double>(loaded.get(component_kind::optimizer, "throwing"),
                             {{"where", where}, {"what", what}}, {1})
        .step({1});
  });
}

TEST(sdk, turns_exceptions_into_statuses_with_their_text) {
  EXPECT_EQ(thrown("nowhere", "exception"), "");
  EXPECT_EQ(thrown("create", "exception"), "throwing: create: thrown on purpose");
  EXPECT_EQ(thrown("create", "bad_config"), "throwing: create: refused on purpose");
  EXPECT_EQ(thrown("init", "exception"), "throwing: init_state: thrown on purpose");
  EXPECT_EQ(thrown("step", "exception"), "throwing: step: thrown on purpose");
  EXPECT_EQ(thrown("step", "number"),
            "throwing: step: the plugin threw something that is not a std::exception");
}

TEST(sdk, names_the_state_array_that_is_missing) {
  EXPECT_EQ(thrown("nowhere", "state_name"),
            "throwing: step: no state array named m is declared; declared are: none");
}

TEST(sdk, refuses_a_negative_number_as_a_size) {
  EXPECT_EQ(thrown("nowhere", "negative_count"),
            "throwing: create: negative is -3, expected 0 or more: the plugin should declare it at_least(0)");
}

TEST(sdk, turns_bad_alloc_into_out_of_memory) {
  const registry loaded = load_test_object("throwing");
  const component& which = loaded.get(component_kind::optimizer, "throwing");
  const settings with{{"where", std::string("create")}, {"what", std::string("bad_alloc")}};
  EXPECT_THROW(driven_optimizer<double>(which, with, {1}), plugin_out_of_memory);
}

TEST(sdk, answers_bad_config_as_such) {
  const registry loaded = load_test_object("throwing");
  const component& which = loaded.get(component_kind::optimizer, "throwing");
  const auto* const table = static_cast<const rv_optimizer*>(functions_of(which));
  const configuration config(which, {{"where", std::string("create")}, {"what", std::string("bad_config")}});
  const testing::vector_layout layout(RV_F64, 1);
  void* self = nullptr;
  EXPECT_EQ(table->create(plugin_host(), layout.raw(), config.raw(), &self), RV_BAD_CONFIG);
  EXPECT_EQ(take_plugin_error(), "refused on purpose");
}

/// The probe with a closure that counts its calls and answers what it is told.
template <class T>
class probe {
 public:
  explicit probe(const settings& with = {})
      : loaded_(load_test_object("sdk_probe")),
        driven_(loaded_.get(component_kind::optimizer, "sdk_probe"), with, {4, 2}) {
    closure_ = {sizeof(rv_closure), 0, this, &evaluate};
  }

  void step(const std::vector<T>& grads, rv_status answer = RV_OK) {
    answer_ = answer;
    rv_step step = driven_.describe(grads.data());
    step.closure = &closure_;
    driven_.wrapped().step(step);
  }

  driven_optimizer<T>& driven() { return driven_; }
  int evaluations() const { return evaluations_; }
  const plugin_state::array& state(std::size_t i) { return driven_.wrapped().state().arrays().at(i); }

 private:
  static rv_status evaluate(void* context, const void* point, double* loss, void* grads) {
    auto& self = *static_cast<probe*>(context);
    ++self.evaluations_;
    EXPECT_EQ(grads, nullptr);
    *loss = 100 + static_cast<const T*>(point)[0];
    if (self.answer_ != RV_OK) plugin_host()->set_error(plugin_host(), "the batch is gone");
    return self.answer_;
  }

  registry loaded_;
  driven_optimizer<T> driven_;
  rv_closure closure_{};
  rv_status answer_ = RV_OK;
  int evaluations_ = 0;
};

template <class T>
struct sdk_optimizer : ::testing::Test {};
using element_types = ::testing::Types<float, double>;
TYPED_TEST_SUITE(sdk_optimizer, element_types);

TYPED_TEST(sdk_optimizer, declares_state_by_its_configuration) {
  probe<TypeParam> made({{"count", std::int64_t{5}}});
  ASSERT_EQ(made.driven().wrapped().state().arrays().size(), 3U);
  EXPECT_EQ(made.state(0).name, "mean");
  EXPECT_EQ(made.state(0).elements.bytes(), 2 * sizeof(TypeParam));
  EXPECT_EQ(made.state(1).elements.bytes(), 2 * sizeof(TypeParam));
  EXPECT_EQ(made.state(2).elements.type(), RV_F64);
  EXPECT_EQ(made.state(2).elements.size(), 5U);
}

TYPED_TEST(sdk_optimizer, sets_up_its_state_from_start_and_configuration) {
  probe<TypeParam> made({{"powers", std::vector<std::int64_t>{7, 8, 9, 10}}});
  EXPECT_EQ(made.state(0).elements.template as<TypeParam>()[1], TypeParam{2}) << "the starting point";
  const auto kept = made.state(2).elements.template as<double>();
  EXPECT_EQ(std::vector<double>(kept.begin(), kept.end()), (std::vector<double>{7, 8, 9}));
}

TYPED_TEST(sdk_optimizer, steps_tensor_by_tensor_and_evaluates) {
  probe<TypeParam> made;
  made.step({10, -10});
  EXPECT_EQ(made.driven().params()[0], TypeParam{3});
  EXPECT_EQ(made.driven().params()[1], TypeParam{3});
  EXPECT_EQ(made.state(0).elements.template as<TypeParam>()[0], TypeParam{3.5});
  EXPECT_EQ(made.state(1).elements.template as<TypeParam>()[0], TypeParam{2}) << "one tensor of two elements";
  EXPECT_EQ(made.state(2).elements.template as<double>()[0], 103);
  EXPECT_EQ(made.evaluations(), 1);
}

TYPED_TEST(sdk_optimizer, passes_on_why_the_host_could_not_evaluate) {
  probe<TypeParam> made;
  EXPECT_EQ(plugin_error_of([&] { made.step({1, 1}, RV_FAILED); }), "sdk_probe: step: the batch is gone");
  EXPECT_THROW(made.step({1, 1}, RV_NO_MEMORY), plugin_out_of_memory);
}

TYPED_TEST(sdk_optimizer, asks_for_points_of_its_own) {
  probe<TypeParam> made;
  optimizer& wrapped = made.driven().wrapped();
  std::vector<TypeParam> point(2);
  EXPECT_TRUE(wrapped.has_own_points());
  EXPECT_EQ(wrapped.gradient_point(made.driven().describe(nullptr), point.data()),
            optimizer::point_use::own_point);
  EXPECT_EQ(point, (std::vector<TypeParam>{5, 3}));
  made.step({10, -10});
  EXPECT_EQ(wrapped.evaluation_point(made.driven().describe(nullptr), point.data()),
            optimizer::point_use::own_point);
  EXPECT_EQ(point[0], TypeParam{3.5});
}

TYPED_TEST(sdk_optimizer, may_do_without_points_of_its_own) {
  probe<TypeParam> made({{"points", false}});
  optimizer& wrapped = made.driven().wrapped();
  std::vector<TypeParam> point(2, 77);
  EXPECT_EQ(wrapped.gradient_point(made.driven().describe(nullptr), point.data()),
            optimizer::point_use::parameters);
  EXPECT_EQ(wrapped.evaluation_point(made.driven().describe(nullptr), point.data()),
            optimizer::point_use::parameters);
  EXPECT_EQ(point[0], TypeParam{77});
  EXPECT_FALSE(wrapped.has_own_points()) << "once RV_UNUSED, never asked again";
}

}  // namespace
}  // namespace ravine
