#include "program.hpp"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// ravine plugins: what is there, and what can't be used.
namespace {

namespace fs = std::filesystem;
using namespace ravine::testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// Copies a shared object of tests/plugins into a folder below `folder`.
fs::path add_plugin(const work_folder& folder, const std::string& name) {
  fs::create_directories(folder / "mine");
  fs::copy_file(fs::path(RAVINE_TEST_OBJECT_DIR) / (name + ".so"), folder / "mine" / (name + ".so"));
  fs::permissions(folder / "mine", fs::perms(0755));  // whatever the umask is
  fs::permissions(folder / "mine" / (name + ".so"), fs::perms(0644));
  return folder / "mine";
}

TEST(plugins, are_listed_by_kind_with_the_folders_searched) {
  const work_folder folder;
  const outcome listed = run_ravine(folder, {"plugins", "list"});
  EXPECT_EQ(listed.status, 0);
  EXPECT_THAT(listed.err, IsEmpty());
  for (const char* text : {"optimizers ", "\n  sgd ", "\n  adam ", "\nschedulers ", "\n  cosine ",
                           "\nmodels ", "\n  rosenbrock ", "\nSearched:\n"}) {
    EXPECT_THAT(listed.out, HasSubstr(text));
  }
  EXPECT_EQ(run_ravine(folder, {"plugins"}).out, listed.out) << "list is the default";
}

TEST(plugins, of_a_program_copied_without_its_own_are_said_to_be_missing) {
  const work_folder folder;
  fs::copy_file(RAVINE_PROGRAM, folder / "ravine");
  const std::string command = "cd " + folder.path().string() + " && HOME=$PWD ./ravine plugins >said 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_THAT(text_of(folder / "said"), HasSubstr("none of Ravine's own: there is no share/ravine"));
}

TEST(plugins, a_bad_file_is_told_and_hides_nothing) {
  const work_folder folder;
  const fs::path mine = add_plugin(folder, "c_sign");
  add_plugin(folder, "major_2");
  fs::permissions(folder.write("mine/broken.so", "not a shared object"), fs::perms(0644));
  const outcome listed = run_ravine(folder, {"plugins", "list", "--plugins", mine});
  EXPECT_EQ(listed.status, 0);
  EXPECT_THAT(listed.out, HasSubstr("\n  c_sign "));
  EXPECT_THAT(listed.out, HasSubstr("\n  adam "));
  EXPECT_THAT(listed.err, HasSubstr("warning: not used: " + (mine / "broken.so").string() + ": "));
  EXPECT_THAT(listed.err, HasSubstr("warning: not used: " + (mine / "major_2.so").string() + ": "));

  const outcome traced =
      run_ravine(folder, {"trace", "c_sign", "--on", "rosenbrock", "--steps", "1", "--plugins", mine});
  EXPECT_EQ(traced.status, 0) << "nor does it stop anything: " << traced.err;
}

TEST(plugins, text_of_a_plugin_steers_no_terminal) {
  const work_folder folder;
  const fs::path mine = add_plugin(folder, "steers_terminal");
  const std::string shown = "red \\x1b[31m\\u202e\\x0ahidden: none";
  for (const auto& words : std::vector<std::vector<std::string>>{{"list"}, {"info", "steers"}}) {
    std::vector<std::string> arguments{"plugins"};
    arguments.insert(arguments.end(), words.begin(), words.end());
    arguments.insert(arguments.end(), {"--plugins", mine});
    const outcome told = run_ravine(folder, arguments);
    EXPECT_EQ(told.status, 0) << told.err;
    EXPECT_THAT(told.out, HasSubstr(shown));
    EXPECT_THAT(told.out, Not(HasSubstr("\x1b")));
  }
  const outcome schema = run_ravine(folder, {"schema", "--plugins", mine});
  EXPECT_EQ(schema.status, 0) << schema.err;
  EXPECT_THAT(schema.out, Not(HasSubstr("\x1b")));
}

TEST(plugins, a_folder_that_others_can_write_to_is_refused_with_what_mends_it) {
  const work_folder folder;
  const fs::path mine = add_plugin(folder, "c_sign");
  fs::permissions(mine, fs::perms(0777));
  const outcome listed = run_ravine(folder, {"plugins", "--plugins", mine});
  EXPECT_EQ(listed.status, 0);
  EXPECT_THAT(listed.out, Not(HasSubstr("c_sign")));
  EXPECT_THAT(listed.err, HasSubstr("chmod o-w " + mine.string()));
  EXPECT_THAT(listed.err, HasSubstr("where that changes nothing"));
}

TEST(plugins, that_others_can_write_to_are_used_where_that_is_allowed) {
  const work_folder folder;
  const fs::path mine = add_plugin(folder, "c_sign");
  fs::permissions(mine, fs::perms(0777));
  fs::permissions(mine / "c_sign.so", fs::perms(0777));
  const std::vector<std::string> trace{"trace",   "c_sign", "--on",      "sphere",
                                       "--steps", "1",      "--plugins", mine};
  const std::map<std::string, std::string> allowed{{"RAVINE_ALLOW_WRITABLE", "1"}};
  EXPECT_EQ(run_ravine(folder, trace, allowed).status, 0);
  std::vector<std::string> by_option = trace;
  by_option.emplace_back("--allow-writable");
  EXPECT_EQ(run_ravine(folder, by_option).status, 0);
  EXPECT_NE(run_ravine(folder, trace).status, 0) << "though the file has been looked at";
  fs::permissions(mine, fs::perms(0755));
  EXPECT_NE(run_ravine(folder, trace).status, 0) << "and its folder is safe now";
}

TEST(plugins, are_found_through_the_environment_and_beside_the_user) {
  const work_folder folder;
  const fs::path mine = add_plugin(folder, "c_sign");
  EXPECT_THAT(run_ravine(folder, {"plugins"}, {{"RAVINE_PLUGIN_PATH", mine}}).out, HasSubstr("\n  c_sign "));
  fs::rename(mine, folder / "plugins");
  EXPECT_THAT(run_ravine(folder, {"plugins"}).out, HasSubstr("\n  c_sign "));
}

TEST(plugins, info_describes_one) {
  const outcome info = run_ravine(work_folder(), {"plugins", "info", "momentum"});
  EXPECT_EQ(info.status, 0);
  EXPECT_THAT(info.out, ::testing::StartsWith("momentum (optimizer)\n"));
  for (const char* text : {"Reference: Polyak 1964", "velocity, ema", "0.9", "a real number >= 0",
                           "/momentum.so\n", "\nsha256 "}) {
    EXPECT_THAT(info.out, HasSubstr(text));
  }
}

TEST(plugins, info_of_a_model_lists_its_tensors) {
  const outcome info = run_ravine(work_folder(), {"plugins", "info", "mlp"});
  EXPECT_EQ(info.status, 0);
  EXPECT_THAT(info.out,
              HasSubstr("\ntensor            role\n  hidden0.weight  weight\n  hidden0.bias    bias\n"));
}

TEST(plugins, info_of_a_landscape_tells_box_start_and_minima) {
  const outcome info = run_ravine(work_folder(), {"plugins", "info", "himmelblau"});
  EXPECT_EQ(info.status, 0);
  for (const char* text : {"himmelblau (landscape)\n", "box      (-5, -5) to (5, 5)", "minimum  0 at (3, 2)",
                           "start    (0, 0)", "Reference: Himmelblau"}) {
    EXPECT_THAT(info.out, HasSubstr(text));
  }
}

TEST(plugins, info_of_what_is_not_there_names_the_nearest) {
  const outcome info = run_ravine(work_folder(), {"plugins", "info", "adm"});
  EXPECT_EQ(info.status, 2);
  EXPECT_THAT(info.out, IsEmpty());
  EXPECT_EQ(info.err, "ravine: no plugin offers adm; did you mean adam?\nSee ravine plugins list.\n");
}

}  // namespace
