#include "data/cifar.hpp"

#include "unit/data/data_support.hpp"

#include <cstdio>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// CIFAR-10's archive: a tar of files of records.
namespace ravine {
namespace {

using testing::byte_string;
using testing::data_error_of;
using testing::gzipped;
using ::testing::HasSubstr;
using testing::operator+;

const std::string name = "cifar.tar.gz";

/// A record whose planes hold `label` * 10, and 1 and 2 more.
byte_string record(unsigned label) {
  byte_string made{static_cast<std::byte>(label)};
  for (unsigned plane = 0; plane < 3; ++plane)
    made.insert(made.end(), 1024, static_cast<std::byte>(10 * label + plane));
  return made;
}

/// A file of the archive, as POSIX ustar has it.
byte_string entry(const std::string& path, const byte_string& content, char type = '0') {
  std::string header(512, '\0');
  header.replace(0, path.size(), path);
  std::snprintf(header.data() + 124, 12, "%011zo", content.size());
  header[156] = type;
  header.replace(148, 8, "        ");
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  std::snprintf(header.data() + 148, 8, "%06o", sum);
  const auto* const first = reinterpret_cast<const std::byte*>(header.data());
  byte_string made = byte_string(first, first + header.size()) + content;
  made.resize((made.size() + 511) / 512 * 512);
  return made;
}

using batch_list = std::vector<std::pair<std::string, byte_string>>;

batch_list six_batches() {
  batch_list all;
  for (unsigned i = 1; i <= 5; ++i)
    all.emplace_back("data_batch_" + std::to_string(i) + ".bin", record(i) + record(0));
  all.emplace_back("test_batch.bin", record(9));
  return all;
}

byte_string archive(const batch_list& batches) {
  byte_string made =
      entry("cifar-10-batches-bin/", {}, '5') + entry("cifar-10-batches-bin/readme.html", byte_string(88));
  for (const auto& [file, content] : batches) made = made + entry("cifar-10-batches-bin/" + file, content);
  return made + byte_string(1024);
}

std::string fault_of_archive(const byte_string& bytes) {
  return data_error_of([&] { parse_cifar10(bytes, name); });
}

TEST(cifar, is_read_from_the_archive_packed_or_not) {
  for (const byte_string& bytes : {archive(six_batches()), gzipped(archive(six_batches()))}) {
    const dataset_content data = parse_cifar10(bytes, name);
    EXPECT_EQ(data.shape, (std::vector<std::size_t>{3, 32, 32}));
    EXPECT_EQ(data.classes, 10U);
    EXPECT_EQ(data.train.labels, (std::vector<std::uint8_t>{1, 0, 2, 0, 3, 0, 4, 0, 5, 0}));
    EXPECT_EQ(data.test.labels, (std::vector<std::uint8_t>{9}));
    ASSERT_EQ(data.train.pixels.size(), 10U * 3072);
    EXPECT_EQ(data.train.pixels[0], 10) << "red";
    EXPECT_EQ(data.train.pixels[3071], 12) << "blue";
    EXPECT_EQ(data.train.pixels[4 * 3072 + 1024], 31) << "green of the fifth";
  }
}

TEST(cifar, refuses_damage_and_tells_where) {
  batch_list batches = six_batches();
  batches[2].second[3073] = std::byte{10};
  EXPECT_EQ(
      fault_of_archive(archive(batches)),
      "cifar.tar.gz: cifar-10-batches-bin/data_batch_3.bin: record 2 has the label 10, expected 0 to 9");
  batches = six_batches();
  batches[5].second.pop_back();
  EXPECT_EQ(
      fault_of_archive(archive(batches)),
      "cifar.tar.gz: cifar-10-batches-bin/test_batch.bin: record 1 ends after 3072 bytes, expected 3073");
  batches = six_batches();
  batches.erase(batches.begin());
  EXPECT_THAT(fault_of_archive(archive(batches)), HasSubstr("it holds no data_batch_1.bin; expected"));
  byte_string bytes = archive(six_batches());
  const byte_string again = entry("elsewhere/test_batch.bin", record(1));
  bytes.insert(bytes.begin(), again.begin(), again.end());
  EXPECT_EQ(fault_of_archive(bytes), "cifar.tar.gz: it holds test_batch.bin twice");
  bytes = archive(six_batches());
  bytes[0] = std::byte{'x'};
  EXPECT_THAT(fault_of_archive(bytes), HasSubstr("cifar.tar.gz: at byte 0: a header has the checksum"));
  bytes = archive(six_batches());
  bytes.resize(3000);
  EXPECT_THAT(fault_of_archive(bytes), HasSubstr("it ends within cifar-10-batches-bin/data_batch_1.bin, "));
  bytes.resize(600);
  EXPECT_THAT(fault_of_archive(bytes), HasSubstr("it ends within a header"));
  EXPECT_THAT(fault_of_archive(gzipped(record(1))), HasSubstr("this is no tar archive"));
  EXPECT_THAT(fault_of_archive({}), HasSubstr("it holds no data_batch_1.bin"));
}

}  // namespace
}  // namespace ravine
