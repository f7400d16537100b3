#include "manifest/yaml_value.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace ravine;
using ::testing::HasSubstr;

/// Kinds, texts and structure, without places and layout.
std::string shape(const yaml_value& value) {
  using kind = yaml_value::kind;
  if (value.type == kind::null) return "null";
  if (value.type == kind::plain) return "p:" + value.text;
  if (value.type == kind::quoted) return "q:" + value.text;
  std::string text = value.type == kind::list ? "[" : "{";
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (value.type == kind::block) text += shape(value.keys[i]) + "=";
    text += shape(value.items[i]) + ",";
  }
  return text + (value.type == kind::list ? "]" : "}");
}

std::string problem_of(const std::string& text) {
  try {
    parse_yaml(text);
    return "";
  } catch (const yaml_error& problem) {
    return std::to_string(problem.at.line) + ':' + std::to_string(problem.at.column) + ' ' + problem.what();
  }
}

TEST(yaml_value, remembers_where_values_were_written) {
  const yaml_value root = parse_yaml("a: 1\nb:\n  - x\n  - {c: 2}\nd:\n");
  EXPECT_EQ(root.find("a")->at, (place{1, 4}));
  EXPECT_EQ(root.find("b")->items[1].find("c")->at, (place{4, 9}));
  EXPECT_EQ(root.find("b")->items[1].keys[0].at, (place{4, 6}));
  EXPECT_EQ(root.find("d")->at, (place{5, 1}));
  EXPECT_EQ(root.find("e"), nullptr);
}

TEST(yaml_value, tells_quoted_from_plain_scalars) {
  EXPECT_EQ(shape(parse_yaml("[1, '1', \"1\", ~, null, , true]")), "[p:1,q:1,q:1,null,null,null,p:true,]");
}

TEST(yaml_value, replaces_aliases_and_merge_keys) {
  EXPECT_EQ(shape(parse_yaml("[&x {a: 1, b: 2}, {<<: *x, b: 3}, *x]")),
            "[{p:a=p:1,p:b=p:2,},{p:b=p:3,p:a=p:1,},{p:a=p:1,p:b=p:2,},]");
  EXPECT_THAT(problem_of("[&x 3, {<<: *x}]"), HasSubstr("<< takes a block"));
  EXPECT_THAT(problem_of("&x [*x]"), HasSubstr("an alias within the value that it stands for"));
}

TEST(yaml_value, is_emitted_as_text_that_reads_back_equal) {
  for (const char* text :
       {"a: 1\nb: [x, 'y', {c: ~}]\n", "'': ''\n'1': \"two\\nlines: #\"\n", "- - - a\n- {}\n- []\n",
        "a: 'true'\nb: true\nc: 'null'\nd: \"- x\"\n", "plain: it's fine\n", "é: \"\\u00a0\"\n"}) {
    const yaml_value once = parse_yaml(text);
    EXPECT_EQ(shape(parse_yaml(emit_yaml(once))), shape(once)) << text << emit_yaml(once);
  }
}

TEST(yaml_value, is_not_taken_for_the_border_of_a_document) {
  for (const char* text : {"---", "--- a", "...", "...b"}) {
    const yaml_value once = parse_yaml(std::string("  '") + text + "'");
    yaml_value plain = once;
    plain.type = yaml_value::kind::plain;
    EXPECT_EQ(parse_yaml(emit_yaml(plain)).text, text);
  }
}

TEST(yaml_value, refuses_more_than_a_person_writes) {
  EXPECT_THAT(problem_of(std::string(100'000, '[') + std::string(100'000, ']')),
              HasSubstr("1:33 more than 32 lists"));
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string before = "*a" + std::to_string(i - 1), name = "a" + std::to_string(i);
    bomb += name + ": &" + name + " [" + before;
    for (int k = 1; k < 10; ++k) bomb += ", " + before;
    bomb += "]\n";
  }
  EXPECT_THAT(problem_of(bomb), HasSubstr("more than 200000 values"));
}

TEST(yaml_value, refuses_what_a_manifest_has_no_use_for) {
  EXPECT_THAT(problem_of("a: !!binary x\n"), HasSubstr("1:4 the tag"));
  EXPECT_THAT(problem_of("a: 1\n---\nb: 2\n"), HasSubstr("a second document starts here"));
  EXPECT_THAT(problem_of("a: 1\n[b]: 2\n"), HasSubstr("2:1 a list or a block can't be a key"));
  EXPECT_THAT(problem_of("a: \x01"), HasSubstr("1:4 control character 0x01"));
  EXPECT_THAT(problem_of("é: \xc3"), HasSubstr("not UTF-8"));
  EXPECT_THAT(problem_of("a: b\xef\xbf\xbf"), HasSubstr("1:4 U+FFFF is not a character"));
  EXPECT_THAT(problem_of("a: \"\\uFDD0\""), HasSubstr("1:4 U+FDD0 is not a character"));
  EXPECT_THAT(problem_of("a: \xf0\x9f\xbf\xbe"), HasSubstr("1:4 U+1FFFE is not a character"));
  EXPECT_EQ(parse_yaml("a: \xef\xbf\xbd\xf0\x9f\x98\x80").items[0].text, "\xef\xbf\xbd\xf0\x9f\x98\x80");
}

TEST(yaml_value, explains_what_is_not_yaml) {
  EXPECT_THAT(problem_of("a: [1, 2\n"),
              HasSubstr("1:4 not valid YAML: the list that starts here has no closing ]"));
  EXPECT_THAT(problem_of("a: 'x"), HasSubstr("a closing quote is missing"));
  EXPECT_THAT(problem_of("a: \"x\\"), HasSubstr("the text ends after a backslash"));
  EXPECT_THAT(problem_of("a: b: c\n"), HasSubstr("quote text that contains"));
  EXPECT_THAT(problem_of("a: *x\n"), HasSubstr("no value above has this &anchor"));
}

TEST(yaml_value, does_not_take_the_keys_after_an_unclosed_quote_for_text) {
  for (const char* text : {"a: \"x\nb: 1\nc: 2\n", "a: 'x\nb: 1\nc: 2\n", "a: 'it''s\nb: 1\n",
                           "a: \"say \\\"x\\\"\nb: 1\n", "\"a: 1\nb: 2\n", "é: 1\na: &x\n  'b\nc: 2\n"}) {
    EXPECT_THAT(problem_of(text), HasSubstr("no closing quote")) << text;
  }
  EXPECT_THAT(problem_of("s: 1\na: \"x\nb: 1\n"), ::testing::StartsWith("2:4 "));
  for (const char* text : {"a: \"x\n  y\"\nb: 1\n", "a: 'it''s'\n", "a: it's\n", "a: \"\\\\\"\nb: 'x'\n",
                           "é: &x 'ü'\n'b': *x\n", "\xef\xbb\xbf\"a\": 'b'\n", "a: 'b'\r\nc: \"d\"\r\n"}) {
    EXPECT_EQ(problem_of(text), "") << text;
  }
}

}  // namespace
