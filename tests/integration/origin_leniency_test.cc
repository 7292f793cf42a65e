// Responses of HTTP/1.1 origins that are not by the grammar, from origin to client through the
// daemon: what an application gets from such an origin itself, it gets here too.
#include <optional>

#include "client_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

#define OK "HTTP/1.1 200 OK\r\n"
#define LENGTH "Content-Length: 5\r\n\r\nhello"
#define CHUNKED "Transfer-Encoding: chunked\r\n\r\n"
#define HELLO "5\r\nhello\r\n0\r\n\r\n"

struct Row {
  std::string name;
  std::string bytes;  ///< what the origin answers
  std::string body = "hello";
  int status = 200;
  std::string method = "GET";
  bool reused = true;  ///< its connection may carry another request
  bool ends = false;   ///< the origin closes after it
};

/// Answers /ROW with that row's bytes, and all else with the number of its connection. Remembers
/// on which connection each row was.
class RowsOrigin {
 public:
  explicit RowsOrigin(std::vector<Row> rows) : rows_(std::move(rows)) {}

  void operator()(OriginConnection& connection) const {
    const int number = next_->update([](int& n) { return ++n; });
    for (;;) {
      const std::string first = connection.stream().read_some(Deadline::never());
      if (first.empty()) return;
      connection.stream().unread(first);
      const Request request = connection.read_request();
      const auto row = find(request.target.substr(1));
      if (!row) {
        connection.respond(200, std::to_string(number));
        continue;
      }
      last_->update([&](int& last) { last = number; });
      connection.write(row->bytes);
      if (row->ends) return;
    }
  }
  int last() const { return last_->copy(); }

 private:
  std::optional<Row> find(const std::string& name) const {
    for (const Row& row : rows_) {
      if (row.name == name) return row;
    }
    return std::nullopt;
  }
  std::vector<Row> rows_;
  std::shared_ptr<Tally<int>> next_ = std::make_shared<Tally<int>>();
  std::shared_ptr<Tally<int>> last_ = std::make_shared<Tally<int>>();
};

/// Answers /x with these bytes.
RowsOrigin one_row(const std::string& bytes) {
  return RowsOrigin(std::vector<Row>{Row{"x", bytes}});
}

class OriginLeniency : public ::testing::Test {
 protected:
  static void judge(OneOrigin& proxy, const RowsOrigin& rows, const Row& row,
                    const std::string& version) {
    SCOPED_TRACE(row.name + " to " + version);
    RawClient client = proxy.connect();
    client.send(head(row.method + " /" + row.name + " " + version, proxy.label_host));
    const auto response = client.read_response(row.method);
    EXPECT_EQ(response.status, row.status) << response.raw_head << response.body;
    EXPECT_TRUE(response.complete());
    if (row.status < 400) {
      EXPECT_EQ(response.body, row.body);
      EXPECT_FALSE(response.fields.has("proxy-status")) << response.raw_head;
      EXPECT_TRUE(response.fields.has("date"));
      // Nothing that frames it comes through but ours.
      EXPECT_LE(count(response.raw_head, "ontent-"), 1) << response.raw_head;
      EXPECT_EQ(response.raw_head.find(" :"), std::string::npos) << response.raw_head;
    }
    const int used = rows.last();
    const auto next = proxy.connect().get(proxy.label_host, "/after");
    EXPECT_EQ(next.status, 200) << next.body;
    if (!row.reused) {
      EXPECT_NE(next.body, std::to_string(used)) << "another request on that connection";
    }
  }
  static int count(const std::string& text, const std::string& what) {
    int n = 0;
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; ++at) ++n;
    return n;
  }
  static void judge_all(const std::vector<Row>& table) {
    const RowsOrigin rows(table);
    OneOrigin proxy("plain", rows);
    for (const Row& row : table) {
      for (const std::string version : {"HTTP/1.1", "HTTP/1.0"}) judge(proxy, rows, row, version);
      if (HasFailure()) break;
    }
  }
};

