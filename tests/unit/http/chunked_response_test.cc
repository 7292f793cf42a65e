// Chunked bodies of origins: what curl, nginx and haproxy all take.

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "ccnproxy/http/chunked.h"

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
  std::string trailers;
  bool faulty = false;

  bool operator==(const Decoded&) const = default;
};

Decoded decode(const std::string& text, std::size_t piece, Sender sender, HeadLimits limits = {}) {
  ChunkedDecoder decoder(limits, sender);
  Decoded decoded;
  for (std::size_t at = 0; at < text.size() && decoded.event == Event::need_more; at += piece) {
    const test::Exact input(std::string_view(text).substr(at, piece));
    std::string_view rest = input.view();
    do {
      const ChunkedDecoder::Step step = decoder.step(rest);
      rest.remove_prefix(step.consumed);
      decoded.event = step.event;
      decoded.body += step.data;
      decoded.consumed += step.consumed;
      decoded.reason = step.reason;
    } while (decoded.event == Event::data);
  }
  for (const Field& field : decoder.trailers()) {
    decoded.trailers.append(field.name).append("=").append(field.value).append("\n");
  }
  decoded.faulty = decoder.faulty();
  return decoded;
}

// In one piece and in pieces of every size: all must come out the same, but for how much of a
// failure was consumed.
Decoded decode_every_way(const std::string& text, HeadLimits limits = {}) {
  const Decoded whole = decode(text, text.size(), Sender::origin, limits);
  for (std::size_t piece = 1; piece < text.size(); ++piece) {
    Decoded cut = decode(text, piece, Sender::origin, limits);
    if (whole.event != Event::end) cut.consumed = whole.consumed;
    EXPECT_EQ(cut, whole) << test::printable(text) << " in pieces of " << piece << cut.reason;
  }
  return whole;
}

void expect_hello(const std::vector<std::string>& cases, bool faulty, bool of_clients = false) {
  for (const std::string& text : cases) {
    const Decoded decoded = decode_every_way(text + "next");
    EXPECT_EQ(decoded.event, Event::end) << test::printable(text) << decoded.reason;
    EXPECT_EQ(decoded.body, "hello") << test::printable(text);
    EXPECT_EQ(decoded.consumed, text.size()) << test::printable(text);
    EXPECT_EQ(decoded.faulty, faulty) << test::printable(text);
    const Decoded strictly = decode(text, text.size(), Sender::client);
    EXPECT_EQ(strictly.event, of_clients ? Event::end : Event::failed) << test::printable(text);
  }
}

TEST(ChunkedResponse, F131_white_space_after_a_size_is_taken_in_every_chunk) {
  std::vector<std::string> cases;
  for (const std::string& space : {" "s, "\t"s, "  "s, " \t \t"s, std::string(100, ' ')}) {
    cases.push_back("5" + space + "\r\nhello\r\n0\r\n\r\n");
    cases.push_back("1\r\nh\r\n3" + space + "\r\nell\r\n1\r\no\r\n0\r\n\r\n");
    cases.push_back("1\r\nh\r\n4" + space + "\r\nello\r\n0\r\n\r\n");
    cases.push_back("5\r\nhello\r\n0" + space + "\r\n\r\n");
    cases.push_back("05" + space + "\r\nhello\r\n000" + space + "\r\n\r\n");
    cases.push_back("5;a=b" + space + "\r\nhello\r\n0\r\n\r\n");
    cases.push_back("5" + space + ";a=b" + space + "\r\nhello\r\n0" + space + ";c\r\n\r\n"s);
  }
  expect_hello(cases, false);
  expect_hello({"5 ;a=b\r\nhello\r\n0\r\n\r\n", "5\t;\ta\r\nhello\r\n0 ; b\r\n\r\n"}, false, true);
}

TEST(ChunkedResponse, F131_but_no_digit_after_it_and_none_before_the_size) {
  for (const std::string& text :
       {"5 0\r\nhello\r\n0\r\n\r\n"s, "5 5\r\nhello\r\n0\r\n\r\n"s, "5\ta\r\nhello\r\n0\r\n\r\n"s,
        "5 x\r\nhello\r\n0\r\n\r\n"s, "5  ,\r\nhello\r\n0\r\n\r\n"s, " 5\r\nhello\r\n0\r\n\r\n"s,
        "\t5\r\nhello\r\n0\r\n\r\n"s, " \r\nhello\r\n0\r\n\r\n"s, "5 \rhello\r\n0\r\n\r\n"s,
        "5 \0\r\nhello\r\n0\r\n\r\n"s, "5\v\r\nhello\r\n0\r\n\r\n"s, "5\f\r\nhello\r\n0\r\n\r\n"s,
        "5\xa0\r\nhello\r\n0\r\n\r\n"s, "0 5\r\nhello\r\n0\r\n\r\n"s,
        "1 \r\nh\r\n4 0\r\nello\r\n"s}) {
    const Decoded decoded = decode_every_way(text);
    EXPECT_EQ(decoded.event, Event::failed) << test::printable(text);
    EXPECT_FALSE(decoded.reason.empty()) << test::printable(text);
  }
}

TEST(ChunkedResponse, F131_white_space_is_bounded) {
  const HeadLimits limits{.head_bytes = 40, .fields = 4, .target_bytes = 10};
  EXPECT_EQ(decode_every_way("1" + std::string(50, ' '), limits).event, Event::failed);
  std::string many;
  for (int i = 0; i < 50; ++i) many += "1 \r\nx\r\n";
  EXPECT_EQ(decode(many, 1, Sender::origin, limits).event, Event::failed);
}

