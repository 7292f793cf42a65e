// Every way we know to send a request that two programs could read differently, or that is none.

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "ccnproxy/http/framing.h"
#include "ccnproxy/http/head_parser.h"

#include "unit/http/pieces.h"

namespace ccnproxy::http {
namespace {

using namespace std::string_view_literals;

struct Case {
  int failure;  // the number in the catalogue of failures, 0 where none fits
  std::uint16_t status_code;
  std::string_view text;
};

#define LINE "GET / HTTP/1.1\r\n"
#define HOST "Host: a.example\r\n"
#define GET LINE HOST
#define END "\r\n"

const std::vector<Case> cases = {
    // Content-Length and Transfer-Encoding together
    {71, 400, GET "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" END},
    {71, 400, GET "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n" END},
    {71, 400, GET "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n" END},
    {71, 400, GET "CONTENT-LENGTH: 5\r\ntransfer-encoding: CHUNKED\r\n" END},
    {71, 400, GET "Content-Length:\r\nTransfer-Encoding: chunked\r\n" END},
    {71, 400, GET "Content-Length: 5\r\nTransfer-Encoding: gzip, chunked\r\n" END},
    // Content-Length
    {72, 400, GET "Content-Length: 5\r\nContent-Length: 6\r\n" END},
    {72, 400, GET "Content-Length: 5\r\nContent-Length: 5\r\n" END},
    {72, 400, GET "Content-Length: 5\r\nX: y\r\ncontent-length: 5\r\n" END},
    {72, 400, GET "Content-Length: 5, 5\r\n" END},
    {72, 400, GET "Content-Length: 5,6\r\n" END},
    {72, 400, GET "Content-Length: 5,\r\n" END},
    {72, 400, GET "Content-Length: ,5\r\n" END},
    {72, 400, GET "Content-Length: +5\r\n" END},
    {72, 400, GET "Content-Length: -5\r\n" END},
    {72, 400, GET "Content-Length: -0\r\n" END},
    {72, 400, GET "Content-Length: 0x5\r\n" END},
    {72, 400, GET "Content-Length: 5f\r\n" END},
    {72, 400, GET "Content-Length: 1_000\r\n" END},
    {72, 400, GET "Content-Length: 1 0\r\n" END},
    {72, 400, GET "Content-Length: 1\t0\r\n" END},
    {72, 400, GET "Content-Length: 5.0\r\n" END},
    {72, 400, GET "Content-Length: 1e3\r\n" END},
    {72, 400, GET "Content-Length:\r\n" END},
    {72, 400, GET "Content-Length: \t \r\n" END},
    {72, 400, GET "Content-Length: five\r\n" END},
    {72, 400, GET "Content-Length: \"5\"\r\n" END},
    {72, 400, GET "Content-Length: 5;q=1\r\n" END},
    {72, 400, GET "Content-Length: \xef\xbc\x95\r\n" END},
    {72, 400, GET "Content-Length: 9223372036854775808\r\n" END},
    {72, 400, GET "Content-Length: 18446744073709551615\r\n" END},
    {72, 400, GET "Content-Length: 18446744073709551616\r\n" END},
    {72, 400, GET "Content-Length: 18446744073709551621\r\n" END},
    {72, 400, GET "Content-Length: 99999999999999999999999999999999\r\n" END},
    // Transfer-Encoding in disguise
    {150, 400, GET "Transfer-Encoding: xchunked\r\n" END},
    {73, 501, GET "Transfer-Encoding: gzip, chunked\r\n" END},
    {73, 501, GET "Transfer-Encoding: identity, chunked\r\n" END},
    {150, 400, GET "Transfer-Encoding: identity\r\n" END},
    {150, 400, GET "Transfer-Encoding: gzip\r\n" END},
    {150, 400, GET "Transfer-Encoding: chunke\r\n" END},
    {73, 400, GET "Transfer-Encoding:\r\n" END},
    {73, 400, GET "Transfer-Encoding: ,\r\n" END},
    {73, 400, GET "Transfer-Encoding: chunked, chunked\r\n" END},
    {73, 400, GET "Transfer-Encoding: chunked, gzip\r\n" END},
    {73, 400, GET "Transfer-Encoding: chunked, identity\r\n" END},
    {73, 400, GET "Transfer-Encoding: chunked;q=1\r\n" END},
    {73, 400, GET "Transfer-Encoding: chunked ;\r\n" END},
    {73, 400, GET "Transfer-Encoding: \"chunked\"\r\n" END},
    {73, 400, GET "Transfer-Encoding: 'chunked' x\r\n" END},
    {73, 400, GET "Transfer-Encoding: chunked chunked\r\n" END},
    {73, 400,
     GET "Transfer-Encoding: chunk\xc5\xbf"
         "ed\r\n" END},
    {73, 400,
     GET "Transfer-Encoding: \x0b"
         "chunked\r\n" END},
    {73, 400,
     GET "Transfer-Encoding: \x0c"
         "chunked\r\n" END},
    {73, 400, GET "Transfer-Encoding: chunked\0\r\n" END ""sv},
    {73, 400, GET "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" END},
    {73, 400, GET "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n" END},
    {73, 400, GET "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n" END},
    {73, 400, GET "Transfer-Encoding:\r\n chunked\r\n" END},
    {73, 400, GET "Transfer-Encoding : chunked\r\n" END},
    {73, 400, GET "Transfer-Encoding\t: chunked\r\n" END},
    {73, 400, GET " Transfer-Encoding: chunked\r\n" END},
    {73, 400, GET "X: y\nTransfer-Encoding: chunked\r\n" END},
    {73, 400, GET "X: y\rTransfer-Encoding: chunked\r\n" END},
    {73, 400, "POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n" END},
    // line ends
    {76, 400, "GET / HTTP/1.1\n" HOST END},
    {76, 400, "GET / HTTP/1.1\nHost: a\n\n"},
    {76, 400, LINE "Host: a\n" END},
    {76, 400, LINE "Host: a\n\n"},
    {76, 400, LINE "Host: a\r\n\n"},
    {76, 400, LINE "Host: a\n\r\n"},
    {76, 400, LINE "Host: a\r\n\rX"},
    {76, 400, LINE "Host: a\r\r\n" END},
    {76, 400, LINE "Host: a\rb\r\n" END},
    {76, 400, LINE "Host: a\r\r\n\r\r\n"},
    {76, 400, GET "X: a\rY: b\r\n" END},
    {76, 400, GET "X\r: a\r\n" END},
    {76, 400, GET "X:\n\r a\r\n" END},
    {76, 400, "GET / HTTP/1.1\r" HOST END},
    {76, 400, "GET / HTTP/1.1\r\r\n" HOST END},
    {76, 400, "GET /\r HTTP/1.1\r\n" HOST END},
    {76, 400, "GET /\n HTTP/1.1\r\n" HOST END},
    {76, 400, "GET /x\nHost: b HTTP/1.1\r\n" HOST END},
    {76, 400, "\n" GET END},
    {76, 400, "\r" GET END},
    {76, 400, "\r\n\r\n\r\n" GET END},
    {76, 400, "\r\n\n" GET END},
    {76, 400, "\r\n\r\n\r" GET END},
    {76, 400, "\r\r\n" GET END},
    // obs-fold
    {76, 400, GET "X: a\r\n b\r\n" END},
    {76, 400, GET "X: a\r\n\tb\r\n" END},
    {76, 400, GET "X: a\r\n \r\n" END},
    {76, 400, GET "X:\r\n a\r\n" END},
    {76, 400, LINE " Host: a\r\n" END},
    {76, 400, LINE "\tHost: a\r\n" END},
    {76, 400, GET " \r\n" END},
    {76, 400, GET "\t\r\n" END},
    // field names
    {76, 400, GET "X : a\r\n" END},
    {76, 400, GET "X\t: a\r\n" END},
    {76, 400, LINE "Host : a\r\n" END},
    {76, 400, GET "Content-Length : 5\r\n" END},
    {76, 400, GET ": a\r\n" END},
    {76, 400, GET ":\r\n" END},
    {76, 400, GET " : a\r\n" END},
    {76, 400, GET "no colon\r\n" END},
    {76, 400, GET "nocolon\r\n" END},
    {76, 400, GET "X Y: a\r\n" END},
    {76, 400, GET "X(Y): a\r\n" END},
    {76, 400, GET "X/Y: a\r\n" END},
    {76, 400, GET "X@Y: a\r\n" END},
    {76, 400, GET "X[0]: a\r\n" END},
    {76, 400, GET "X,Y: a\r\n" END},
    {76, 400, GET "X;Y: a\r\n" END},
    {76, 400, GET "X=Y: a\r\n" END},
    {76, 400, GET "\"X\": a\r\n" END},
    {76, 400, GET "{X}: a\r\n" END},
    {76, 400, GET "X\\Y: a\r\n" END},
    {76, 400, GET "X?: a\r\n" END},
    {76, 400, GET "<X>: a\r\n" END},
    {76, 400, GET "X\xc3\xa4: a\r\n" END},
    {76, 400, GET "X\x80: a\r\n" END},
    {76, 400, GET "X\xff: a\r\n" END},
    {76, 400, GET "X\x7f: a\r\n" END},
    {76, 400, GET "X\x01: a\r\n" END},
    {76, 400, GET "X\0: a\r\n" END ""sv},
    {76, 400, GET "\0X: a\r\n" END ""sv},
    {76, 400, "GET / HTTP/1.1\r\n:method: POST\r\n" HOST END},
    // field values
    {76, 400, GET "X: a\0b\r\n" END ""sv},
    {76, 400, GET "X: \0\r\n" END ""sv},
    {76, 400, GET "X:\0\r\n" END ""sv},
    {76, 400, GET "X: a\x01\r\n" END},
    {76, 400, GET "X: a\x08\r\n" END},
    {76, 400, GET "X: a\x0b\r\n" END},
    {76, 400, GET "X: a\x0c\r\n" END},
    {76, 400, GET "X: a\x1b[31m\r\n" END},
    {76, 400, GET "X: a\x1f\r\n" END},
    {76, 400, GET "X: a\x7f\r\n" END},
    // request line
    {79, 400, "GET  / HTTP/1.1\r\n" HOST END},
    {79, 400, "GET /  HTTP/1.1\r\n" HOST END},
    {79, 400, "GET\t/ HTTP/1.1\r\n" HOST END},
    {79, 400, "GET /\tHTTP/1.1\r\n" HOST END},
    {79, 400, " GET / HTTP/1.1\r\n" HOST END},
    {79, 400, "\tGET / HTTP/1.1\r\n" HOST END},
    {79, 400, "GET / HTTP/1.1 \r\n" HOST END},
    {79, 400, "GET / HTTP/1.1\t\r\n" HOST END},
    {79, 400, "GET /a b HTTP/1.1\r\n" HOST END},
    {79, 400, "GET / HTTP/1.1 HTTP/1.1\r\n" HOST END},
    {79, 400, "GET / HTTP/1.1, HTTP/1.0\r\n" HOST END},
    {79, 400, "GET HTTP/1.1\r\n" HOST END},
    {79, 400, "GET  HTTP/1.1\r\n" HOST END},
    {79, 400, "GET /\r\n" HOST END},
    {79, 400, "GET\r\n" HOST END},
    {79, 400, "GET \r\n" HOST END},
    {79, 400, "GET / \r\n" HOST END},
    {79, 400, "G(T / HTTP/1.1\r\n" HOST END},
    {79, 400, "GET: / HTTP/1.1\r\n" HOST END},
    {79, 400, "G\xc3\x84T / HTTP/1.1\r\n" HOST END},
    {79, 400, "GET\0 / HTTP/1.1\r\n" HOST END ""sv},
    {79, 400,
     "AVERYLONGMETHODAVERYLONGMETHODAVERYLONGMETHODAVERYLONGMETHOD12345 / HTTP/1.1\r\n" HOST END},
    {79, 400, "/ HTTP/1.1\r\n" HOST END},
    {79, 400, "{\"json\": true}\r\n" END},
    {79, 400, HOST END},
    // request target
    {79, 400, "GET /\xc3\xa4\x7f HTTP/1.1\r\n" HOST END},
    {79, 400, "GET /\xe6\xa4 \x9c HTTP/1.1\r\n" HOST END},
    {79, 400, "GET \xe6\xa4\x9c HTTP/1.1\r\n" HOST END},
    {79, 400, "GET \xc3\xa4ttp://a.example/ HTTP/1.1\r\n" HOST END},
    {79, 400, "GET /\0 HTTP/1.1\r\n" HOST END ""sv},
    {79, 400, "GET /\x01 HTTP/1.1\r\n" HOST END},
    {79, 400, "GET /\x7f HTTP/1.1\r\n" HOST END},
    {79, 400, "GET /#x HTTP/1.1\r\n" HOST END},
    {79, 400, "GET http://a.example#@b.example/ HTTP/1.1\r\n" HOST END},
    {79, 400, "GET path HTTP/1.1\r\n" HOST END},
    {79, 400, "GET a.example/x HTTP/1.1\r\n" HOST END},
    {79, 400, "GET a.example:80 HTTP/1.1\r\n" HOST END},
    {79, 400, "GET ?q HTTP/1.1\r\n" HOST END},
    {79, 400, "GET * HTTP/1.1\r\n" HOST END},
    {79, 400, "OPTIONS *x HTTP/1.1\r\n" HOST END},
    {79, 400, "PRI * HTTP/1.1\r\n" HOST END},
    {79, 400, "GET ://a.example/ HTTP/1.1\r\n" HOST END},
    {79, 400, "GET 1http://a.example/ HTTP/1.1\r\n" HOST END},
    {79, 400, "GET ht_tp://a.example/ HTTP/1.1\r\n" HOST END},
    {79, 400, "GET \\\\a.example\\x HTTP/1.1\r\n" HOST END},
    // version
    {0, 505, "GET / HTTP/2.0\r\n" HOST END},
    {0, 505, "GET / HTTP/0.9\r\n" HOST END},
    {150, 505, "GET / HTTP/3.0\r\n" HOST END},
    {150, 400, "GET / HTTP/1.\r\n" HOST END},
    {0, 505, "GET / HTTP/9.9\r\n" HOST END},
    {0, 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
    {0, 400, "GET / HTTP/1.10\r\n" HOST END},
    {0, 400, "GET / HTTP/01.1\r\n" HOST END},
    {0, 400, "GET / HTTP/1\r\n" HOST END},
    {0, 400, "GET / HTTP/2\r\n" HOST END},
    {0, 400, "GET / HTTP/1,1\r\n" HOST END},
    {0, 400, "GET / HTTP/1.\r\n" HOST END},
    {0, 400, "GET / HTTP/.1\r\n" HOST END},
    {0, 400, "GET / HTTP/-1.1\r\n" HOST END},
    {0, 400, "GET / HTTP/1.x\r\n" HOST END},
    {0, 400, "GET / HTTP 1.1\r\n" HOST END},
    {0, 400, "GET / http/1.1\r\n" HOST END},
    {0, 400, "GET / Http/1.1\r\n" HOST END},
    {0, 400, "GET / HTTPS/1.1\r\n" HOST END},
    {0, 400, "GET / XTTP/1.1\r\n" HOST END},
    {0, 400, "GET / RTSP/1.0\r\n" HOST END},
    // Host
    {79, 400, LINE END},
    {79, 400, LINE "X: y\r\n" END},
    {79, 400, GET HOST END},
    {79, 400, GET "host: b.example\r\n" END},
    {79, 400, "GET / HTTP/1.0\r\n" HOST HOST END},
    {79, 400, "GET / HTTP/1.0\r\nHost:\r\n" END},
    {79, 400, LINE "Host:\r\n" END},
    {79, 400, LINE "Host: \t\r\n" END},
    {79, 400, LINE "Host: a b\r\n" END},
    {79, 400, LINE "Host: a.example/x\r\n" END},
    {79, 400, LINE "Host: a.example?x\r\n" END},
    {79, 400, LINE "Host: a.example#x\r\n" END},
    {79, 400, LINE "Host: u@a.example\r\n" END},
    {79, 400, LINE "Host: u:p@a.example\r\n" END},
    {79, 400, LINE "Host: a.example, b.example\r\n" END},
    {79, 400, LINE "Host: a.example,b.example\r\n" END},
    {79, 400, LINE "Host: a.example:x\r\n" END},
    {79, 400, LINE "Host: a.example:+80\r\n" END},
    {79, 400, LINE "Host: a.example:65536\r\n" END},
    {79, 400, LINE "Host: a.example:80:80\r\n" END},
    {79, 400, LINE "Host: :80\r\n" END},
    {79, 400, LINE "Host: http://a.example\r\n" END},
    {79, 400, LINE "Host: a%2eexample\r\n" END},
    {79, 400, LINE "Host: ::1\r\n" END},
    {79, 400, LINE "Host: [::1\r\n" END},
    {79, 400,
     LINE "Host: b\xc3\xbc"
          "cher.example\r\n" END},
    // other protocols
    {0, 400, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 and so on\r\n\r\n"sv},
    {0, 400, "\x05\x01\x00"sv},
    {0, 400, "\x04\x01\x00\x50"sv},
    {0, 400, "\x00\x00\x12\x04\x00\x00\x00\x00\x00"sv},
    {0, 400, "SSH-2.0-OpenSSH_9.2\r\n" END},
    {0, 400, "PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n" GET END},
    {0, 400, "EHLO a.example\r\n" END},
};

// The status that a client is told; 0 if the request is taken and 1 if it is not complete.
std::uint16_t judge(std::string_view text, std::size_t piece) {
  RequestHeadParser parser;
  RequestHead head;
  for (std::size_t size = std::min(piece, text.size());;
       size = std::min(size + piece, text.size())) {
    const test::Exact input(text.substr(0, size));
    const ParseResult result = parser.parse(input.view(), HeadLimits{}, head);
    if (result.status == ParseStatus::incomplete && size < text.size()) continue;
    if (result.status == ParseStatus::incomplete) return 1;
    if (result.status == ParseStatus::failed) return result.status_code;
    if (const auto framing = request_framing(head); !framing) return framing.error().status_code;
    const auto host = request_host(head);
    return host ? 0 : host.error().status_code;
  }
}

TEST(MalformedRequests, F071_F072_F073_F076_F079_are_refused_in_one_piece) {
  for (const Case& c : cases) {
    EXPECT_EQ(judge(c.text, c.text.size()), c.status_code)
        << 'F' << c.failure << ' ' << test::printable(c.text);
  }
}

TEST(MalformedRequests, F071_F072_F073_F076_F079_are_refused_byte_by_byte) {
  for (const Case& c : cases) {
    EXPECT_EQ(judge(c.text, 1), c.status_code)
        << 'F' << c.failure << ' ' << test::printable(c.text);
  }
}

TEST(MalformedRequests, are_refused_behind_an_empty_line) {
  for (const Case& c : cases) {
    if (c.text.front() == '\r' || c.text.front() == '\n') continue;
    const std::string text = "\r\n" + std::string(c.text);
    EXPECT_EQ(judge(text, 1), c.status_code) << test::printable(text);
    EXPECT_EQ(judge(text, text.size()), c.status_code) << test::printable(text);
  }
}

// What comes out must not depend on where the network cut the bytes: the same words, too.
TEST(MalformedRequests, fail_in_the_same_words_however_they_are_cut) {
  for (const Case& c : cases) {
    RequestHead head;
    const auto whole =
        test::parse_in_pieces<RequestHeadParser>(c.text, c.text.size(), head, HeadLimits{});
    for (std::size_t piece = 1; piece < c.text.size(); ++piece) {
      const auto cut = test::parse_in_pieces<RequestHeadParser>(c.text, piece, head, HeadLimits{});
      ASSERT_EQ(cut.status, whole.status) << test::printable(c.text) << " by " << piece;
      ASSERT_EQ(cut.reason, whole.reason) << test::printable(c.text) << " by " << piece;
    }
  }
}

// The other side of the table: the same pieces without the flaw are taken.
TEST(MalformedRequests, the_frame_of_the_table_itself_is_taken) {
  for (const std::string_view text :
       {GET END ""sv, GET "Content-Length: 5\r\n" END ""sv,
        GET "Transfer-Encoding: chunked\r\n" END ""sv, GET "X: a\r\n" END ""sv,
        "\r\n\r\n" GET END ""sv, "GET / HTTP/1.0\r\n\r\n"sv}) {
    EXPECT_EQ(judge(text, text.size()), 0) << test::printable(text);
    EXPECT_EQ(judge(text, 1), 0) << test::printable(text);
  }
}

}  // namespace
}  // namespace ccnproxy::http
