#include "unit/manifest/manifest_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine {
namespace {

using testing::parse;
using testing::report;

std::string with_limits(const std::string& limits) {
  return "problems: [{use: beale}]\noptimizers: [{use: sgd}]\nlimits: " + limits + "\n";
}

limits_spec limits_of(const std::string& limits) {
  return parse(with_limits(limits)).trials.at(0).spec.limits;
}

TEST(limits, are_none_by_default) {
  const limits_spec none =
      parse("problems: [{use: beale}]\noptimizers: [{use: sgd}]\n").trials.at(0).spec.limits;
  EXPECT_EQ(none.seconds, 0);
  EXPECT_EQ(none.memory, 0U);
}

TEST(limits, are_seconds_and_a_size) {
  EXPECT_EQ(limits_of("{seconds: 1.5}").seconds, 1.5);
  EXPECT_EQ(limits_of("{memory: 2 GiB}").memory, std::uint64_t{2} << 30U);
  EXPECT_EQ(limits_of("{memory: 1.5MB}").memory, 1'500'000U);
  EXPECT_EQ(limits_of("{memory: 100 B}").memory, 100U);
}

TEST(limits, do_not_make_another_trial) {
  EXPECT_EQ(parse(with_limits("{seconds: 1}")).trials.at(0).hash,
            parse(with_limits("{seconds: 2}")).trials.at(0).hash);
}

TEST(limits, with_errors_are_told) {
  EXPECT_EQ(report(with_limits("{seconds: 0}")),
            "test.yaml:3:19: limits.seconds: found 0, expected a number above 0");
  for (const char* size : {"2", "2 giga", "GiB", "0 MiB", "-1 MiB", "1e9 GiB", "[1]", ".5. GiB"}) {
    EXPECT_THAT(report(with_limits(std::string("{memory: ") + size + "}")),
                ::testing::HasSubstr("expected a size such as 512 MiB or 2 GiB"))
        << size;
  }
  EXPECT_EQ(report(with_limits("{second: 3}")),
            "test.yaml:3:10: limits: unknown key second; did you mean seconds?");
}

}  // namespace
}  // namespace ravine