TEST_F(OriginLeniency, F125_a_response_without_a_body_is_over_at_the_empty_line) {
  std::vector<Row> table;
  const std::vector<std::pair<std::string, std::string>> framings = {
      {"chunked", CHUNKED},
      {"both", "Content-Length: 5\r\n" CHUNKED},
      {"both_the_other_way_round", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"},
      {"unknown_coding", "Transfer-Encoding: x\r\n\r\n"},
      {"different_lengths", "Content-Length: 5\r\nContent-Length: 6\r\n\r\n"},
      {"huge_length", "Content-Length: 99999999999999999999999\r\n\r\n"},
      {"garbage", "Content-Length: five\r\n\r\n"}};
  struct Message {
    std::string method;
    int status;
  };
  for (const Message& m : {Message{"HEAD", 200}, Message{"GET", 204}, Message{"GET", 304},
                           Message{"POST", 204}, Message{"HEAD", 204}, Message{"DELETE", 304}}) {
    const std::string line = "HTTP/1.1 " + std::to_string(m.status) + " X\r\n";
    const std::string id = m.method + std::to_string(m.status);
    table.push_back({id + "none", line + "\r\n", "", m.status, m.method});
    for (const auto& [name, fields] : framings)
      table.push_back({id + name, line + fields, "", m.status, m.method, false});
  }
  for (const auto& [name, fields] : framings)
    table.push_back(
        {"103" + name, "HTTP/1.1 103 X\r\n" + fields + OK LENGTH, "hello", 200, "GET", false});
  judge_all(table);
}

TEST_F(OriginLeniency, F125_what_is_passed_on_is_well_formed) {
  const std::vector<Row> table = {
      {"head", OK "Content-Length: 5\r\nContent-Length: 5\r\n\r\n"},
      {"head_both", OK "Content-Length: 5\r\n" CHUNKED},
      {"head_different", OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\n"},
      {"204", "HTTP/1.1 204 X\r\nContent-Length: 5\r\n" CHUNKED},
      {"304", "HTTP/1.1 304 X\r\nContent-Length: 5, 5\r\n\r\n"},
      {"304_both", "HTTP/1.1 304 X\r\nContent-Length: 5\r\n" CHUNKED}};
  OneOrigin proxy("plain", RowsOrigin(table));
  const auto raw = [&](const std::string& method, const std::string& name) {
    RawClient client = proxy.connect();
    client.send(
        head(method + " /" + name + " HTTP/1.1", proxy.label_host, "Connection: close\r\n"));
    return client.read_to_end();
  };
  EXPECT_THAT(raw("HEAD", "head"), HasSubstr("\r\nContent-Length: 5\r\n"));
  EXPECT_THAT(raw("GET", "304"), HasSubstr("\r\nContent-Length: 5\r\n"));
  for (const auto& [method, name] : std::vector<std::pair<std::string, std::string>>{
           {"HEAD", "head_both"}, {"HEAD", "head_different"}, {"GET", "204"}, {"GET", "304_both"}})
    EXPECT_THAT(raw(method, name), Not(HasSubstr("ontent-Length"))) << name;
  for (const Row& row : table)
    EXPECT_THAT(raw(row.name.starts_with("head") ? "HEAD" : "GET", row.name),
                Not(HasSubstr("Transfer-Encoding")))
        << row.name;
}

TEST_F(OriginLeniency, F131_white_space_after_a_chunk_size) {
  judge_all({{"first", OK CHUNKED "5 \r\nhello\r\n0\r\n\r\n"},
             {"tab", OK CHUNKED "5\t\r\nhello\r\n0\r\n\r\n"},
             {"middle", OK CHUNKED "1\r\nh\r\n3   \r\nell\r\n1\r\no\r\n0\r\n\r\n"},
             {"last", OK CHUNKED "5\r\nhello\r\n0 \t\r\n\r\n"},
             {"extension", OK CHUNKED "5 ;a=b \r\nhello\r\n0\r\n\r\n"},
             {"padded", OK CHUNKED "000000000000000000000005 \r\nhello\r\n0\r\n\r\n"}});
}

TEST_F(OriginLeniency, F131_a_digit_after_it_or_a_space_before_breaks_the_body) {
  for (const std::string body : {"5 0\r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n"}) {
    OneOrigin proxy("plain", one_row(OK CHUNKED + body));
    const auto response = proxy.connect().get(proxy.label_host, "/x");
    EXPECT_FALSE(response.status == 200 && response.complete()) << body;
  }
}

TEST_F(OriginLeniency, F143_lengths_colons_controls) {
  judge_all(
      {{"length_twice", OK "Content-Length: 5\r\n" LENGTH},
       {"length_three_times", OK "content-length: 5\r\nX-A: b\r\nContent-length: 05\r\n" LENGTH},
       {"length_list", OK "Content-Length: 5, 5\r\n\r\nhello"},
       {"length_of_http_1_0", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n" LENGTH},
       {"colon", OK "X-A : b\r\n" LENGTH},
       {"tab_colon", OK "X-A\t: b\r\n" LENGTH},
       {"length_colon", OK "Content-Length : 5\r\n\r\nhello", "hello", 200, "GET", false},
       {"empty_value", OK "X-A:\r\n" LENGTH},
       {"no_reason", "HTTP/1.1 200\r\n" LENGTH},
       {"empty_reason", "HTTP/1.1 200 \r\n" LENGTH},
       {"tab_for_reason", "HTTP/1.1 200\tOK\r\n" LENGTH},
       {"two_spaces", "HTTP/1.1  200 OK\r\n" LENGTH},
       {"lower_case", "http/1.1 200 OK\r\n" LENGTH},
       {"http_1_5", "HTTP/1.5 200 OK\r\n" LENGTH},
       {"different", OK "Content-Length: 6\r\n" LENGTH, "", 502, "GET", false},
       {"different_list", OK "Content-Length: 5, 6\r\n\r\nhello", "", 502, "GET", false},
       {"bare_cr", OK "X-A: b\rc\r\n" LENGTH, "", 502, "GET", false},
       {"nul", OK "X-A: b" + std::string(1, '\0') + "\r\n" LENGTH, "", 502, "GET", false},
       {"no_colon", OK "X-A\r\n" LENGTH, "", 502, "GET", false},
       {"no_name", OK ": b\r\n" LENGTH, "", 502, "GET", false},
       {"http_0_9", "hello\n", "", 502, "GET", false},
       {"icy", "ICY 200 OK\r\n" LENGTH, "", 502, "GET", false},
       {"empty_line_first", "\r\n" OK LENGTH, "", 502, "GET", false}});
}

TEST_F(OriginLeniency, F143_controls_and_names_pass_byte_for_byte) {
  const std::string fields = "X-Control: a\x01\x1b[1m\x7f\vz\r\nX(odd)/\xc3\xa4: b\r\n";
  OneOrigin proxy("plain", one_row(OK + fields + LENGTH));
  RawClient client = proxy.connect();
  client.send(head("GET /x HTTP/1.1", proxy.label_host, "Connection: close\r\n"));
  const auto all = client.read_to_end();
  EXPECT_THAT(all, HasSubstr("\r\n" + fields));
  EXPECT_TRUE(all.ends_with("\r\n\r\nhello")) << all;
}

TEST_F(OriginLeniency, F149_lines_codings_versions) {
  judge_all(
      {{"lf", "HTTP/1.1 200 OK\nX-A: b\nContent-Length: 5\n\nhello"},
       {"lf_http_1_0", "HTTP/1.0 200 OK\nContent-Length: 5\n\nhello"},
       {"lf_to_the_end", "HTTP/1.1 200 OK\nX-A: b\n\nhello", "hello", 200, "GET", false, true},
       {"lf_some", OK "X-A: b\n" LENGTH, "hello", 200, "GET", false},
       {"lf_last", OK "Content-Length: 5\r\n\nhello", "hello", 200, "GET", false},
       {"lf_interim", "HTTP/1.1 103 X\nX-A: b\n\n" OK LENGTH},
       {"lf_chunks", OK CHUNKED "5\nhello\n0\n\n", "hello", 200, "GET", false},
       {"fold", OK "X-A: b\r\n c\r\n" LENGTH},
       {"fold_by_tab", OK "X-A: b\r\n\tc\r\n\t d\r\n" LENGTH},
       {"fold_of_nothing", OK "X-A: b\r\n \r\n" LENGTH},
       {"fold_first", OK " X-A: b\r\n" LENGTH, "", 502, "GET", false},
       {"fold_in_trailers", OK CHUNKED "5\r\nhello\r\n0\r\nX-A: b\r\n c\r\n\r\n"},
       {"chunked_and_length", OK "Content-Length: 50\r\n" CHUNKED HELLO, "hello", 200, "GET",
        false},
       {"length_and_chunked", OK "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" HELLO,
        "hello", 200, "GET", false},
       {"chunked_in_1_0", "HTTP/1.0 200 OK\r\n" CHUNKED HELLO, "hello", 200, "GET", false},
       {"chunked_in_1_0_keep_alive", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" CHUNKED HELLO,
        "hello", 200, "GET", false},
       {"chunked_in_capitals", OK "Transfer-Encoding: CHUNKED\r\n\r\n" HELLO},
       {"identity", OK "Transfer-Encoding: identity\r\n" LENGTH, "hello", 200, "GET", false},
       {"identity_to_the_end", OK "Transfer-Encoding: identity\r\n\r\nhello", "hello", 200, "GET",
        false, true},
       {"chunked_twice", OK "Transfer-Encoding: chunked, chunked\r\n\r\n" HELLO, "", 502, "GET",
        false},
       {"gzip", OK "Transfer-Encoding: gzip, chunked\r\n\r\n" HELLO, "", 502, "GET", false}});
}

TEST_F(OriginLeniency, F149_a_folded_value_has_a_space_instead) {
  OneOrigin proxy("plain", one_row(OK "X-A: b\r\n\t c\r\nX-B : d\r\n" LENGTH));
  const auto response = proxy.connect().get(proxy.label_host, "/x");
  EXPECT_EQ(response.fields.get("x-a"), "b c");
  EXPECT_EQ(response.fields.get("x-b"), "d");
}

TEST_F(OriginLeniency, F127_list_fields_in_several_lines) {
  judge_all(
      {{"close_last", OK "Connection: X-A\r\nConnection: close\r\nX-A: b\r\n" LENGTH, "hello", 200,
        "GET", false},
       {"close_first", OK "Connection: close\r\nConnection: X-A\r\nX-A: b\r\n" LENGTH, "hello", 200,
        "GET", false},
       {"coding_and_nothing", OK "Transfer-Encoding: chunked\r\nTransfer-Encoding:\r\n\r\n" HELLO},
       {"nothing_and_coding", OK "Transfer-Encoding: ,\r\n" CHUNKED HELLO},
       {"two_codings", OK "Transfer-Encoding: gzip\r\n" CHUNKED HELLO, "", 502, "GET", false}});
}

TEST_F(OriginLeniency, F127_nominated_fields_of_every_line_stay_here) {
  OneOrigin proxy("plain",
                  one_row(OK "Connection: X-A\r\nX-A: a\r\nX-B: b\r\nX-C: c\r\nConnection: "
                             "keep-alive, ,X-B\r\nKeep-Alive: timeout=5\r\nKeep-Alive: max=9\r\n"
                             "Proxy-Connection: a\r\nProxy-Connection: b\r\n" LENGTH));
  const auto response = proxy.connect().get(proxy.label_host, "/x");
  EXPECT_EQ(response.fields.get("x-c"), "c");
  for (const auto* name : {"x-a", "x-b", "keep-alive", "proxy-connection"})
    EXPECT_FALSE(response.fields.has(name)) << name;
}

class ResponseDate : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Protocols, ResponseDate, ::testing::Values("h2", "http/1.1", "plain"),
                         origin_name);

TEST_P(ResponseDate, F133_is_added_where_there_is_none_and_kept_where_there_is_one) {
  const std::string theirs = "Sun, 06 Nov 1994 08:49:37 GMT";
  Service service([&](const Request& request) {
    Response response{.body = "ok"};
    if (request.target == "/dated") response.fields = {{"dAtE", theirs}};
    response.interim = {103};
    return response;
  });
  OneOrigin proxy(GetParam(), service);
  RawClient client = proxy.connect();
  const auto dated = client.get(proxy.label_host, "/dated");
  EXPECT_EQ(dated.fields.get("date"), theirs);
  EXPECT_EQ(dated.fields.count("date"), 1U);
  const auto undated = client.get(proxy.label_host, "/undated");
  EXPECT_EQ(undated.fields.count("date"), 1U);
  EXPECT_THAT(undated.fields.get("date"),
              ::testing::MatchesRegex("[A-Z][a-z][a-z], [0-9]+ [A-Z][a-z][a-z] [0-9]+ "
                                      "[0-9]+:[0-9]+:[0-9]+ GMT"));
  ASSERT_EQ(undated.interim_fields.size(), 1U);
  EXPECT_FALSE(undated.interim_fields[0].has("date"));
}

TEST(ResponseDateOfOurs, F133_stands_in_every_answer_of_our_own) {
  OneOrigin proxy("plain", Service(standard_answers));
  for (const std::string& request :
       {head("GET /hc HTTP/1.1", "localhost"), head("GET / HTTP/1.1", "no.label"),
        head("CONNECT a:1 HTTP/1.1", "a:1"), std::string("GET / HTTP/1.1\r\n\r\n"),
        std::string("nonsense\r\n\r\n"), head("GET / HTTP/1.1", "unknown.invalid.ccnproxy")}) {
    RawClient client = proxy.connect();
    const auto response = client.roundtrip(request);
    EXPECT_TRUE(response.fields.has("date")) << response.raw_head;
  }
}

}  // namespace
}  // namespace ccnproxy::integration
