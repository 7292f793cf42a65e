#include "ccnproxy/cli/terminal.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace ccnproxy::cli {
namespace {

TEST(Painted, ends_its_colour_and_is_plain_without) {
  EXPECT_EQ(painted("x", Style::bad, true), "\033[31mx\033[0m");
  EXPECT_EQ(painted("x", Style::bad, false), "x");
  EXPECT_EQ(painted("x", Style::plain, true), "x");
}

TEST(FitToScreen, what_fits_stays_as_it_is) {
  EXPECT_EQ(fit_to_screen("ab\n\ncd\n", {4, 2}), "ab\n\ncd\n");
  EXPECT_EQ(fit_to_screen("ab\ncd\n", {}), "ab\ncd\n");
  EXPECT_EQ(fit_to_screen("", {4, 4}), "");
}

TEST(FitToScreen, long_lines_are_cut) {
  EXPECT_EQ(fit_to_screen("abcdef\nab\n", {0, 3}), "abc\nab\n");
}

TEST(FitToScreen, lines_too_many_are_counted) {
  EXPECT_EQ(fit_to_screen("1\n2\n3\n4\n5\n", {4, 0}), "1\n2\n... and 3 more lines\n");
  EXPECT_EQ(fit_to_screen("1\n2\n3\n", {2, 0}), "... and 3 more lines\n");
}

TEST(FitToScreen, colours_take_no_room_and_end_with_their_line) {
  EXPECT_EQ(fit_to_screen("\033[31mab\033[0mcd\n", {0, 3}), "\033[31mab\033[0mc\n");
  EXPECT_EQ(fit_to_screen("a\033[31mbcd\033[0m\n", {0, 2}), "a\033[31mb\033[0m\n");
  EXPECT_EQ(fit_to_screen("a\033[31", {0, 9}), "a\033[31\033[0m\n");
}

TEST(WantsColour, not_what_is_no_terminal) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_FALSE(wants_colour(ends[1]));
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace ccnproxy::cli
