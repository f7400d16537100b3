#include "program.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Two plugins of one name: asked for, told wherever it counts, and taken back.
namespace {

namespace fs = std::filesystem;
using namespace ravine::testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// The result of a manifest that uses adam.
outcome run_adam(const work_folder& folder) {
  folder.write("a.yaml",
               "problems: [{use: sphere, train: {steps: 3}}]\noptimizers: [{use: adam}, {use: sgd}]\n");
  return run_ravine(folder, {"run", "a.yaml"});
}

struct installed_adam : ::testing::Test {
  installed_adam() : file(folder / "no-data" / "ravine/plugins/adam.so") {
    run_ravine(folder, {"plugins", "new", "optimizer", "adam", "--shadow"});
    built = run_ravine(folder, {"plugins", "build", "adam.cpp", "--shadow"});
  }

  work_folder folder;
  fs::path file;
  outcome built;
};

TEST(plugin_names, of_shipped_plugins_are_taken) {
  const work_folder folder;
  const outcome written = run_ravine(folder, {"plugins", "new", "optimizer", "adam"});
  EXPECT_EQ(written.status, 2);
  EXPECT_THAT(written.err, HasSubstr("Ravine has an optimizer adam of its own ("));
  EXPECT_THAT(written.err, HasSubstr("say --shadow"));
  EXPECT_FALSE(fs::exists(folder / "adam.cpp"));
  EXPECT_EQ(run_ravine(folder, {"plugins", "new", "landscape", "adam"}).status, 0)
      << "models have names of their own";
}

TEST(plugin_names, are_looked_at_once_more_when_it_is_built) {
  const work_folder folder;
  run_ravine(folder, {"plugins", "new", "optimizer", "mine"});
  std::string text = text_of(folder / "mine.cpp");
  text.replace(text.find("{\"mine\""), 7, "{\"adam\"");
  folder.write("mine.cpp", text);
  const outcome built = run_ravine(folder, {"plugins", "build", "mine.cpp"});
  EXPECT_EQ(built.status, 1);
  EXPECT_THAT(built.out, IsEmpty());
  EXPECT_THAT(built.err, HasSubstr("mine.cpp: Ravine has an optimizer adam of its own ("));
  EXPECT_FALSE(fs::exists(folder / "no-data" / "ravine/plugins/mine.so"));
}

TEST(plugin_names, of_installed_plugins_are_taken_but_by_what_replaces_them) {
  const work_folder folder;
  run_ravine(folder, {"plugins", "new", "optimizer", "mine"});
  ASSERT_EQ(run_ravine(folder, {"plugins", "build", "mine.cpp"}).status, 0);
  const outcome again = run_ravine(folder, {"plugins", "build", "mine.cpp"});
  EXPECT_EQ(again.status, 0) << again.err;
  fs::rename(folder / "mine.cpp", folder / "other.cpp");
  const outcome second = run_ravine(folder, {"plugins", "build", "other.cpp"});
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.err, HasSubstr("other.cpp: there is an optimizer mine already, in "));
}

TEST_F(installed_adam, is_marked_in_the_list) {
  ASSERT_EQ(built.status, 0) << built.err;
  const outcome listed = run_ravine(folder, {"plugins"});
  EXPECT_THAT(listed.out, HasSubstr("\n  adam * "));
  EXPECT_THAT(listed.out, HasSubstr("/adam.so (Ravine's own), by that of " + file.string() + "\n"));
  EXPECT_THAT(run_ravine(folder, {"plugins", "info", "adam"}).out, HasSubstr("\nin place of Ravine's own ("));
}

TEST_F(installed_adam, is_told_by_run_and_by_compare) {
  const outcome ran = run_adam(folder);
  ASSERT_EQ(ran.status, 0) << ran.err;
  const std::string told = "the optimizer adam is that of " + file.string() + ", not Ravine's own of ";
  const std::size_t first = ran.err.find("note: " + told);
  EXPECT_NE(first, std::string::npos) << ran.err;
  EXPECT_LT(first, ran.err.find(" to run, into")) << "before the trials";
  EXPECT_EQ(ran.err.find(told, first + told.size()), std::string::npos) << "once";
  const std::vector<std::string> compare{"compare", "a.db", "--format", "json"};
  EXPECT_THAT(run_ravine(folder, compare).out, HasSubstr(told));
  std::vector<std::string> without = compare;
  without.insert(without.end(), {"--where", "optimizer=sgd"});
  EXPECT_THAT(run_ravine(folder, without).out, Not(HasSubstr(told)));
}

TEST_F(installed_adam, is_not_told_where_it_is_not_used) {
  folder.write("a.yaml", "problems: [{use: sphere, train: {steps: 3}}]\noptimizers: [{use: sgd}]\n");
  EXPECT_THAT(run_ravine(folder, {"run", "a.yaml"}).err, Not(HasSubstr("Ravine's own")));
}

TEST_F(installed_adam, is_rebuilt_without_being_asked_again) {
  const outcome again = run_ravine(folder, {"plugins", "build", "adam.cpp"});
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("note: the optimizer adam is used in place of Ravine's own ("));
}

