#include "cluster/node_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ravine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(node_record, leaves_out_a_node_that_loses_everything_beside_a_sound_one) {
  node_record nodes;
  nodes.note_sound("n1");
  EXPECT_FALSE(nodes.blame("n2"));
  EXPECT_FALSE(nodes.blame("n2"));
  EXPECT_THAT(nodes.left_out(), IsEmpty());
  EXPECT_TRUE(nodes.blame("n2"));
  EXPECT_FALSE(nodes.blame("n2")) << "which is told once";
  EXPECT_THAT(nodes.left_out(), ElementsAre("n2"));
}

TEST(node_record, leaves_out_no_node_where_no_other_has_completed_anything) {
  node_record nodes;
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(nodes.blame("n1"));
    EXPECT_FALSE(nodes.blame("n2"));
  }
  nodes.note_sound("n1");  // the fault was not the job's
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(nodes.blame("n1")) << "it is the only sound one";
  EXPECT_TRUE(nodes.blame("n2"));
  EXPECT_THAT(nodes.left_out(), ElementsAre("n2"));
}

TEST(node_record, forgives_a_node_its_losses_once_a_part_has_completed_there) {
  node_record nodes;
  nodes.note_sound("n1");
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(nodes.blame("n2"));
    EXPECT_FALSE(nodes.blame("n2"));
    nodes.note_sound("n2");
  }
  EXPECT_THAT(nodes.left_out(), IsEmpty());
}

TEST(node_record, keeps_what_refused_beside_what_lost) {
  node_record nodes;
  nodes.leave_out("n3");
  nodes.note_sound("n1");
  for (int i = 0; i < 3; ++i) nodes.blame("n2");
  EXPECT_THAT(nodes.left_out(), ElementsAre("n2", "n3"));
  EXPECT_FALSE(nodes.blame(""));
  nodes.note_sound("");
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(nodes.blame(""));
}

}  // namespace
}  // namespace ravine
