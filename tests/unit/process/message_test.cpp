#include "process/message.hpp"

#include "process/descriptor.hpp"

#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine {
namespace {

constexpr std::uint64_t nonce = 77;

std::optional<std::uint64_t> largest(message_kind kind) {
  if (kind == message_kind::refused) return 1'000'000;
  if (kind == message_kind::ended) return 4;
  return std::nullopt;
}

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }
std::string text_of(const message& said) {
  return {reinterpret_cast<const char*>(said.body.data()), said.body.size()};
}

struct message_test : ::testing::Test {
  message_reader reader{nonce, largest};
  socket_ends ends = make_socket_pair();

  void send_raw(const message_header& header) {
    send_all(ends.theirs.get(), std::as_bytes(std::span(&header, 1)));
    reader.receive(ends.ours.get());
  }
  std::string error_of_next() {
    try {
      reader.next();
      return "";
    } catch (const message_error& problem) {
      return problem.what();
    }
  }
};

TEST_F(message_test, arrives_as_it_was_sent) {
  ASSERT_TRUE(send_message(ends.theirs.get(), message_kind::refused, nonce, bytes_of("one")));
  ASSERT_TRUE(send_message(ends.theirs.get(), message_kind::ended, nonce, {}));
  ASSERT_TRUE(reader.receive(ends.ours.get()));
  const auto first = reader.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->kind, message_kind::refused);
  EXPECT_EQ(text_of(*first), "one");
  const auto second = reader.next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->kind, message_kind::ended);
  EXPECT_FALSE(reader.next());
}

TEST_F(message_test, is_put_together_from_pieces) {
  const std::string long_text(150'000, 'x');
  ASSERT_TRUE(send_message(ends.theirs.get(), message_kind::refused, nonce, bytes_of(long_text)));
  ends.theirs.close();
  std::optional<message> said;
  while (reader.receive(ends.ours.get()) && !said) said = reader.next();
  if (!said) said = reader.next();
  ASSERT_TRUE(said);
  EXPECT_EQ(text_of(*said), long_text);
}

TEST_F(message_test, without_the_nonce_is_refused) {
  send_raw({message_kind::refused, 0, 0, nonce + 1});
  EXPECT_THAT(error_of_next(), ::testing::HasSubstr("no message of the trial"));
}

TEST_F(message_test, of_an_unexpected_kind_is_refused) {
  send_raw({message_kind::started, 0, 0, nonce});
  EXPECT_THAT(error_of_next(), ::testing::HasSubstr("does not send"));
  send_raw({static_cast<message_kind>(12345), 0, 0, nonce});
  EXPECT_NE(error_of_next(), "");
}

TEST_F(message_test, that_announces_too_much_is_refused_before_it_arrives) {
  send_raw({message_kind::ended, 0, 5, nonce});
  EXPECT_THAT(error_of_next(), ::testing::HasSubstr("announces 5 bytes, its kind has at most 4"));
}

TEST_F(message_test, is_not_sent_to_nobody) {
  ends.ours.close();
  EXPECT_FALSE(send_message(ends.theirs.get(), message_kind::refused, nonce, bytes_of("x")));
}

}  // namespace
}  // namespace ravine
