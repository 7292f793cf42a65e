#include "cli/text_table.h"

#include <gtest/gtest.h>

namespace ccnproxy::cli {
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

TEST(TextTable, colour_is_of_the_words_and_moves_no_column) {
  TextTable table({{"A"}, {"N", Align::right}}, true);
  table.add({{"x", Style::good}, {"7", Style::bad}});
  table.add({"longer", ""});
  EXPECT_EQ(table.to_string(),
            "\033[1mA\033[0m       \033[1mN\033[0m\n"
            "\033[32mx\033[0m       \033[31m7\033[0m\n"
            "longer\n");
}

}  // namespace
}  // namespace ccnproxy::cli
