#include "core/printable.hpp"

#include <gtest/gtest.h>

namespace ravine {
namespace {

TEST(printable, escapes_what_steers_a_terminal) {
  EXPECT_EQ(printable("red \x1b[31m\a"), "red \\x1b[31m\\x07");
  EXPECT_EQ(printable("del \x7f csi \xc2\x9b"), "del \\u007f csi \\u009b");
  EXPECT_EQ(printable("a\tb\rc"), "a\\x09b\\x0dc");
  EXPECT_EQ(printable(std::string("a\0b", 3)), "a\\x00b");
}

TEST(printable, escapes_what_turns_the_direction_of_text) {
  for (const char* text :
       {"\u061c", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u2066", "\u2069"}) {
    EXPECT_EQ(printable(text).substr(0, 2), "\\u");
    EXPECT_FALSE(is_printable(text));
  }
}

TEST(printable, shows_bytes_that_are_not_utf_8) {
  EXPECT_EQ(printable("\x9b\xff"), "\\x9b\\xff");
  EXPECT_EQ(printable("\xe2\x80"), "\\xe2\\x80") << "cut";
  EXPECT_EQ(printable("\xc0\x9b"), "\\xc0\\x9b") << "overlong";
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate";
}

TEST(printable, leaves_text_as_it_is) {
  for (const char* text : {"", "plain", "β₁ · ε → 0.1", "🏔️", "שלום", "a\\x1b", "a\u200db"}) {
    EXPECT_EQ(printable(text), text);
    EXPECT_TRUE(is_printable(text));
  }
}

TEST(printable, keeps_line_ends_where_asked) {
  EXPECT_EQ(printable("a\nb"), "a\\x0ab");
  EXPECT_EQ(printable("a\n\x1b", line_ends::kept), "a\n\\x1b");
  EXPECT_EQ(printable("a\r\n", line_ends::kept), "a\\x0d\n");
}

TEST(printable, changes_nothing_a_second_time) {
  const std::string once = printable("\x1b\xff\u202e\n");
  EXPECT_EQ(printable(once), once);
}

}  // namespace
}  // namespace ravine
