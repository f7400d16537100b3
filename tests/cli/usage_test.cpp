#include "program.hpp"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

// Help, wrong command lines, and what goes to which stream.
namespace {

using namespace ravine::testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(usage, help_goes_to_standard_output) {
  const work_folder folder;
  for (const char* word : {"--help", "-h", "help"}) {
    const outcome help = run_ravine(folder, {word});
    EXPECT_EQ(help.status, 0);
    EXPECT_THAT(help.out, HasSubstr("Usage: ravine COMMAND"));
    EXPECT_THAT(help.out, HasSubstr("130 interrupted"));
    EXPECT_THAT(help.err, IsEmpty());
  }
}

TEST(usage, every_command_has_help) {
  const work_folder folder;
  const std::string all = run_ravine(folder, {"--help"}).out;
  for (const char* command : {"run", "trace", "plugins"}) {
    EXPECT_THAT(all, HasSubstr(std::string("\n  ") + command + " "));
    for (const char* word : {"--help", "-h"}) {
      const outcome help = run_ravine(folder, {command, word});
      EXPECT_EQ(help.status, 0);
      EXPECT_THAT(help.out, StartsWith(std::string("Usage: ravine ") + command));
      EXPECT_THAT(help.out, HasSubstr("--plugins DIR"));
      EXPECT_THAT(help.err, IsEmpty());
    }
  }
}

TEST(usage, the_version_is_told) {
  const outcome version = run_ravine(work_folder(), {"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_THAT(version.out, ::testing::MatchesRegex("ravine [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

std::string error_of(const std::vector<std::string>& arguments) {
  return usage_error(run_ravine(work_folder(), arguments));
}

TEST(usage, without_a_command_one_is_asked_for) {
  EXPECT_EQ(error_of({}), "ravine: a command is missing\nUsage: ravine COMMAND …\nSee ravine --help.\n");
}

TEST(usage, an_unknown_command_is_named_with_the_nearest) {
  EXPECT_THAT(error_of({"trase"}), StartsWith("ravine: there is no command trase; did you mean trace?\n"));
  EXPECT_THAT(error_of({"optimise-everything"}),
              StartsWith("ravine: there is no command optimise-everything\n"));
}

TEST(usage, an_unknown_option_is_named_with_the_nearest) {
  const std::string text = error_of({"trace", "sgd", "--on", "rosenbrock", "--step", "3"});
  EXPECT_THAT(text, StartsWith("ravine: unrecognised option '--step'; did you mean --steps?\n"));
  EXPECT_THAT(
      text,
      HasSubstr(
          "Usage: ravine trace [OPTIMIZER --on LANDSCAPE | --schedule SCHEDULE] [options]\nSee --help.\n"));
  EXPECT_THAT(error_of({"run", "--quickly"}), StartsWith("ravine: unrecognised option '--quickly'\n"));
}

TEST(usage, an_option_without_its_value_is_named) {
  EXPECT_THAT(error_of({"run", "m.yaml", "--out"}), HasSubstr("'--out'"));
}

TEST(usage, a_negative_number_is_told_as_it_was_written) {
  EXPECT_EQ(error_of({"run", "any.yaml", "--jobs", "-1"}),
            "ravine: --jobs: found -1, expected a number, at least 0\n");
  EXPECT_EQ(error_of({"lr-find", "any.yaml", "--tries=-2"}),
            "ravine: --tries: found -2, expected a number, at least 0\n");
}

TEST(usage, commands_say_what_they_miss) {
  EXPECT_THAT(error_of({"run"}), StartsWith("ravine: a manifest is missing\n"));
  EXPECT_THAT(error_of({"trace", "sgd"}), StartsWith("ravine: one optimizer and its landscape are needed\n"));
  EXPECT_THAT(error_of({"plugins", "info"}),
              StartsWith("ravine: expected list, info with one ID, validate, new, build or remove\n"));
}

TEST(usage, output_that_can_not_be_written_is_an_error) {
  // The shell points standard output to a device that is always full.
  const work_folder folder;
  const std::string command =
      std::string(RAVINE_PROGRAM) + " --help > /dev/full 2> " + (folder / "err").string();
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 1);
}

}  // namespace
