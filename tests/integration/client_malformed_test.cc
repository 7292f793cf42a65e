// Requests that could be read two ways, or not at all: refused, and nothing after them is read.
#include "access_line.h"
#include "client_fixture.h"

namespace ccnproxy::integration {
namespace {

using namespace std::string_literals;

struct Malformed {
  std::string name;  ///< with the number of FAILURES.md that it is of
  std::string bytes;
  int status = 400;
};

const std::string host_line = "Host: api.test.ccnproxy\r\n";

/// A head with these field lines, which end in CRLF, after Host.
std::string with_fields(const std::string& fields, const std::string& version = "1.1") {
  return "POST /evil HTTP/" + version + "\r\n" + host_line + fields + "\r\n";
}

std::string with_chunks(const std::string& chunks) {
  return with_fields("Transfer-Encoding: chunked\r\n") + chunks;
}

std::string with_host(const std::string& value) {
  return "GET /evil HTTP/1.1\r\nHost: " + value + "\r\n\r\n";
}

std::string with_line(const std::string& line) { return line + "\r\n" + host_line + "\r\n"; }

const std::vector<Malformed>& framings() {
  static const std::vector<Malformed> all = {
      {"F071_length_then_coding",
       with_fields("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")},
      {"F071_coding_then_length",
       with_fields("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n")},
      {"F072_same_length_twice", with_fields("Content-Length: 5\r\nContent-Length: 5\r\n")},
      {"F072_two_lengths", with_fields("Content-Length: 5\r\nContent-Length: 6\r\n")},
      {"F072_list", with_fields("Content-Length: 5, 5\r\n")},
      {"F072_plus", with_fields("Content-Length: +5\r\n")},
      {"F072_minus", with_fields("Content-Length: -5\r\n")},
      {"F072_hex", with_fields("Content-Length: 0x5\r\n")},
      {"F072_spaced", with_fields("Content-Length: 5 6\r\n")},
      {"F072_overflow", with_fields("Content-Length: 18446744073709551621\r\n")},
      {"F072_empty", with_fields("Content-Length: \r\n")},
      {"F072_fraction", with_fields("Content-Length: 5.0\r\n")},
      {"F073_xchunked", with_fields("Transfer-Encoding: xchunked\r\n"), 501},
      {"F073_identity", with_fields("Transfer-Encoding: identity\r\n"), 501},
      {"F073_gzip_first", with_fields("Transfer-Encoding: gzip, chunked\r\n"), 501},
      {"F073_gzip_last", with_fields("Transfer-Encoding: chunked, gzip\r\n")},
      {"F073_twice_in_one", with_fields("Transfer-Encoding: chunked, chunked\r\n")},
      {"F073_twice_in_two",
       with_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")},
      {"F073_empty", with_fields("Transfer-Encoding:\r\n")},
      {"F073_parameter", with_fields("Transfer-Encoding: chunked;q=1\r\n")},
      {"F073_quoted", with_fields("Transfer-Encoding: \"chunked\"\r\n")},
      {"F073_vertical_tab", with_fields("Transfer-Encoding: \vchunked\r\n")},
      {"F073_folded", with_fields("Transfer-Encoding:\r\n chunked\r\n")},
      {"F073_in_http_1_0", with_fields("Transfer-Encoding: chunked\r\n", "1.0")},
  };
  return all;
}

const std::vector<Malformed>& chunks() {
  static const std::vector<Malformed> all = {
      {"F074_bare_lf_after_size", with_chunks("5\nhello\r\n0\r\n\r\n")},
      {"F074_bare_cr_after_size", with_chunks("5\rhello\r\n0\r\n\r\n")},
      {"F074_lf_in_extension", with_chunks("5;a\nb\r\nhello\r\n0\r\n\r\n")},
      {"F074_cr_in_extension", with_chunks("5;a\rb\r\nhello\r\n0\r\n\r\n")},
      {"F074_nul_in_extension", with_chunks("5;a\0b\r\nhello\r\n0\r\n\r\n"s)},
      {"F074_no_name_in_extension", with_chunks("5;=b\r\nhello\r\n0\r\n\r\n")},
      {"F075_hex_prefix", with_chunks("0x5\r\nhello\r\n0\r\n\r\n")},
      {"F075_plus", with_chunks("+5\r\nhello\r\n0\r\n\r\n")},
      {"F075_minus", with_chunks("-5\r\nhello\r\n0\r\n\r\n")},
      {"F075_underscore", with_chunks("0_5\r\nhello\r\n0\r\n\r\n")},
      {"F075_space_first", with_chunks(" 5\r\nhello\r\n0\r\n\r\n")},
      {"F075_overflow", with_chunks("10000000000000005\r\nhello\r\n0\r\n\r\n")},
      {"F075_no_size", with_chunks("\r\nhello\r\n0\r\n\r\n")},
      {"F075_no_crlf_after_data", with_chunks("5\r\nhello0\r\n\r\n")},
      {"F075_lf_after_data", with_chunks("5\r\nhello\n0\r\n\r\n")},
      {"F075_data_longer_than_size", with_chunks("4\r\nhello\r\n0\r\n\r\n")},
      {"F076_fold_in_trailers", with_chunks("0\r\nA: b\r\n c\r\n\r\n")},
      {"F076_space_in_a_trailers_name", with_chunks("0\r\nA b: c\r\n\r\n")},
      {"F076_lf_in_trailers", with_chunks("0\r\nA: b\n\r\n")},
  };
  return all;
}

const std::vector<Malformed>& field_lines() {
  static const std::vector<Malformed> all = {
      {"F076_fold", with_fields("X-A: b\r\n c\r\n")},
      {"F076_fold_by_tab", with_fields("X-A: b\r\n\tc\r\n")},
      {"F076_first_line_folded", "GET /evil HTTP/1.1\r\n " + host_line + "\r\n"},
      {"F076_space_before_colon", with_fields("X-A : b\r\n")},
      {"F076_tab_before_colon", with_fields("X-A\t: b\r\n")},
      {"F076_no_name", with_fields(": b\r\n")},
      {"F076_no_colon", with_fields("X-A\r\n")},
      {"F076_space_in_name", with_fields("X A: b\r\n")},
      {"F076_high_byte_in_name", with_fields("X-\xc3\xa4: b\r\n")},
      {"F076_brackets_in_name", with_fields("X(A): b\r\n")},
      {"F076_nul_in_value", with_fields("X-A: b\0c\r\n"s)},
      {"F076_control_in_value", with_fields("X-A: b\x01\x63\r\n")},
      {"F076_delete_in_value", with_fields("X-A: b\x7f\r\n")},
      {"F076_bare_cr", with_fields("X-A: b\rX-C: d\r\n")},
      {"F076_bare_lf", with_fields("X-A: b\nX-C: d\r\n")},
      {"F076_head_ends_in_lf", "GET /evil HTTP/1.1\n" + host_line + "\n"},
  };
  return all;
}

const std::vector<Malformed>& request_lines_and_hosts() {
  static const std::vector<Malformed> all = {
      {"F079_no_host", "GET /evil HTTP/1.1\r\n\r\n"},
      {"F079_two_hosts", "GET /evil HTTP/1.1\r\n" + host_line + host_line + "\r\n"},
      {"F079_empty_host", with_host("")},
      {"F079_host_with_user", with_host("user@api.test.ccnproxy")},
      {"F079_host_with_path", with_host("api.test.ccnproxy/x")},
      {"F079_host_with_fragment", with_host("api.test.ccnproxy#x")},
      {"F079_host_with_query", with_host("api.test.ccnproxy?x")},
      {"F079_host_with_space", with_host("api.test .ccnproxy")},
      {"F079_host_list", with_host("api.test.ccnproxy, api.test.ccnproxy")},
      {"F079_host_with_bad_port", with_host("api.test.ccnproxy:99999")},
      {"F079_host_with_two_ports", with_host("api.test.ccnproxy:80:80")},
      {"F079_space_in_method", with_line("GE T /evil HTTP/1.1")},
      {"F079_bracket_in_method", with_line("GE(T /evil HTTP/1.1")},
      {"F079_two_spaces", with_line("GET  /evil HTTP/1.1")},
      {"F079_tabs", with_line("GET\t/evil\tHTTP/1.1")},
      {"F079_space_in_target", with_line("GET /ev il HTTP/1.1")},
      {"F079_space_first", with_line(" GET /evil HTTP/1.1")},
      {"F079_space_last", with_line("GET /evil HTTP/1.1 ")},
      {"F079_control_in_target", with_line("GET /ev\x02il HTTP/1.1")},
      {"F079_high_byte_in_target", with_line("GET /ev\xc3\xa4il HTTP/1.1")},
      {"F079_fragment", with_line("GET /evil#x HTTP/1.1")},
      {"F079_no_form", with_line("GET evil HTTP/1.1")},
      {"F079_star", with_line("GET * HTTP/1.1")},
      {"F079_no_version", with_line("GET /evil")},
      {"F079_no_target", with_line("GET HTTP/1.1")},
      {"F079_lower_case_version", with_line("GET /evil http/1.1")},
      {"F079_long_version", with_line("GET /evil HTTP/1.10")},
      {"F079_method_without_end", with_line(std::string(100, 'A') + " /evil HTTP/1.1")},
      {"F079_http_1_2", with_line("GET /evil HTTP/1.2"), 505},
      {"F079_http_2", with_line("GET /evil HTTP/2.0"), 505},
      {"F079_http_0_9", with_line("GET /evil HTTP/0.9"), 505},
      {"F122_http2_preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"F079_tls", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s},
      {"F079_binary", "\x00\x01\x02\x03\r\n\r\n"s},
      {"F079_three_empty_lines", "\r\n\r\n\r\n" + with_line("GET /evil HTTP/1.1")},
  };
  return all;
}

const std::vector<Malformed>& too_much() {
  static const std::vector<Malformed> all = {
      {"F079_long_target", with_line("GET /" + std::string(300, 'e') + " HTTP/1.1"), 414},
      {"F079_target_without_end", "GET /" + std::string(2000, 'e'), 414},
      {"F068_large_head", with_fields("X-A: " + std::string(2000, 'b') + "\r\n"), 431},
      {"F068_head_without_end",
       "GET /evil HTTP/1.1\r\n" + host_line + "X-A: " + std::string(2000, 'b'), 431},
      {"F068_many_fields", with_fields("a:1\r\nb:2\r\nc:3\r\nd:4\r\ne:5\r\nf:6\r\ng:7\r\nh:8\r\n"),
       431},
  };
  return all;
}

class ClientMalformed : public ::testing::Test {
 protected:
  static void limit(DaemonConfig& config) {
    config.set("limits.target_bytes", "256").set("limits.head_bytes", "1KiB");
    config.set("limits.headers", "8");
  }

  /// The server may have closed while the client still sends.
  static void send(RawClient& client, const std::string& bytes, std::size_t piece) {
    try {
      for (std::size_t at = 0; at < bytes.size(); at += piece)
        client.send(std::string_view(bytes).substr(at, piece));
    } catch (const PeerGone&) {
      // What counts is what it has answered.
    }
  }

  void expect_refused(RawClient& client, const Malformed& malformed, const char* how) {
    SCOPED_TRACE(malformed.name + ", " + how);
    ++refused_;
    const auto response = client.read_response();
    EXPECT_EQ(response.status, malformed.status) << response.raw_head << response.body;
    EXPECT_EQ(proxy_error(response), "http_request_error");
    EXPECT_EQ(response.fields.get("connection"), "close");
    EXPECT_GT(response.body.size(), 10U);  // words
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(client.end(), StreamEnd::Fin);
  }

  void refuse_all(const std::vector<Malformed>& all) {
    const std::string good = "GET /good HTTP/1.1\r\n" + host_line + "\r\n";
    for (const Malformed& malformed : all) {
      const std::string bytes = malformed.bytes + good;  // must not be read as a request either
      RawClient whole = proxy_.connect();
      send(whole, bytes, bytes.size());
      expect_refused(whole, malformed, "whole");
      RawClient slow = proxy_.connect();
      send(slow, bytes, 1);
      expect_refused(slow, malformed, "byte by byte");
      RawClient behind = proxy_.connect();
      send(behind, good + bytes, good.size() + bytes.size());
      EXPECT_EQ(behind.read_response().body, "ok") << malformed.name;
      ++served_;
      expect_refused(behind, malformed, "pipelined");
    }
    expect_counted();
  }

  /// The origin answered the good ones alone, and the log has each request once (F106).
  void expect_counted() {
    EXPECT_EQ(service_.stats().requests, served_);
    EXPECT_EQ(proxy_.connect().get("localhost", "/hc").status, 200);  // the last record
    const auto records = proxy_.daemon->wait_for_access_records(served_ + refused_ + 1);
    EXPECT_EQ(records.size(), served_ + refused_ + 1);
    for (const auto& record : records) EXPECT_NO_THROW(AccessLine line(record)) << record;
  }

  std::size_t refused_ = 0;
  std::size_t served_ = 0;
  Service service_{[](const Request& request) {
    return Response{.status = request.target == "/good" ? 200 : 500, .body = "ok"};
  }};
  OneOrigin proxy_{"plain", service_, limit};
};

TEST_F(ClientMalformed, F071_framing_that_could_be_read_two_ways) { refuse_all(framings()); }
TEST_F(ClientMalformed, F075_chunks) { refuse_all(chunks()); }
TEST_F(ClientMalformed, F076_field_lines) { refuse_all(field_lines()); }
TEST_F(ClientMalformed, F079_request_lines_and_hosts) { refuse_all(request_lines_and_hosts()); }
TEST_F(ClientMalformed, F068_more_than_the_limits) { refuse_all(too_much()); }

TEST_F(ClientMalformed, F112_the_answer_is_not_lost_to_what_the_client_still_sends) {
  for (const std::string& fields :
       {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"s, "Content-Length: +5\r\n"s}) {
    RawClient client = proxy_.connect();
    client.send(with_fields(fields));
    const std::string answer = client.read_until("\r\n\r\n");
    client.send("hello");
    client.stream().unread(answer);
    EXPECT_EQ(client.read_response().status, 400);
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(client.end(), StreamEnd::Fin);  // a reset could have taken the answer with it
  }
}

}  // namespace
}  // namespace ccnproxy::integration
