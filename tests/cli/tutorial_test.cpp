#include "program.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <fnmatch.h>
#include <gtest/gtest.h>

// Pages of docs, followed as a reader would: "$ …" is a command, the lines below it are its
// expected output, where … stands for anything, and a block that begins with a comment of one file name is
// that file.
namespace {

namespace fs = std::filesystem;
using namespace ravine::testing;

struct command_line {
  std::string line;
  std::vector<std::string> expected;
};

struct block {
  std::vector<std::string> lines;
};

std::vector<block> blocks_of(const fs::path& page) {
  std::ifstream stream(page);
  std::vector<block> blocks;
  bool open = false;
  for (std::string line; std::getline(stream, line);) {
    const bool is_code = line.starts_with("    ");
    if (is_code && !open) blocks.emplace_back();
    if (is_code) blocks.back().lines.push_back(line.substr(4));
    // An empty line within a block belongs to it, at its end it does no harm.
    if (line.empty() && open) blocks.back().lines.emplace_back();
    open = is_code || (line.empty() && open);
  }
  return blocks;
}

/// "mine.yaml" for "# mine.yaml"; "" for anything else.
std::string file_name(const std::string& first) {
  for (const std::string mark : {"# ", "// "}) {
    if (!first.starts_with(mark)) continue;
    const std::string name = first.substr(mark.size());
    if (name.find(' ') == std::string::npos && name.find('.') != std::string::npos) return name;
  }
  return {};
}

void write(const fs::path& file, const std::vector<std::string>& lines) {
  std::ofstream stream(file);
  for (const std::string& each : lines) stream << each << '\n';
}

/// Runs in the folder with this build's program; its standard output, line by line.
std::pair<int, std::vector<std::string>> run(const work_folder& folder, const std::string& line) {
  const std::string program = fs::path(RAVINE_PROGRAM).parent_path().string();
  const std::string shell = "cd '" + (folder / "").string() + "' && export HOME=$PWD PATH='" + program +
                            ":/usr/bin':$PATH && unset XDG_DATA_HOME RAVINE_PLUGIN_PATH && { " + line +
                            "; } 2>>errors.txt";
  std::FILE* const pipe = popen(shell.c_str(), "r");
  std::vector<std::string> lines(1);
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    if (c == '\n') {
      lines.emplace_back();
    } else {
      lines.back() += static_cast<char>(c);
    }
  }
  lines.pop_back();
  return {pclose(pipe), lines};
}

bool matches(const std::string& pattern, const std::string& line) {
  std::string glob;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern.compare(i, 3, "…") == 0) {
      glob += '*';
      i += 2;
    } else {
      if (std::string("*?[\\").find(pattern[i]) != std::string::npos) glob += '\\';
      glob += pattern[i];
    }
  }
  return fnmatch(glob.c_str(), line.c_str(), 0) == 0;
}

/// Whether all of `found` is accounted for; a line of … alone takes any number of lines.
bool match(const std::vector<std::string>& expected, std::size_t e, const std::vector<std::string>& found,
           std::size_t f) {
  if (e == expected.size()) return f == found.size();
  if (expected[e] == "…") {
    for (std::size_t next = f; next <= found.size(); ++next) {
      if (match(expected, e + 1, found, next)) return true;
    }
    return false;
  }
  return f < found.size() && matches(expected[e], found[f]) && match(expected, e + 1, found, f + 1);
}

std::vector<command_line> commands_of(const block& from) {
  std::vector<command_line> commands;
  for (const std::string& line : from.lines) {
    if (line.starts_with("$ ")) {
      commands.push_back({line.substr(2), {}});
    } else if (!commands.empty() && !line.empty()) {
      commands.back().expected.push_back(line);
    }
  }
  return commands;
}

std::string text(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& each : lines) all += each + "\n";
  return all;
}

struct followed {
  int commands = 0, files = 0;
};

/// Does what a page of docs says, in a folder of its own.
void follow(const std::string& page, followed& done) {
  const work_folder folder;
  for (block each : blocks_of(fs::path(RAVINE_TEST_SOURCE_DIR) / "../docs" / page)) {
    if (const std::string name = file_name(each.lines[0]); !name.empty()) {
      // A file ends where the commands that follow it begin.
      const auto end = std::find_if(each.lines.begin(), each.lines.end(),
                                    [](const std::string& line) { return line.starts_with("$ "); });
      write(folder / name, {each.lines.begin() + 1, end});
      ++done.files;
    }
    for (const command_line& next : commands_of(each)) {
      const auto [status, found] = run(folder, next.line);
      ++done.commands;
      std::vector<std::string> printed;
      for (const std::string& line : found) {
        if (!line.empty()) printed.push_back(line);
      }
      std::ifstream errors(folder / "errors.txt");
      ASSERT_EQ(status, 0) << next.line << "\n" << std::string(std::istreambuf_iterator<char>(errors), {});
      EXPECT_TRUE(match(next.expected, 0, printed, 0)) << "$ " << next.line << "\nexpected\n"
                                                       << text(next.expected) << "found\n"
                                                       << text(printed);
    }
  }
}

TEST(tutorial, does_what_it_says) {
  followed done;
  ASSERT_NO_FATAL_FAILURE(follow("plugins.md", done));
  EXPECT_GE(done.commands, 15);
  EXPECT_EQ(done.files, 4);
}

TEST(tutorial, has_examples_of_the_sdk_that_work) {
  followed done;
  ASSERT_NO_FATAL_FAILURE(follow("sdk.md", done));
  EXPECT_GE(done.commands, 12);
  EXPECT_EQ(done.files, 8);
}

TEST(tutorial, builds_a_model_from_layers) {
  followed done;
  ASSERT_NO_FATAL_FAILURE(follow("layers.md", done));
  EXPECT_EQ(done.commands, 2);
  EXPECT_EQ(done.files, 2);
}

TEST(page_of_data, does_what_it_says) {
  const work_folder folder;
  if (run(folder, "python3 -c 'import numpy'").first != 0) GTEST_SKIP() << "NumPy is not here: python3-numpy";
  followed done;
  ASSERT_NO_FATAL_FAILURE(follow("data.md", done));
  EXPECT_EQ(done.commands, 14);
  EXPECT_EQ(done.files, 11);
}

TEST(page_of_pytorch, does_what_it_says) {
  if (!fs::exists(fs::path(RAVINE_PROGRAM).parent_path() / "plugins" / "torchscript.so")) {
    GTEST_SKIP() << "this build has no model torchscript: libtorch-dev was not there";
  }
  const work_folder folder;
  if (run(folder, "python3 -c 'import torch'").first != 0)
    GTEST_SKIP() << "PyTorch is not here: python3-torch";
  followed done;
  ASSERT_NO_FATAL_FAILURE(follow("pytorch.md", done));
  EXPECT_EQ(done.commands, 4);
  EXPECT_EQ(done.files, 2);
}

}  // namespace
