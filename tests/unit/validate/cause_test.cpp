#include "validate/cause.hpp"

#include <gtest/gtest.h>

// Which failures have one cause: what a plugin's author has to read once.
namespace ravine {
namespace {

std::string cause(const std::string& reason) { return cause_of(reason, "/p/my.so"); }

TEST(cause_of_a_failure, is_one_for_all_numbers_and_both_types) {
  EXPECT_EQ(cause("7 parameters of type float: no array mm"),
            cause("63 parameters of type double: no array mm"));
  EXPECT_NE(cause("no array mm"), cause("no array v"));
}

TEST(cause_of_a_failure, is_one_for_a_line_whoever_called_it) {
  const std::string in_float =
      "SIGSEGV\n  void my::step<float>(x) const at my.cpp:11 (my.so)\n  a at a.cpp:1 (ravine)";
  const std::string in_double =
      "SIGSEGV\n  void my::step<double>(x) const at my.cpp:11 (my.so)\n  b at b.cpp:2 (ravine)";
  EXPECT_EQ(cause(in_float), cause(in_double));
  EXPECT_NE(cause(in_float), cause("SIGSEGV\n  void my::step<float>(x) const at my.cpp:12 (my.so)"));
  EXPECT_NE(cause(in_float), cause("SIGFPE\n  void my::step<float>(x) const at my.cpp:11 (my.so)"));
}

TEST(cause_of_a_failure, is_one_for_a_function_without_debug_information) {
  EXPECT_EQ(cause("SIGSEGV\n  void my::step<float>(x) const (my.so)"),
            cause("SIGSEGV\n  void my::step<double>(x) const (my.so)"));
  EXPECT_NE(cause("SIGSEGV\n  void my::step<float>(x) const (my.so)"),
            cause("SIGSEGV\n  my::make() (my.so)"));
  EXPECT_EQ(cause("SIGSEGV\n  my.so+0x1234"), cause("SIGSEGV\n  my.so+0x5678")) << "nothing tells them apart";
}

TEST(cause_of_a_failure, is_the_array_whose_end_was_crossed) {
  const std::string seen = cause("1 parameters of type float: wrote after the end of state m");
  EXPECT_EQ(cause("SIGSEGV: reached 0 bytes past the end of state m\n  f at my.cpp:3 (my.so)"), seen);
  EXPECT_EQ(cause("SIGSEGV: reached 8 bytes before state m\n  g (my.so)"), seen);
  EXPECT_NE(cause("SIGSEGV: reached 8 bytes past the end of the parameters\n  g (my.so)"), seen);
}

}  // namespace
}  // namespace ravine
