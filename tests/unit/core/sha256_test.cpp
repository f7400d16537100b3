#include "core/sha256.hpp"

#include "core/error.hpp"
#include "unit/plugin_support.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace ravine {
namespace {

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

// Examples of FIPS 180-4 and its test vectors.
constexpr auto empty_digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr auto abc_digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr auto million_digest = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(sha256, agrees_with_the_standards_examples) {
  EXPECT_EQ(sha256_hex({}), empty_digest);
  EXPECT_EQ(sha256_hex(bytes("abc")), abc_digest);
  EXPECT_EQ(sha256_hex(bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(sha256, takes_bytes_in_pieces) {
  sha256 digest;
  for (int i = 0; i < 1000; ++i) digest.update(bytes(std::string(1000, 'a')));
  EXPECT_EQ(digest.hex(), million_digest);
}

TEST(sha256, goes_on_after_a_digest_was_asked_for) {
  sha256 digest;
  EXPECT_EQ(digest.hex(), empty_digest);
  digest.update(bytes("ab"));
  EXPECT_NE(digest.hex(), abc_digest);
  digest.update(bytes("c"));
  EXPECT_EQ(digest.hex(), abc_digest);
  EXPECT_EQ(digest.hex(), abc_digest);
}

TEST(sha256, reads_a_file_longer_than_its_buffer) {
  const testing::plugin_folder folder;
  const auto file = folder.path() / "letters";
  std::ofstream(file) << std::string(1000000, 'a');
  EXPECT_EQ(sha256_file(file), million_digest);
}

TEST(sha256, names_a_file_that_is_not_there) {
  try {
    sha256_file("/no/such/file");
    FAIL() << "a missing file has no digest";
  } catch (const error& problem) {
    EXPECT_STREQ(problem.what(), "/no/such/file: cannot open: No such file or directory");
  }
}

TEST(sha256, refuses_a_folder) {
  const testing::plugin_folder folder;
  EXPECT_THROW(sha256_file(folder.path()), error);
}

}  // namespace
}  // namespace ravine
