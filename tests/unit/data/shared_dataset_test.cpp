#include "data/shared_dataset.hpp"

#include "process/child_process.hpp"
#include "unit/data/data_support.hpp"

#include <csignal>
#include <cstring>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

// Datasets lie in sealed memory that processes share, and nothing that such a file says is trusted.
namespace ravine {
namespace {

using testing::byte_string;
using testing::data_error_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int all_seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;

/// Three images of 1 x 2 in three classes, one to validate with and none to test on.
dataset_content three_images() {
  dataset_content content;
  content.name = "three";
  content.shape = {1, 2};
  content.classes = 3;
  content.train = {{10, 11, 20, 21}, {0, 2}};
  content.validation = {{30, 31}, {1}};
  return content;
}

byte_string bytes_of(const dataset& data) {
  byte_string bytes(static_cast<std::size_t>(lseek(data.descriptor(), 0, SEEK_END)));
  EXPECT_EQ(pread(data.descriptor(), bytes.data(), bytes.size(), 0), ssize_t(bytes.size()));
  return bytes;
}

dataset attach_bytes(std::span<const std::byte> bytes, int seals = all_seals) {
  descriptor file = make_dataset_file();
  EXPECT_TRUE(write_all(file.get(), bytes));
  EXPECT_EQ(fcntl(file.get(), F_ADD_SEALS, seals), 0);
  return attach_dataset(std::move(file));
}

TEST(shared_dataset, is_what_was_shared) {
  const dataset data = share_dataset(three_images());
  EXPECT_EQ(data.name, "three");
  EXPECT_THAT(data.shape, ElementsAre(1, 2));
  EXPECT_EQ(data.classes, 3U);
  EXPECT_THAT(data.train.pixels, ElementsAre(10, 11, 20, 21));
  EXPECT_THAT(data.train.labels, ElementsAre(0, 2));
  EXPECT_THAT(data.validation.pixels, ElementsAre(30, 31));
  EXPECT_THAT(data.validation.labels, ElementsAre(1));
  EXPECT_EQ(data.test.size(), 0U);
  EXPECT_EQ(data.fingerprint, content_fingerprint(data));
  EXPECT_EQ(data.fingerprint, content_fingerprint(three_images()));
}

TEST(shared_dataset, is_attached_by_its_descriptor_and_outlives_the_first_holder) {
  dataset first = share_dataset(three_images());
  const dataset second = attach_dataset(descriptor(fcntl(first.descriptor(), F_DUPFD_CLOEXEC, 0)));
  first = {};
  EXPECT_EQ(first.descriptor(), -1);
  EXPECT_EQ(second.name, "three");
  EXPECT_THAT(second.train.labels, ElementsAre(0, 2));
  EXPECT_EQ(second.fingerprint, content_fingerprint(second));
}

TEST(shared_dataset, cannot_be_changed_or_resized) {
  const dataset data = share_dataset(three_images());
  const char byte = 9;
  EXPECT_EQ(pwrite(data.descriptor(), &byte, 1, 0), -1);
  EXPECT_EQ(ftruncate(data.descriptor(), 1), -1);
  EXPECT_EQ(ftruncate(data.descriptor(), 1 << 20), -1);
  EXPECT_EQ(mmap(nullptr, 1, PROT_READ | PROT_WRITE, MAP_SHARED, data.descriptor(), 0), MAP_FAILED);
  child_process writer = child_process::fork([&] {
    std::signal(SIGSEGV, SIG_DFL);  // not a sanitizer's handler
    std::memset(const_cast<std::uint8_t*>(data.train.pixels.data()), 9, data.train.pixels.size());
  });
  EXPECT_EQ(writer.wait().signal, SIGSEGV);
  EXPECT_THAT(data.train.pixels, ElementsAre(10, 11, 20, 21));
}

TEST(shared_dataset, is_refused_without_seals) {
  const byte_string bytes = bytes_of(share_dataset(three_images()));
  EXPECT_EQ(data_error_of([&] { attach_bytes(bytes); }), "");
  for (const int lacking : {F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE}) {
    EXPECT_EQ(data_error_of([&] { attach_bytes(bytes, all_seals & ~lacking); }),
              "a data set that another process has made is malformed: it is not sealed");
  }
}

TEST(shared_dataset, is_not_sealed_while_somebody_can_write) {
  descriptor file = make_dataset_file();
  write_dataset(three_images(), file.get());
  void* const window = mmap(nullptr, 1, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  ASSERT_NE(window, MAP_FAILED);
  EXPECT_THAT(data_error_of([&] { seal_dataset(std::move(file)); }), HasSubstr("can't be kept"));
  munmap(window, 1);
}

/// Puts a number over the one that stands first with the value `from` in the description.
byte_string with_number(byte_string bytes, std::uint64_t from, std::uint64_t to) {
  for (std::size_t place = 16; place + sizeof from <= bytes.size(); ++place) {
    std::uint64_t found = 0;
    std::memcpy(&found, bytes.data() + place, sizeof found);
    if (found != from) continue;
    std::memcpy(bytes.data() + place, &to, sizeof to);
    return bytes;
  }
  ADD_FAILURE() << "there is no " << from;
  return bytes;
}

TEST(shared_dataset, says_which_number_is_wrong) {
  dataset_content content = three_images();
  content.shape = {1, 7};
  content.classes = 9;
  content.train = {std::vector<std::uint8_t>(70, 1), std::vector<std::uint8_t>(10, 8)};
  content.validation = {};
  const byte_string bytes = bytes_of(share_dataset(content));
  const auto fault = [&](std::uint64_t from, std::uint64_t to) {
    return data_error_of([&] { attach_bytes(with_number(bytes, from, to)); });
  };
  EXPECT_THAT(fault(9, 8), HasSubstr("a label 8, expected 0 to 7"));
  EXPECT_THAT(fault(9, 0), HasSubstr("0 classes, expected 1 to 256"));
  EXPECT_THAT(fault(9, 257), HasSubstr("257 classes, expected 1 to 256"));
  EXPECT_THAT(fault(7, 0), HasSubstr("larger than the file"));
  EXPECT_THAT(fault(7, 6), HasSubstr("10 bytes follow its examples"));
  EXPECT_THAT(fault(7, 8), HasSubstr("bytes short"));
  EXPECT_THAT(fault(7, UINT64_MAX / 2), HasSubstr("larger than the file"));
  EXPECT_THAT(fault(10, UINT64_MAX / 7 + 2), HasSubstr("more than the file holds"));
  EXPECT_THAT(fault(10, 9), HasSubstr("8 bytes follow its examples"));
}

// Whatever stands in the file, the answer is a dataset or an error, and no byte outside of it is touched.
TEST(shared_dataset, is_read_or_refused_however_it_is_damaged) {
  const byte_string whole = bytes_of(share_dataset(three_images()));
  std::size_t refused = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(data_error_of([&] { attach_bytes(std::span(whole).first(size)); }), "") << size << " bytes";
  }
  for (std::size_t place = 0; place < whole.size(); ++place) {
    for (const unsigned bits : {0x01U, 0x80U, 0xFFU}) {
      byte_string damaged = whole;
      damaged[place] ^= static_cast<std::byte>(bits);
      if (!data_error_of([&] { content_fingerprint(attach_bytes(damaged)); }).empty()) ++refused;
    }
  }
  EXPECT_GT(refused, 100U);
}

}  // namespace
}  // namespace ravine
