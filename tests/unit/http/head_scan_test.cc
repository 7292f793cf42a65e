#include "ccnproxy/http/head_scan.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

#include "unit/http/pieces.h"

namespace ccnproxy::http {
namespace {

using Outcome = HeadScan::Outcome;

// The same, one byte at a time and from the beginning: what the fast one is held against.
HeadScan scan_slowly(std::string_view input, bool after_line) {
  std::size_t line_length = after_line ? 0 : 1;  // anything but 0 before a line has begun
  for (std::size_t i = 0; i < input.size(); ++i) {
    const char c = input[i];
    const bool after_cr = i > 0 && input[i - 1] == '\r';
    const bool control = (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    if (after_cr != (c == '\n')) return {Outcome::wrong, i + 1};
    if (control && c != '\r' && c != '\n') return {Outcome::wrong, i + 1};
    if (c == '\n' && line_length == 0) return {Outcome::end, i + 1};
    if (c == '\n') {
      line_length = 0;
    } else if (c != '\r') {
      ++line_length;
    }
  }
  return {Outcome::more, input.size()};
}

std::string random_lines(std::mt19937& random) {
  static constexpr std::string_view pieces[] = {"\r\n", "\r\n", "\r\n\r\n", "\r",
                                                "\n",   "\t",   "a",        "name: value",
                                                "\x7f", "\x1f", "\xff\x80", "0123456789abcdef"};
  // Mostly harmless ones, or nearly every text would stop within its first block.
  std::discrete_distribution<std::size_t> pick({40, 40, 6, 1, 1, 20, 60, 60, 1, 1, 20, 40});
  std::string text;
  const std::size_t count = random() % 24;
  for (std::size_t i = 0; i < count; ++i) text += pieces[pick(random)];
  return text;
}

TEST(HeadScan, agrees_with_a_slow_one_from_every_starting_point) {
  std::mt19937 random(7);
  for (int round = 0; round < 4000; ++round) {
    const std::string text = random_lines(random);
    const test::Exact input(text);
    for (const bool after_line : {false, true}) {
      const HeadScan expected = scan_slowly(text, after_line);
      // Up to where an earlier call would have found nothing yet.
      const std::size_t clean =
          expected.outcome == Outcome::more ? text.size() : expected.length - 1;
      for (std::size_t from = 0; from <= clean; ++from) {
        const HeadScan scan = scan_head(input.view(), from, after_line);
        ASSERT_EQ(scan.outcome, expected.outcome) << test::printable(text) << " from " << from;
        ASSERT_EQ(scan.length, expected.length) << test::printable(text) << " from " << from;
      }
    }
  }
}

// Reading on and on from the beginning would be quadratic for a sender that sends byte by byte.
TEST(HeadScan, reads_only_two_bytes_again) {
  std::string text(100, '\0');
  text += "ab";
  const std::size_t from = text.size();
  text += "c\r\n\r\n";
  const HeadScan scan = scan_head(text, from, false);
  EXPECT_EQ(scan.outcome, Outcome::end);
  EXPECT_EQ(scan.length, text.size());
}

TEST(HeadScan, takes_an_empty_line_for_the_end_only_after_a_line) {
  EXPECT_EQ(scan_head("\r\n", 0, true).outcome, Outcome::end);
  EXPECT_EQ(scan_head("\r\n", 0, false).outcome, Outcome::more);
}

TEST(HeadScan, marks_the_same_with_and_without_vector_instructions) {
  std::string block(detail::block_size, 'a');
  for (int byte = 0; byte < 256; ++byte) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      std::string text = block;
      text[i] = static_cast<char>(byte);
      text[(i + 5) % block.size()] = '\x01';
      ASSERT_EQ(detail::mark_block(text.data()), detail::mark_block_portable(text.data()))
          << test::printable(text);
    }
  }
}

TEST(HeadScan, says_what_is_wrong) {
  const auto words = [](std::string_view text) {
    return describe_wrong(text, scan_head(text, 0, false));
  };
  EXPECT_EQ(words("a\n"), "a line that ends in LF without CR");
  EXPECT_EQ(words("a\rb"), "a CR that is not followed by LF");
  EXPECT_EQ(words(std::string_view("a\0", 2)), "a NUL byte in the head");
  EXPECT_EQ(words("a\x1b"), "a control character in the head");
}

}  // namespace
}  // namespace ccnproxy::http
