#include "program.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

// FIFOs and devices in place of files: whoever opens them may wait for ever, and nobody writes to these.
namespace {

namespace fs = std::filesystem;
using namespace ravine::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr auto on_landscape = "problems: [{use: booth}]\ntrain: {steps: 2}\noptimizers: [{use: sgd}]\n";

/// Of data that a FIFO is part of; with a group that takes a look at the shape of arrays.
std::string on_data(const std::string& source, const std::string& with) {
  return fmt::format(
      "problems: [{{use: softmax, data: {{use: {}, with: {{{}}}}}}}]\ntrain: {{epochs: 1}}\n"
      "optimizers: [{{use: sgd, groups: [{{tensors: \"*.bias\", with: {{lr: 0.1}}}}]}}]\n",
      source, with);
}

struct use {
  std::string name;
  std::string manifest;
  std::vector<std::string> arguments;  ///< "odd" is the FIFO
};

void PrintTo(const use& which, std::ostream* out) { *out << which.name; }

class not_a_file : public ::testing::TestWithParam<use> {};

TEST_P(not_a_file, is_told_at_once) {
  const work_folder folder;
  folder.write("manifest.yaml", GetParam().manifest);
  folder.write("sound", "1,2,0\n3,4,1\n5,6,0\n7,8,1\n");
  for (const std::string kind : {"FIFO", "device"}) {
    fs::remove(folder / "odd");
    if (kind == "FIFO") {
      ASSERT_EQ(mkfifo((folder / "odd").c_str(), 0600), 0);
    } else {
      fs::create_symlink("/dev/zero", folder / "odd");
    }
    program ravine(folder, GetParam().arguments);
    const std::optional<outcome> ended = ravine.finish_within(std::chrono::seconds(60));
    ASSERT_TRUE(ended) << "it waits for somebody to write to the " << kind;
    EXPECT_GT(ended->status, 0);
    EXPECT_THAT(ended->out + ended->err, AllOf(HasSubstr("odd"), HasSubstr(kind), HasSubstr("regular file")));
  }
}

std::vector<use> uses() {
  const std::vector<std::string> run{"run", "manifest.yaml", "--out", "out.db"};
  return {
      {"manifest", "", {"run", "odd"}},
      {"results_to_write", on_landscape, {"run", "manifest.yaml", "--out", "odd"}},
      {"results_to_compare", "", {"compare", "odd"}},
      {"results_to_report", "", {"report", "odd", "-o", "page.html"}},
      {"results_to_merge", "", {"merge", "odd", "-o", "merged.db"}},
      {"results_to_merge_into", "", {"merge", "sound", "-o", "odd"}},
      {"results_to_slice", "", {"slice", "odd", "--plane", "random"}},
      {"csv", on_data("csv", "file: odd"), run},
      {"csv_to_test", on_data("csv", "file: sound, test_file: odd"), run},
      {"npy", on_data("npy", "features: odd, labels: sound"), run},
      {"text", on_data("text", "file: odd"), run},
      {"idx",
       on_data("idx", "train_images: odd, train_labels: sound, test_images: sound, test_labels: sound"), run},
      {"plugin_to_validate", "", {"plugins", "validate", "odd"}},
      {"plugin_source", "", {"plugins", "build", "odd"}}};
}

INSTANTIATE_TEST_SUITE_P(, not_a_file, ::testing::ValuesIn(uses()),
                         [](const auto& each) { return each.param.name; });

TEST(not_a_file_in_a_folder_of_data, is_told_at_once) {
  const work_folder folder;
  fs::create_directory(folder / "mnist");
  for (const char* name :
       {"train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"}) {
    ASSERT_EQ(mkfifo((folder / fmt::format("mnist/{}-ubyte.gz", name)).c_str(), 0600), 0);
  }
  folder.write(
      "manifest.yaml",
      "problems: [{use: softmax, data: {use: mnist}}]\ntrain: {epochs: 1}\noptimizers: [{use: sgd}]\n");
  program ravine(folder, {"run", "manifest.yaml"}, {{"RAVINE_DATA", folder.path().string()}});
  const std::optional<outcome> ended = ravine.finish_within(std::chrono::seconds(60));
  ASSERT_TRUE(ended);
  EXPECT_THAT(ended->err,
              HasSubstr("train-images-idx3-ubyte.gz: cannot open: found a FIFO, expected a regular"));
}

}  // namespace
