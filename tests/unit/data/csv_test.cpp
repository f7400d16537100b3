#include "data/csv.hpp"

#include "unit/data/data_support.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Tables in text: what is read, and what is refused with its line and column.
namespace ravine {
namespace {

using testing::data_error_of;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

csv_table parse(std::string_view text, const csv_options& options = {}) {
  return parse_csv(text, options, "t.csv");
}

std::string fault(std::string_view text, const csv_options& options = {}) {
  return data_error_of([&] { parse(text, options); });
}

TEST(csv, reads_numbers_and_classes_under_a_header) {
  const csv_table table = parse("length,width,kind\n5.1,3.5,setosa\n-7,+.32e1,versicolor\n6,3,setosa\n");
  EXPECT_THAT(table.columns, ElementsAre("length", "width"));
  EXPECT_THAT(table.values, ElementsAre(5.1F, 3.5F, -7.0F, 3.2F, 6.0F, 3.0F));
  EXPECT_THAT(table.classes, ElementsAre("setosa", "versicolor"));
  EXPECT_THAT(table.target, ElementsAre(0, 1, 0));
}

TEST(csv, needs_no_header) {
  const csv_table table = parse("1,2,b\n3,4,a");
  EXPECT_THAT(table.columns, ElementsAre("1", "2"));
  EXPECT_THAT(table.values, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(table.target, ElementsAre(1, 0));
}

TEST(csv, takes_a_header_of_numbers_or_none_as_told) {
  EXPECT_THAT(parse("1,2\n3,0\n4,1\n", {.header = csv_header::present}).values, ElementsAre(3, 4));
  EXPECT_THAT(parse("1,2\n3,0\n4,1\n").values, ElementsAre(1, 3, 4));
  EXPECT_THAT(fault("a,b\n3,0\n", {.header = csv_header::absent}),
              StartsWith("t.csv: line 1, column 1 is \"a\", expected a number"));
}

TEST(csv, finds_the_target_by_name_or_number) {
  const std::string text = "y,2,x\n0,10,20\n1,11,21\n";
  EXPECT_THAT(parse(text, {.target = "y"}).values, ElementsAre(10, 20, 11, 21));
  EXPECT_THAT(parse(text, {.target = "3", .header = csv_header::present}).columns, ElementsAre("y", "2"));
  EXPECT_THAT(parse(text, {.target = "2", .header = csv_header::present}).classes, ElementsAre("10", "11"))
      << "a name counts before a number";
  EXPECT_EQ(fault(text, {.target = "z"}),
            "t.csv: has no column z; line 1 names y, 2, x: give target: one of them, a number from 1 to 3, "
            "or last");
  EXPECT_EQ(fault("1,2\n3,4\n", {.target = "5", .header = csv_header::absent}),
            "t.csv: has no column 5, since it has no header; give target: a number from 1 to 2, or last");
}

TEST(csv, orders_classes_by_value_or_as_texts) {
  EXPECT_THAT(parse("1,10\n1,9\n1,-1\n").classes, ElementsAre("-1", "9", "10"));
  EXPECT_THAT(parse("1,10\n1,9\n1,-1\n").target, ElementsAre(2, 1, 0));
  EXPECT_THAT(parse("1,10\n1,9\n1,a\n").classes, ElementsAre("10", "9", "a"));
}

TEST(csv, reads_quotes_line_ends_spaces_and_separators) {
  const csv_table table =
      parse("\xEF\xBB\xBF\"a; \"\"b\"\"\" ; c\r\n\r\n 1 ;\"x; \ny\"\r\n\"2\"; z \r\n", {.separator = ';'});
  EXPECT_THAT(table.columns, ElementsAre("a; \"b\""));
  EXPECT_THAT(table.values, ElementsAre(1, 2));
  EXPECT_THAT(table.classes, ElementsAre("x; \ny", "z"));
}

TEST(csv, refuses_what_is_missing_or_no_number) {
  EXPECT_EQ(
      fault("a,b,y\n1,2,0\n1,,0\n"),
      "t.csv: line 3, column b is missing (found \"\"); expected a number: fill it in or leave the line out");
  for (const char* word : {"NA", "?", "nan", " ", "null"}) {
    EXPECT_THAT(fault("a,y\n1,0\n" + std::string(word) + ",1\n"), HasSubstr("line 3, column a is missing"))
        << word;
  }
  EXPECT_EQ(
      fault("a,b,y\n1,two,0\n"),
      "t.csv: line 2, column b is \"two\", expected a number: leave the column out or write its classes as "
      "columns of 0 and 1");
  EXPECT_THAT(fault("x,2,0\n1,2,0\n"),
              HasSubstr("if the first line names the columns, give header: present"));
  EXPECT_THAT(fault("1,0\n1x,0\n"), HasSubstr("line 2, column 1 is \"1x\""));
  for (const char* huge : {"1e39", "1e999", "-inf", "infinity"}) {
    EXPECT_THAT(fault("1,0\n" + std::string(huge) + ",1\n"), HasSubstr("expected a finite number")) << huge;
  }
  EXPECT_THAT(fault("a,y\n1,0\n1,\n"),
              HasSubstr("line 3, column y is missing (found \"\"); expected a class"));
}

TEST(csv, counts_lines_within_quotes) {
  EXPECT_THAT(fault("a,y\n1,\"x\ny\"\n\n2,x\noops,x\n"), HasSubstr("line 6, column a is \"oops\""));
}

TEST(csv, refuses_what_is_no_table) {
  EXPECT_EQ(fault(""), "t.csv: is empty; expected a line for each example");
  EXPECT_EQ(fault("\n\r\n"), "t.csv: is empty; expected a line for each example");
  EXPECT_EQ(fault("a,y\n"), "t.csv: has a header and no example");
  EXPECT_EQ(
      fault("1;2\n3;4\n"),
      "t.csv: line 1 has one field: 1;2; expected a target and at least one feature, apart by ',' (see the "
      "option separator)");
  EXPECT_EQ(fault("1,2,0\n1,0\n"),
            "t.csv: line 2 has 2 fields, expected 3 as in the first line; a field that holds the separator "
            "',' must "
            "be in quotes");
  EXPECT_THAT(fault("1,\"0\n1,0\n"), HasSubstr("line 1: a field in quotes doesn't end"));
  EXPECT_THAT(fault("1,0\n2,\"a\"b\n"), HasSubstr("line 2: found b after a closing quote"));
  EXPECT_THAT(fault(std::string(100'000, ',')), HasSubstr("has 100001 columns, expected at most 100000"));
}

TEST(csv, reads_numbers_to_predict) {
  const csv_options numbers{.target = "price", .task = learning_task::regression};
  const csv_table table = parse("price,rooms\n1.5,3\n-2e3,4\n7,5\n", numbers);
  EXPECT_THAT(table.numbers, ElementsAre(1.5F, -2000.0F, 7.0F));
  EXPECT_THAT(table.values, ElementsAre(3, 4, 5));
  EXPECT_TRUE(table.target.empty() && table.classes.empty());
  EXPECT_EQ(fault("price,rooms\n1.5,3\ncheap,4\n", numbers),
            "t.csv: line 3, column price is \"cheap\", expected a number: if it names a class, leave out "
            "task: regression, or choose another target");
  EXPECT_EQ(fault("price,rooms\n1.5,3\n,4\n", numbers),
            "t.csv: line 3, column price is missing (found \"\"); expected a number: fill it in or leave the "
            "line out");
  EXPECT_EQ(fault("price,rooms\n1e40,3\n", numbers),
            "t.csv: line 2, column price is 1e40, expected a finite number that a 32-bit float can hold");
}

TEST(csv, refuses_targets_that_are_no_classes) {
  EXPECT_EQ(
      fault("a,y\n1,2\n1,2.5\n1,3.5\n"),
      "t.csv: line 3, column y is 2.5: a real number, expected whole numbers or texts that name classes; "
      "to predict the number, give task: regression");
  EXPECT_EQ(fault("a,y\n1,2.5\n1,b\n"), "") << "texts";
  std::string many;
  for (int i = 0; i < 300; ++i) many += "1," + std::to_string(i) + "\n";
  EXPECT_THAT(fault(many),
              HasSubstr("line 257, column 2 is class number 257, 256; expected at most 256 classes"));
  std::string real;
  for (int i = 0; i < 300; ++i) real += "1," + std::to_string(i) + ".5\n";
  EXPECT_THAT(fault(real), HasSubstr("line 1, column 2 is 0.5: a real number"));
}

}  // namespace
}  // namespace ravine
