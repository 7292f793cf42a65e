#include "ccnproxy/daemon/text_table.h"

#include <gtest/gtest.h>

namespace ccnproxy::daemon {
namespace {

using Align = TextTable::Align;

TEST(TextTable, columns_are_as_wide_as_their_widest_cell) {
  TextTable table({{"NAME"}, {"N", Align::right}, {"NOTE"}});
  table.add({"a", "1000", "x"});
  table.add({"longer", "7", ""});
  EXPECT_EQ(table.to_string(),
            "NAME       N  NOTE\n"
            "a       1000  x\n"
            "longer     7\n");
}

TEST(TextTable, cells_that_are_left_out_are_empty) {
  TextTable table({{"A"}, {"B"}});
  table.add({"x"});
  EXPECT_EQ(table.to_string(), "A  B\nx\n");
}

TEST(TextTable, F104_a_cell_can_not_control_the_terminal) {
  TextTable table({{"A"}});
  table.add({"a\x1b[2Jb\nc\x7f\xc3"});
  EXPECT_EQ(table.to_string(), "A\na?[2Jb?c??\n");
}

}  // namespace
}  // namespace ccnproxy::daemon