TEST(ChunkedResponse, F149_lines_may_end_in_lf_alone_and_the_connection_ends) {
  expect_hello({"5\nhello\r\n0\r\n\r\n", "5 \nhello\r\n0\r\n\r\n", "5;a\nhello\r\n0\r\n\r\n",
                "5\r\nhello\n0\r\n\r\n", "5\r\nhello\r\n0\n\r\n", "5\r\nhello\r\n0\r\n\n",
                "5\nhello\n0\n\n", "5\r\nhello\r\n0\r\nA: b\n\r\n", "5\r\nhello\r\n0\r\nA: b\n\n"},
               true);
}

TEST(ChunkedResponse, F131_extensions_of_any_form_are_dropped) {
  expect_hello({"5;\r\nhello\r\n0;\r\n\r\n", "5;a=(b)\r\nhello\r\n0\r\n\r\n",
                "5;a=\x01\r\nhello\r\n0\r\n\r\n", "5;;a\r\nhello\r\n0\r\n\r\n",
                "5; =b c d\r\nhello\r\n0\r\n\r\n", "5;a=\"b\r\nhello\r\n0\r\n\r\n",
                "5;a\xff\r\nhello\r\n0\r\n\r\n"},
               false);
}

TEST(ChunkedResponse, F150_zeros_before_a_size_are_no_error) {
  const std::string pad(40, '0');
  expect_hello({pad + "5\r\nhello\r\n" + pad + "\r\n\r\n"}, false, true);
}

TEST(ChunkedResponse, F143_F149_trailers_are_read_like_a_head) {
  const std::vector<std::pair<std::string, std::string>> cases = {{"A: b\r\n c\r\n", "A=b c\n"},
                                                                  {"A : b\r\n", "A=b\n"},
                                                                  {"A: \x01\r\n", "A=\x01\n"},
                                                                  {"A(x): b\r\n", "A(x)=b\n"},
                                                                  {"A:\r\nB:\tc\r\n", "A=\nB=c\n"}};
  for (const auto& [lines, trailers] : cases) {
    const Decoded decoded = decode_every_way("5\r\nhello\r\n0\r\n" + lines + "\r\nnext");
    EXPECT_EQ(decoded.event, Event::end) << test::printable(lines) << decoded.reason;
    EXPECT_EQ(decoded.trailers, trailers);
    EXPECT_FALSE(decoded.faulty);
  }
}

TEST(ChunkedResponse, F074_F075_F076_what_readers_take_differently_is_refused) {
  for (const std::string& text : {"5\rhello\r\n0\r\n\r\n"s,
                                  "5\r\r\nhello\r\n0\r\n\r\n"s,
                                  "5;a\rb\r\nhello\r\n0\r\n\r\n"s,
                                  "5;a\0b\r\nhello\r\n0\r\n\r\n"s,
                                  "0x5\r\nhello\r\n0\r\n\r\n"s,
                                  "+5\r\nhello\r\n"s,
                                  "-5\r\nhello\r\n"s,
                                  "5h\r\nhello\r\n0\r\n\r\n"s,
                                  "5_0\r\nhello\r\n"s,
                                  "\r\nhello\r\n"s,
                                  "\nhello\r\n"s,
                                  ";a\r\nhello\r\n"s,
                                  "g\r\nhello\r\n"s,
                                  "10000000000000005\r\nhello"s,
                                  "5\r\nhello0\r\n\r\n"s,
                                  "5\r\nhello!\r\n0\r\n\r\n"s,
                                  "5\r\nhello\r0\r\n\r\n"s,
                                  "5\r\nhello\r\n\r\n0\r\n\r\n"s,
                                  "4\r\nhello\r\n0\r\n\r\n"s,
                                  "6\r\nhello\r\n0\r\n\r\n"s,
                                  "5\r\nhello\n\n0\r\n\r\n"s,
                                  "0\r\n A: b\r\n\r\n"s,
                                  "0\r\nA\r\n\r\n"s,
                                  "0\r\n: b\r\n\r\n"s,
                                  "0\r\nA: b\rc\r\n\r\n"s,
                                  "0\r\nA: \0\r\n\r\n"s,
                                  "0\r\nA B: c\r\n\r\n"s,
                                  "0\r\n\rX"s}) {
    const Decoded decoded = decode_every_way(text);
    EXPECT_EQ(decoded.event, Event::failed) << test::printable(text);
    EXPECT_FALSE(decoded.reason.empty()) << test::printable(text);
  }
}

TEST(ChunkedResponse, F082_is_never_taken_for_complete_when_it_is_not) {
  const std::string text = "5 ;a=\"b\" \nhello\n3\t\r\nabc\r\n00 \r\nX : y\n Z: w\r\n\r\n";
  for (std::size_t size = 1; size < text.size(); ++size) {
    EXPECT_EQ(decode(text.substr(0, size), size, Sender::origin).event, Event::need_more) << size;
    EXPECT_EQ(decode(text.substr(0, size), 1, Sender::origin).event, Event::need_more) << size;
  }
  EXPECT_EQ(decode(text, 1, Sender::origin).event, Event::end);
}

TEST(ChunkedResponse, reset_forgets_what_was_wrong_with_the_last_one) {
  ChunkedDecoder decoder({}, Sender::origin);
  ASSERT_EQ(decoder.step("0\nA : b\n\n").event, Event::end);
  EXPECT_TRUE(decoder.faulty());
  EXPECT_EQ(decoder.trailers().size(), 1U);
  decoder.reset();
  EXPECT_FALSE(decoder.faulty());
  ASSERT_EQ(decoder.step("0 \r\n\r\n").event, Event::end);
  EXPECT_FALSE(decoder.faulty());
  EXPECT_TRUE(decoder.trailers().empty());
}

}  // namespace
}  // namespace ccnproxy::http