TEST_F(installed_adam, gives_way_to_the_shipped_one_when_it_is_removed) {
  const outcome removed = run_ravine(folder, {"plugins", "remove", "adam"});
  EXPECT_EQ(removed.status, 0) << removed.err;
  EXPECT_EQ(removed.out, file.string() + "\n");
  EXPECT_THAT(removed.err, HasSubstr("The optimizer adam is from now on Ravine's own ("));
  EXPECT_FALSE(fs::exists(file));
  EXPECT_THAT(run_adam(folder).err, Not(HasSubstr("Ravine's own")));
  const outcome again = run_ravine(folder, {"plugins", "remove", "adam"});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.err, HasSubstr("the optimizer adam is Ravine's own ("));
}

/// A folder of shared objects of tests/plugins.
fs::path folder_of(const work_folder& folder, const std::vector<std::string>& names) {
  const fs::path made = folder / "mine";
  fs::create_directories(made);
  fs::permissions(made, fs::perms(0755));
  for (const std::string& name : names) {
    fs::copy_file(fs::path(RAVINE_TEST_OBJECT_DIR) / (name + ".so"), made / (name + ".so"));
    fs::permissions(made / (name + ".so"), fs::perms(0644));
  }
  return made;
}

TEST(plugins_remove, takes_an_id_a_name_or_a_file) {
  const work_folder folder;
  const fs::path mine = folder_of(folder, {"c_sign", "c_bowl", "c_halving", "major_2"});
  const outcome by_id = run_ravine(folder, {"plugins", "remove", "c_bowl", "--from", "mine"});
  EXPECT_EQ(by_id.status, 0) << by_id.err;
  EXPECT_THAT(by_id.err, HasSubstr("No plugin offers the landscape c_bowl any more."));
  EXPECT_EQ(run_ravine(folder, {"plugins", "remove", "c_sign.so", "--from", "mine"}).status, 0);
  EXPECT_EQ(run_ravine(folder, {"plugins", "remove", mine / "c_halving.so", "--from", "mine"}).status, 0);
  EXPECT_EQ(run_ravine(folder, {"plugins", "remove", "major_2", "--from", "mine"}).status, 0)
      << "what can't be used goes by the file's name";
  EXPECT_TRUE(fs::is_empty(mine));
}

// To the contract it is a model.
TEST(plugins_remove, calls_a_landscape_so_wherever_it_names_one) {
  const work_folder folder;
  const fs::path mine = folder_of(folder, {"c_bowl"});
  fs::copy_file(mine / "c_bowl.so", mine / "second.so");
  EXPECT_THAT(run_ravine(folder, {"plugins", "--plugins", "mine"}).out,
              HasSubstr("hidden: the landscape c_bowl of mine/second.so, by that of mine/c_bowl.so"));
  const outcome removed = run_ravine(folder, {"plugins", "remove", "second.so", "--from", "mine"},
                                     {{"RAVINE_PLUGIN_PATH", mine.string()}});
  EXPECT_EQ(removed.status, 0) << removed.err;
  EXPECT_THAT(removed.err, HasSubstr("The landscape c_bowl is from now on that of " + mine.string()));
  fs::create_directory(folder / "other");
  const outcome elsewhere = run_ravine(folder, {"plugins", "remove", "c_bowl", "--from", "other"},
                                       {{"RAVINE_PLUGIN_PATH", mine.string()}});
  EXPECT_EQ(elsewhere.status, 1);
  EXPECT_THAT(elsewhere.err, HasSubstr("the landscape c_bowl is in " + mine.string()));
  const outcome own = run_ravine(folder, {"plugins", "remove", "booth", "--from", "mine"});
  EXPECT_EQ(own.status, 1);
  EXPECT_THAT(own.err, HasSubstr("the landscape booth is Ravine's own ("));
}

TEST(plugins_remove, names_the_nearest_and_touches_nothing_else) {
  const work_folder folder;
  const fs::path mine = folder_of(folder, {"c_sign"});
  const outcome typo = run_ravine(folder, {"plugins", "remove", "c_sing", "--from", "mine"});
  EXPECT_EQ(typo.status, 2);
  EXPECT_THAT(typo.err, HasSubstr("no plugin named c_sing is installed in mine; did you mean c_sign?"));
  folder.write("precious.so", "mine");
  for (const std::string& word : {(folder / "precious.so").string(), std::string("../precious.so")}) {
    EXPECT_EQ(run_ravine(folder, {"plugins", "remove", word, "--from", "mine"}).status, 2) << word;
  }
  EXPECT_TRUE(fs::exists(folder / "precious.so"));
  const std::string shipped = fs::path(RAVINE_PROGRAM).parent_path() / "plugins";
  const outcome own = run_ravine(folder, {"plugins", "remove", "adam", "--from", shipped});
  EXPECT_EQ(own.status, 1);
  EXPECT_THAT(own.err, HasSubstr("Ravine's own"));
  EXPECT_TRUE(fs::exists(fs::path(shipped) / "adam.so"));
}

TEST(plugins_remove, asks_which_file_if_several_offer_the_name) {
  const work_folder folder;
  const fs::path mine = folder_of(folder, {"c_sign", "golden_1_0_c_sign"});
  const outcome both = run_ravine(folder, {"plugins", "remove", "c_sign", "--from", "mine"});
  EXPECT_EQ(both.status, 2);
  EXPECT_THAT(both.err, HasSubstr("c_sign is in several files: name one of them, mine/c_sign.so or "));
  EXPECT_TRUE(fs::exists(mine / "c_sign.so"));
}

}  // namespace
