#include "core/settings_json.hpp"

#include "core/error.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ravine {
namespace {

TEST(settings_json, reads_back_what_it_wrote) {
  const settings all{{"flag", true},
                     {"count", std::int64_t{3}},
                     {"lr", 0.1},
                     {"form", std::string("a form whose name is too long for a string's own buffer")},
                     {"hidden", std::vector<std::int64_t>{64, 32}}};
  EXPECT_EQ(settings_from_json(settings_to_json(all).dump()), all);
  EXPECT_EQ(settings_from_json("{}"), settings{});
}

TEST(settings_json, refuses_other_text) {
  EXPECT_THROW(settings_from_json("{"), error);
  EXPECT_THROW(settings_from_json(R"({"lr": null})"), error);
}

}  // namespace
}  // namespace ravine
