#include "ccnproxy/http/chunked.h"

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "unit/http/pieces.h"

namespace ccnproxy::http {
namespace {

using namespace std::string_literals;
using Event = ChunkedDecoder::Event;

struct Decoded {
  Event event = Event::need_more;
  std::string body;
  std::size_t consumed = 0;
  std::string reason;
  std::vector<std::string> trailers;

  bool operator==(const Decoded&) const = default;
};

// One piece of input, in a buffer of its own, up to the event that wants another piece.
void feed(ChunkedDecoder& decoder, std::string_view piece, Decoded& decoded) {
  const test::Exact input(piece);
  std::string_view rest = input.view();
  for (;;) {
    const ChunkedDecoder::Step step = decoder.step(rest);
    decoded.event = step.event;
    decoded.body += step.data;
    decoded.consumed += step.consumed;
    decoded.reason = step.reason;
    rest.remove_prefix(step.consumed);
    if (step.event != Event::data) return;
  }
}

Decoded decode(std::string_view text, std::size_t first, std::size_t piece,
               HeadLimits limits = {}) {
  ChunkedDecoder decoder(limits);
  Decoded decoded;
  std::size_t at = 0;
  for (std::size_t size = first; at < text.size() && decoded.event == Event::need_more;
       size = piece) {
    feed(decoder, text.substr(at, size), decoded);
    at += size;
  }
  for (const Field& field : decoder.trailers()) {
    decoded.trailers.push_back(std::string(field.name) + "=" + std::string(field.value));
  }
  return decoded;
}

// In one piece, in two at every position, and byte by byte: all must come out the same.
Decoded decode_every_way(std::string_view text, HeadLimits limits = {}) {
  const Decoded whole = decode(text, text.size(), text.size(), limits);
  for (std::size_t first = 1; first < text.size(); ++first) {
    const Decoded cut = decode(text, first, text.size(), limits);
    EXPECT_EQ(cut.event, whole.event) << test::printable(text) << " cut at " << first;
    EXPECT_EQ(cut.reason, whole.reason) << test::printable(text) << " cut at " << first;
    EXPECT_EQ(cut.trailers, whole.trailers) << test::printable(text) << " cut at " << first;
    EXPECT_EQ(cut.body, whole.body) << test::printable(text) << " cut at " << first;
    if (whole.event == Event::end) {
      EXPECT_EQ(cut.consumed, whole.consumed) << test::printable(text) << " cut at " << first;
    }
  }
  const Decoded bytes = decode(text, 1, 1, limits);
  EXPECT_EQ(bytes.event, whole.event) << test::printable(text);
  EXPECT_EQ(bytes.body, whole.body) << test::printable(text);
  return whole;
}

struct Good {
  std::string text;
  std::string body;
  std::size_t left_over = 0;
};

TEST(ChunkedDecoder, decodes) {
  const std::vector<Good> cases = {
      {"0\r\n\r\n", ""},
      {"00000\r\n\r\n", ""},
      {"0000000000000000\r\n\r\n", ""},
      {"5\r\nhello\r\n0\r\n\r\n", "hello"},
      {"0000000000000005\r\nhello\r\n0\r\n\r\n", "hello"},
      {"1\r\nh\r\n4\r\nello\r\n0\r\n\r\n", "hello"},
      {"a\r\n0123456789\r\n0\r\n\r\n", "0123456789"},
      {"A\r\n0123456789\r\n0\r\n\r\n", "0123456789"},
      {"1F\r\n0123456789012345678901234567890\r\n0\r\n\r\n", "0123456789012345678901234567890"},
      {"4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n"},
      {"3\r\n\0\n\r\r\n0\r\n\r\n"s, "\0\n\r"s},
      {"5\r\nhello\r\n0\r\n\r\nGET / HTTP/1.1\r\n", "hello", 16},
      {"0\r\n\r\n\r\n", "", 2},
      {"5;a\r\nhello\r\n0;b\r\n\r\n", "hello"},
      {"5;a=b\r\nhello\r\n0\r\n\r\n", "hello"},
      {"5;a=b;c=d;e\r\nhello\r\n0\r\n\r\n", "hello"},
      {"5;a=\"b c\"\r\nhello\r\n0\r\n\r\n", "hello"},
      {"5;a=\"\"\r\nhello\r\n0\r\n\r\n", "hello"},
      {"5;a=\"\\\"\\\\;\\x\";b\r\nhello\r\n0\r\n\r\n", "hello"},
      {"5;a=\"\x80\t\xff\"\r\nhello\r\n0\r\n\r\n", "hello"},
      {"5 ;a\r\nhello\r\n0\r\n\r\n", "hello"},
      {"5\t;\t a \t= \t\"b\" ;c\r\nhello\r\n0\r\n\r\n", "hello"},
      {"5;a =b\r\nhello\r\n0\r\n\r\n", "hello"},
      {"5;a ;b\r\nhello\r\n0\r\n\r\n", "hello"},
  };
  for (const Good& c : cases) {
    const Decoded decoded = decode_every_way(c.text);
    EXPECT_EQ(decoded.event, Event::end) << test::printable(c.text) << decoded.reason;
    EXPECT_EQ(decoded.body, c.body) << test::printable(c.text);
    EXPECT_EQ(decoded.consumed, c.text.size() - c.left_over) << test::printable(c.text);
  }
}

void expect_failures(const std::vector<std::string>& cases) {
  for (const std::string& text : cases) {
    const Decoded decoded = decode_every_way(text);
    EXPECT_EQ(decoded.event, Event::failed) << test::printable(text);
    EXPECT_FALSE(decoded.reason.empty()) << test::printable(text);
  }
}

TEST(ChunkedDecoder, F074_refuses_bare_line_ends_and_disguised_extensions) {
  expect_failures({
      "5\nhello\r\n0\r\n\r\n",
      "5\rhello\r\n0\r\n\r\n",
      "5\r\r\nhello\r\n0\r\n\r\n",
      "5;\nhello\r\n0\r\n\r\n",
      "5;a\nhello\r\n0\r\n\r\n",
      "5;a=b\nhello\r\n0\r\n\r\n",
      "5;a=\"\n\"\r\nhello\r\n0\r\n",
      "5;a\rX\r\nhello\r\n0\r\n",
      "5;a=\"b\r\n\"\r\nhello\r\n",
      "5;a=\"b\\\r\n\"\r\nhello\r\n",
      "5\r\nhello\r\n0\n\r\n",
      "5\r\nhello\r\n0\r\n\n",
      "5\r\nhello\n0\r\n\r\n",
      "5\r\nhello\r0\r\n\r\n",
      "5\r\nhello\n\r0\r\n\r\n",
      "0\n\n",
      "0\r\r\n\r\n",
      "0\r\n\rX",
      "5;\r\nhello\r\n0\r\n\r\n",
      "5;;a\r\nhello\r\n0\r\n\r\n",
      "5;a;\r\nhello\r\n0\r\n\r\n",
      "5;=b\r\nhello\r\n0\r\n\r\n",
      "5;a=\r\nhello\r\n0\r\n\r\n",
      "5;a==b\r\nhello\r\n0\r\n\r\n",
      "5;a b\r\nhello\r\n0\r\n\r\n",
      "5;a=b c\r\nhello\r\n0\r\n",
      "5;a=\"b\"c\r\nhello\r\n0\r\n",
      "5;a=\"b\r\nhello\r\n0\r\n",
      "5;a=b\"\r\nhello\r\n0\r\n",
      "5;a=\"\x01\"\r\nhello\r\n",
      "5;a=\"\\\x01\"\r\nhello\r\n",
      "5;a\x80\r\nhello\r\n0\r\n",
      "5;a=\x7f\r\nhello\r\n0\r\n",
      "5;a=(b)\r\nhello\r\n0\r\n",
      "5;a=b=c\r\nhello\r\n0\r\n",
      "5 a\r\nhello\r\n0\r\n\r\n",
      "5;a \r\nhello\r\n0\r\n\r\n",
      "5;a=b \r\nhello\r\n0\r\n",
      "5;a=\"b\" \r\nhello\r\n0\r\n",
      "5;a\0\r\nhello\r\n0\r\n\r\n"s,
  });
}

TEST(ChunkedDecoder, F075_refuses_sizes_that_are_no_plain_hexadecimal) {
  expect_failures({
      "\r\nhello\r\n0\r\n\r\n",
      "0x5\r\nhello\r\n0\r\n\r\n",
      "0X5\r\nhello\r\n0\r\n\r\n",
      "x5\r\nhello\r\n0\r\n\r\n",
      "+5\r\nhello\r\n0\r\n\r\n",
      "-5\r\nhello\r\n0\r\n\r\n",
      "-0\r\n\r\n",
      "5_0\r\nhello\r\n0\r\n\r\n",
      " 5\r\nhello\r\n0\r\n\r\n",
      "\t5\r\nhello\r\n0\r\n\r\n",
      "5 \r\nhello\r\n0\r\n\r\n",
      "5\t\r\nhello\r\n0\r\n\r\n",
      "5 5\r\nhello\r\n0\r\n\r\n",
      "5,5\r\nhello\r\n0\r\n\r\n",
      "5.0\r\nhello\r\n0\r\n\r\n",
      "5h\r\nhello\r\n0\r\n\r\n",
      "5\0\r\nhello\r\n0\r\n\r\n"s,
      "g\r\nhello\r\n0\r\n\r\n",
      "\"5\"\r\nhello\r\n0\r\n\r\n",
      ";a\r\nhello\r\n0\r\n\r\n",
      "=\r\n",
      "\xef\xbc\x95\r\nhello\r\n",
      "10000000000000000\r\n",
      "fffffffffffffffff\r\n",
      "10000000000000005\r\nhello",
      "5\r\nhello0\r\n\r\n",
      "5\r\nhelloX\r\n0\r\n\r\n",
      "5\r\nhello!\r\n0\r\n\r\n",
      "5\r\nhello 0\r\n\r\n",
      "4\r\nhello\r\n0\r\n\r\n",
      "6\r\nhello\r\n0\r\n\r\n",
      "5\r\nhello\r\n\r\n0\r\n\r\n",
      "5\r\nhello\r\n\r\n",
      "5\r\nhello\r\n 0\r\n\r\n",
  });
}

TEST(ChunkedDecoder, F150_zeros_before_a_size_are_no_error) {
  for (const std::size_t zeros : {1, 15, 16, 17, 32, 100, 1000}) {
    const std::string pad(zeros, '0');
    for (const std::string& end : {std::string("\r\n"), std::string(";a=b\r\n")}) {
      const std::string text =
          pad + "5" + end + "hello\r\n" + pad + "a\r\n0123456789\r\n" + pad + end + "\r\n";
      for (const std::size_t piece : {std::size_t{1}, text.size()}) {
        const Decoded decoded = decode(text, piece, piece);
        EXPECT_EQ(decoded.event, Event::end) << zeros << decoded.reason;
        EXPECT_EQ(decoded.body, "hello0123456789") << zeros;
      }
    }
  }
  const std::string pad(40, '0');
  expect_failures({pad + "10000000000000000\r\n", pad + "x\r\n", pad + "5_0\r\n"});
}

TEST(ChunkedDecoder, F150_zeros_before_sizes_are_bounded_over_the_whole_body) {
  const HeadLimits limits{.head_bytes = 40, .fields = 4, .target_bytes = 10};
  const std::string one = std::string(25, '0') + "1\r\nx\r\n";  // ten beyond 16
  EXPECT_EQ(decode_every_way(one + one + one + one + "0\r\n\r\n", limits).event, Event::end);
  EXPECT_EQ(decode_every_way(one + one + one + one + one, limits).event, Event::failed);
  EXPECT_EQ(decode_every_way(std::string(100, '0'), limits).event, Event::failed);
}

TEST(ChunkedDecoder, F082_never_takes_a_body_for_complete_that_is_not) {
  const std::string text = "5;a=\"b\"\r\nhello\r\n3\r\nabc\r\n0\r\nX: y\r\nZ: w\r\n\r\n";
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_EQ(decode(text.substr(0, size), size, size).event, Event::need_more) << size;
    EXPECT_EQ(decode(text.substr(0, size), 1, 1).event, Event::need_more) << size;
  }
  EXPECT_EQ(decode(text, 1, 1).event, Event::end);
}

TEST(ChunkedDecoder, reads_sizes_up_to_64_bits) {
  ChunkedDecoder decoder;
  const ChunkedDecoder::Step step = decoder.step("ffffffffffffffff\r\nabc");
  EXPECT_EQ(step.event, Event::data);
  EXPECT_EQ(step.data, "abc");
  EXPECT_EQ(decoder.step("def").data, "def");
}

TEST(ChunkedDecoder, gives_data_as_views_of_the_input) {
  ChunkedDecoder decoder;
  const std::string_view input = "5\r\nhello\r\n2\r\nab\r\n0\r\n\r\nnext";
  const ChunkedDecoder::Step first = decoder.step(input);
  EXPECT_EQ(first.data.data(), input.data() + 3);
  EXPECT_EQ(first.consumed, 8u);
  const ChunkedDecoder::Step second = decoder.step(input.substr(8));
  EXPECT_EQ(second.data, "ab");
  EXPECT_EQ(second.consumed, 7u);
  const ChunkedDecoder::Step end = decoder.step(input.substr(15));
  EXPECT_EQ(end.event, Event::end);
  EXPECT_EQ(end.consumed, 7u);
}

TEST(ChunkedDecoder, keeps_trailers_until_reset) {
  const Decoded decoded =
      decode_every_way("1\r\na\r\n0\r\nX-Sum: 1\r\nEmpty:\r\nX-Sum: \t2 \r\n\r\nrest");
  EXPECT_EQ(decoded.event, Event::end);
  EXPECT_EQ(decoded.trailers, (std::vector<std::string>{"X-Sum=1", "Empty=", "X-Sum=2"}));
  ChunkedDecoder decoder;
  ASSERT_EQ(decoder.step("0\r\na: b\r\n\r\n").event, Event::end);
  EXPECT_EQ(decoder.trailers().size(), 1u);
  decoder.reset();
  EXPECT_TRUE(decoder.trailers().empty());
  ASSERT_EQ(decoder.step("0\r\n\r\n").event, Event::end);
  EXPECT_TRUE(decoder.trailers().empty());
}

TEST(ChunkedDecoder, F076_refuses_trailers_that_could_be_read_two_ways) {
  expect_failures({"0\r\nA : b\r\n\r\n", "0\r\n A: b\r\n\r\n", "0\r\nA: b\r\n c\r\n\r\n",
                   "0\r\n: b\r\n\r\n", "0\r\nA\r\n\r\n", "0\r\nA: b\n\r\n", "0\r\nA: b\r\r\n\r\n",
                   "0\r\nA: \0\r\n\r\n"s, "0\r\nA(: b\r\n\r\n", "0\r\nA: b\n\n"});
}

TEST(ChunkedDecoder, says_the_same_again_after_its_end_until_reset) {
  ChunkedDecoder decoder;
  ASSERT_EQ(decoder.step("0\r\n\r\n").event, Event::end);
  EXPECT_EQ(decoder.step("5\r\n").event, Event::end);
  EXPECT_EQ(decoder.step("5\r\n").consumed, 0u);
  decoder.reset();
  const std::string_view reason = decoder.step("x").reason;
  EXPECT_EQ(decoder.step("0\r\n\r\n").event, Event::failed);
  EXPECT_EQ(decoder.step("0\r\n\r\n").reason, reason);
  decoder.reset();
  EXPECT_EQ(decoder.step("0\r\n\r\n").event, Event::end);
}

TEST(ChunkedDecoder, bounds_extensions_over_the_whole_body) {
  const HeadLimits limits{.head_bytes = 40, .fields = 4, .target_bytes = 10};
  const std::string one = "1;aaaaaaaaa\r\nx\r\n";  // ten bytes of extension
  std::string four;
  for (int i = 0; i < 4; ++i) four += one;
  EXPECT_EQ(decode_every_way(four + "0\r\n\r\n", limits).event, Event::end);
  EXPECT_EQ(decode_every_way(four + "0;b\r\n\r\n", limits).reason,
            "chunk extensions larger than the limit");
  EXPECT_EQ(decode_every_way("1;" + std::string(100, 'a'), limits).event, Event::failed);
}

TEST(ChunkedDecoder, plain_chunks_cost_nothing_of_the_limit) {
  const HeadLimits limits{.head_bytes = 4, .fields = 4, .target_bytes = 10};
  std::string text;
  for (int i = 0; i < 100; ++i) text += "1\r\nx\r\n";
  EXPECT_EQ(decode(text + "0\r\n\r\n", 1, 1, limits).event, Event::end);
}

TEST(ChunkedDecoder, bounds_the_trailer_section) {
  const HeadLimits limits{.head_bytes = 40, .fields = 2, .target_bytes = 10};
  EXPECT_EQ(decode_every_way("0\r\nX: " + std::string(33, 'a') + "\r\n\r\n", limits).event,
            Event::end);
  EXPECT_EQ(decode_every_way("0\r\nX: " + std::string(34, 'a') + "\r\n\r\n", limits).event,
            Event::failed);
  EXPECT_EQ(decode_every_way("0\r\na: 1\r\nb: 2\r\nc: 3\r\n\r\n", limits).event, Event::failed);
}

TEST(ChunkedDecoder, reset_forgets_a_body_that_had_begun) {
  const std::string text = "1;a\r\nx\r\n0\r\nA: b\r\n\r\n";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    ChunkedDecoder decoder;
    Decoded before;
    feed(decoder, std::string_view(text).substr(0, size), before);
    decoder.reset();
    Decoded after;
    feed(decoder, text, after);
    EXPECT_EQ(after.event, Event::end) << size << after.reason;
    EXPECT_EQ(after.body, "x") << size;
    EXPECT_EQ(decoder.trailers().size(), 1u) << size;
  }
}

TEST(AppendChunkSize, writes_lower_case_hexadecimal_and_crlf) {
  std::string out = "x";
  append_chunk_size(out, 0x1f4);
  append_chunk_size(out, 0);
  append_chunk_size(out, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(out, "x1f4\r\n0\r\nffffffffffffffff\r\n");
}

}  // namespace
}  // namespace ccnproxy::http
