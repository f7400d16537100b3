#include "program.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

// ravine plugins new, build and validate: what an author does in the first hour.
namespace {

namespace fs = std::filesystem;
using namespace ravine::testing;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

std::string read(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void replace(const fs::path& file, const std::string& what, const std::string& by) {
  std::string text = read(file);
  const std::size_t at = text.find(what);
  ASSERT_NE(at, std::string::npos) << what;
  std::ofstream(file) << text.replace(at, what.size(), by);
}

fs::path installed(const work_folder& folder, const std::string& name) {
  return folder / "no-data" / "ravine/plugins" / (name + ".so");
}

class templates : public ::testing::TestWithParam<std::tuple<std::string, std::string>> {};

TEST_P(templates, compile_pass_the_checks_and_are_found) {
  const auto [kind, language] = GetParam();
  const work_folder folder;
  const outcome written = run_ravine(folder, {"plugins", "new", kind, "my_own", "--language", language});
  ASSERT_EQ(written.status, 0) << written.err;
  const std::string file = language == "c" ? "my_own.c" : "my_own.cpp";
  EXPECT_EQ(written.out, file + "\n");
  const outcome built = run_ravine(folder, {"plugins", "build", file});
  ASSERT_EQ(built.status, 0) << built.err;
  EXPECT_EQ(built.out, installed(folder, "my_own").string() + "\n");
  EXPECT_THAT(built.err, Not(HasSubstr("warning"))) << "the template compiles without one";
  const std::string listed = kind == "wrapper" ? "optimizer" : kind;
  EXPECT_THAT(run_ravine(folder, {"plugins", "info", "my_own"}).out, StartsWith("my_own (" + listed));
}

INSTANTIATE_TEST_SUITE_P(plugins, templates,
                         ::testing::Combine(::testing::Values("optimizer", "wrapper", "scheduler", "model",
                                                              "landscape"),
                                            ::testing::Values("c++", "c")));

TEST(plugin_author, trains_what_was_built) {
  const work_folder folder;
  for (const char* kind : {"optimizer", "scheduler", "model"}) {
    run_ravine(folder, {"plugins", "new", kind, std::string("my_") + kind});
    const outcome built = run_ravine(folder, {"plugins", "build", std::string("my_") + kind + ".cpp"});
    ASSERT_EQ(built.status, 0) << built.err;
  }
  folder.write("mine.yaml", R"(name: mine
problems:
  - {use: my_model, data: {use: digits, with: {train: 200, validation: 50, test: 50}}}
train: {epochs: 3, batch_size: 20}
optimizers:
  - {use: my_optimizer, with: {lr: 0.1}, schedule: {lr: {use: my_scheduler}}}
)");
  const outcome ran = run_ravine(folder, {"run", "mine.yaml"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_THAT(run_ravine(folder, {"compare", "mine.db"}).out, HasSubstr("my_optimizer"));
}

// The template shortens moves: by hand, with sgd inside and a radius of 1 for a gradient of (-8, 6).
TEST(plugin_author, traces_and_trains_a_new_wrapper_at_once) {
  for (const char* language : {"c++", "c"}) {
    const work_folder folder;
    run_ravine(folder, {"plugins", "new", "wrapper", "short_moves", "--language", language});
    const outcome built = run_ravine(
        folder, {"plugins", "build", std::string("short_moves.") + (language[1] == '+' ? "cpp" : "c")});
    ASSERT_EQ(built.status, 0) << built.err;
    const outcome traced = run_ravine(
        folder, {"trace", "short_moves(sgd)", "--on", "sphere", "--set", "inner.lr=0.5", "--steps", "1"});
    EXPECT_EQ(traced.out, "step,evaluations,loss,x0,x1\n0,0,25,-4,3\n1,1,16,-3.2,2.4\n") << traced.err;
    folder.write("mine.yaml", R"(problems:
  - {use: softmax, data: {use: digits, with: {train: 200, validation: 50, test: 50}}}
train: {epochs: 1, batch_size: 20}
optimizers:
  - {use: short_moves, with: {radius: 0.5}, inner: {use: adam}}
  - {use: lookahead, inner: {use: short_moves, inner: {use: sgd}}}
)");
    const outcome ran = run_ravine(folder, {"run", "mine.yaml"});
    ASSERT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(run_ravine(folder, {"compare", "mine.db"}).out, HasSubstr("short_moves(adam)"));
  }
}

TEST(plugin_author, is_shown_the_line_to_mend_first) {
  const work_folder folder;
  run_ravine(folder, {"plugins", "new", "optimizer", "my_own"});
  replace(folder / "my_own.cpp", "p -= lr * v;", "p -= lr * w;");
  const outcome built = run_ravine(folder, {"plugins", "build", "my_own.cpp"});
  EXPECT_EQ(built.status, 1);
  EXPECT_THAT(built.out, IsEmpty());
  EXPECT_THAT(built.err, ::testing::MatchesRegex("my_own.cpp:[0-9]+:       p -= lr \\* w;\n(.|\n)*"));
  EXPECT_THAT(built.err, HasSubstr("was not declared in this scope"));
  EXPECT_THAT(built.err, HasSubstr("does not compile; nothing was installed"));
  EXPECT_FALSE(fs::exists(installed(folder, "my_own")));
}

TEST(plugin_author, is_shown_the_own_line_of_an_error_inside_the_sdk) {
  const work_folder folder;
  run_ravine(folder, {"plugins", "new", "optimizer", "my_own"});
  replace(folder / "my_own.cpp", "s.for_each([=](T& p, T g, T& v) {", "s.for_each([=](T& p) { T v{}, g{};");
  const outcome built = run_ravine(folder, {"plugins", "build", "my_own.cpp"});
  EXPECT_EQ(built.status, 1);
  EXPECT_THAT(built.err,
              ::testing::MatchesRegex("my_own.cpp:[0-9]+:     s.for_each\\(\\[=\\]\\(T& p\\)(.|\n)*"));
  EXPECT_THAT(built.err, HasSubstr("for_each takes a function (T& p, T g, T& s"));
}

TEST(plugin_author, gets_nothing_installed_that_fails_a_check) {
  const work_folder folder;
  run_ravine(folder, {"plugins", "new", "optimizer", "my_own"});
  replace(folder / "my_own.cpp", "p -= lr * v;", "p += lr * v;");
  const outcome built = run_ravine(folder, {"plugins", "build", "my_own.cpp"});
  EXPECT_EQ(built.status, 1);
  EXPECT_THAT(built.err, HasSubstr("  FAIL  my_own: descent: "));
  EXPECT_THAT(built.err, HasSubstr("hint: look at the update's sign"));
  EXPECT_FALSE(fs::exists(installed(folder, "my_own")));
  EXPECT_TRUE(fs::is_empty(installed(folder, "my_own").parent_path())) << "nor is anything left behind";
  EXPECT_EQ(run_ravine(folder, {"plugins", "build", "my_own.cpp", "--install-anyway"}).status, 0);
  EXPECT_TRUE(fs::exists(installed(folder, "my_own")));
}

TEST(plugin_author, chooses_the_compiler_and_more_options) {
  const work_folder folder;
  run_ravine(folder, {"plugins", "new", "optimizer", "my_own"});
  const outcome missing =
      run_ravine(folder, {"plugins", "build", "my_own.cpp"}, {{"CXX", "no-such-compiler"}});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.err, HasSubstr("the compiler no-such-compiler can't be started"));
  const outcome defined =
      run_ravine(folder, {"plugins", "build", "my_own.cpp", "--verbose", "--to", "mine"},
                 {{"CXX", "env MARK=1 c++"}, {"CXXFLAGS", "-DRAVINE_PLUGIN_AUTHOR=\"Me\""}});
  ASSERT_EQ(defined.status, 0) << defined.err;
  EXPECT_THAT(defined.err, StartsWith("env MARK=1 c++ -O3"));
  EXPECT_THAT(defined.err, Not(HasSubstr("-isystem"))) << "which hides stdlib.h when Ravine lies in /usr";
  EXPECT_THAT(run_ravine(folder, {"plugins", "info", "my_own", "--plugins", "mine"}).out, HasSubstr("by Me"));
}

TEST(plugin_author, reads_the_line_of_a_crash_in_one_line_of_compare) {
#if defined(RAVINE_SANITIZE_ADDRESS)
  GTEST_SKIP() << "AddressSanitizer's frames stand between the fault and the plugin";
#endif
  const work_folder folder;
  run_ravine(folder, {"plugins", "new", "optimizer", "my_own"});
  replace(folder / "my_own.cpp", "    const T lr",
          "    if (s.number() == 2) __builtin_trap();\n    const T lr");
  const outcome built =
      run_ravine(folder, {"plugins", "build", "my_own.cpp", "--install-anyway"}, {{"CXXFLAGS", "-g"}});
  ASSERT_EQ(built.status, 0) << built.err;
  EXPECT_EQ(built.err.find("  FAIL  "), built.err.rfind("  FAIL  ")) << "one cause: " << built.err;
  folder.write("a.yaml",
               "problems: [{use: sphere, train: {steps: 3}}]\noptimizers: [{use: my_own}, {use: sgd}]\n");
  EXPECT_EQ(run_ravine(folder, {"run", "a.yaml"}).status, 1);
  const outcome compared = run_ravine(folder, {"compare", "a.db", "--format", "markdown"});
  EXPECT_THAT(compared.out, ::testing::ContainsRegex("1 crashed of 1: SIG[A-Z]+, at my.?_own.cpp:[0-9]+ "
                                                     "\\(my.?_own.so\\) \\(repetition 1\\)"));
}

TEST(plugin_author, overwrites_no_source) {
  const work_folder folder;
  folder.write("my_own.cpp", "mine\n");
  const outcome again = run_ravine(folder, {"plugins", "new", "optimizer", "my_own"});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.err, HasSubstr("my_own.cpp: is there already"));
  EXPECT_EQ(read(folder / "my_own.cpp"), "mine\n");
}

TEST(plugin_author, is_told_the_nearest_kind_and_what_a_name_is) {
  const work_folder folder;
  const outcome kind = run_ravine(folder, {"plugins", "new", "optimiser", "my_own"});
  EXPECT_EQ(kind.status, 2);
  EXPECT_THAT(kind.err, HasSubstr("did you mean optimizer?"));
  const outcome name = run_ravine(folder, {"plugins", "new", "optimizer", "My-own"});
  EXPECT_EQ(name.status, 2);
  EXPECT_THAT(name.err, HasSubstr("found the name My-own, expected lower-case letters, digits and _"));
}

TEST(plugin_author, validates_as_text_and_as_json) {
  const std::string object = std::string(RAVINE_TEST_OBJECT_DIR) + "/c_sign.so";
  const outcome text = run_ravine(work_folder(), {"plugins", "validate", object});
  EXPECT_EQ(text.status, 0) << text.out;
  EXPECT_THAT(text.out, HasSubstr("  pass  c_sign: repeatability: the same steps give the same bits\n"));
  const std::string bad = std::string(RAVINE_TEST_OBJECT_DIR) + "/major_2.so";
  const outcome json = run_ravine(work_folder(), {"plugins", "validate", object, bad, "--format", "json"});
  EXPECT_EQ(json.status, 1);
  const auto report = nlohmann::json::parse(json.out);
  ASSERT_EQ(report.size(), 2U);
  EXPECT_EQ(report[0]["passed"], true);
  EXPECT_EQ(report[1]["passed"], false);
  bool found = false;
  for (const auto& each : report[1]["checks"]) {
    if (each["check"] != "description") continue;
    found = true;
    EXPECT_EQ(each["verdict"], "fail");
    EXPECT_THAT(each["reason"].get<std::string>(), HasSubstr("built for ABI 2.0"));
    EXPECT_FALSE(each["hint"].get<std::string>().empty());
  }
  EXPECT_TRUE(found);
}

TEST(plugin_author, sees_one_cause_of_many_failing_checks_once) {
  const std::string bad = std::string(RAVINE_TEST_OBJECT_DIR) + "/optimizer_state_size.so";
  const outcome text = run_ravine(work_folder(), {"plugins", "validate", bad});
  EXPECT_EQ(text.status, 1);
  EXPECT_THAT(text.out, HasSubstr("  FAIL  broken: defaults: broken: state array m has 23 elements"));
  EXPECT_THAT(text.out, HasSubstr(" more fail for the same reason: growth, instances, state, sizes"));
  EXPECT_EQ(text.out.find("  FAIL  "), text.out.rfind("  FAIL  "));
}

}  // namespace
