#pragma once

#include "core/sha256.hpp"
#include "data/fetch.hpp"
#include "unit/data/data_support.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace ravine::testing {

/// A folder to fetch into, and a published file of 10,000 bytes that hardly compress.
class fetch_test : public ::testing::Test {
 protected:
  fetch_test() : no_proxy_("no_proxy", "*") {
    std::uint32_t state = 1;
    for (std::size_t i = 0; i < 10'000; ++i) {
      state = state * 1664525 + 1013904223;
      content.push_back(static_cast<std::byte>(state >> 24U));
    }
    packed = gzipped(content);
    digest = sha256_hex(content);
    published = {{"numbers", content.size(), digest}};
  }

  std::vector<fetched_file> bring(const std::vector<std::string>& mirrors) {
    return fetch_files({.files = published,
                        .mirrors = mirrors,
                        .folder = folder,
                        .limits = {std::chrono::seconds(5), std::chrono::seconds(1)}},
                       [&](const std::string& url, std::uint64_t held, std::uint64_t total) {
                         seen.push_back({url, held, total});
                       });
  }

  /// Names in the folder, in order.
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      all.push_back(entry.path().filename().string());
    }
    std::ranges::sort(all);
    return all;
  }

  void expect_fetched(const fetched_file& file) {
    EXPECT_EQ(file.state, fetch_state::fetched);
    EXPECT_EQ(file.path, folder / "numbers.gz");
    EXPECT_EQ(content_fault(file.path, published[0]), "");
    EXPECT_EQ(names(), std::vector<std::string>{"numbers.gz"}) << "no partial file is left";
  }
  void expect_missing(const fetched_file& file) {
    EXPECT_EQ(file.state, fetch_state::missing);
    EXPECT_FALSE(std::filesystem::exists(folder / "numbers.gz"));
  }

  /// Puts the beginning of the download where an earlier one would have left it.
  void keep_part(std::size_t size) {
    std::filesystem::create_directories(folder);
    write_file(folder / "numbers.gz.part", std::span(packed).first(size));
  }

  struct progress {
    std::string url;
    std::uint64_t held, total;
  };

  temporary_folder root;
  std::filesystem::path folder = root / "deep/in/mnist";
  byte_string content, packed;
  std::string digest;
  std::vector<data_file> published;
  std::vector<progress> seen;

 private:
  environment_variable no_proxy_;
};

}  // namespace ravine::testing
