#include "core/utf8.hpp"

#include <clocale>
#include <cwchar>

#include <gtest/gtest.h>

namespace ravine {
namespace {

TEST(display_width, is_the_columns_that_a_terminal_gives) {
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(display_width("adam.v2"), 7U);
  EXPECT_EQ(display_width("адам"), 4U);
  EXPECT_EQ(display_width("优化器"), 6U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("é"), 1U);
  EXPECT_EQ(display_width("한국"), 4U);
  EXPECT_EQ(display_width("\U0001F680"), 2U);
  EXPECT_EQ(display_width("\xff\xfe"), 2U);
}

// The C library has a table of its own, and asks the locale.
TEST(display_width, agrees_with_the_c_library) {
  if (std::setlocale(LC_CTYPE, "C.UTF-8") == nullptr) GTEST_SKIP() << "no UTF-8 locale";
  std::string_view rest = "aé€—±≤…адам优化器한국ひらガナ！ｗ🚀😀e\u0301\u200b";
  while (!rest.empty()) {
    const std::string_view next = rest.substr(0, character_length(rest));
    const auto point = static_cast<wchar_t>(code_point(next, next.size()));
    EXPECT_EQ(display_width(next), static_cast<std::size_t>(wcwidth(point))) << next;
    rest.remove_prefix(next.size());
  }
  std::setlocale(LC_CTYPE, "C");
}

}  // namespace
}  // namespace ravine
