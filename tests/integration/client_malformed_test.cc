// Requests that could be read two ways, or not at all (request_table.txt): refused, and nothing
// after them is read; or passed on in the one way in which they can be read.
#include <set>

#include "access_line.h"
#include "client_fixture.h"
#include "request_table.h"

namespace ccnproxy::integration {
namespace {

const std::string table_host = "Host: api.test.ccnproxy\r\n";
const std::string good = "GET /good HTTP/1.1\r\n" + table_host + "\r\n";
/// Stands behind every request that is refused, and must not be read as a request.
const std::string smuggled = "GET /smuggled HTTP/1.1\r\n" + table_host + "\r\n";

void limit(DaemonConfig& config) {
  config.set("limits.target_bytes", "256").set("limits.head_bytes", "1KiB");
  config.set("limits.headers", "8");
}

/// An HTTP/1.1 origin that remembers every byte it got, and answers "ok".
class Witness {
 public:
  struct Seen {
    std::vector<std::string> requests;  ///< complete ones: head and body
    std::string all;                    ///< every byte, those of incomplete requests too
  };

  void operator()(OriginConnection& connection) const {
    for (;;) {
      Request request;
      try {
        const std::string first = connection.stream().read_some(Deadline::never());
        if (first.empty()) return;
        connection.stream().unread(first);
        request = connection.read_request_head();
        connection.read_body(request);
      } catch (const PeerGone&) {
        note(request.raw_head + request.body + connection.stream().unasked(), false);
        throw;
      }
      note(without_our_fields(request.raw_head) + request.body, true);
      connection.respond(200, "ok");
    }
  }
  Seen seen() const { return seen_->copy(); }

 private:
  void note(const std::string& bytes, bool complete) const {
    seen_->update([&](Seen& seen) {
      seen.all += bytes;
      if (complete) seen.requests.push_back(bytes);
    });
  }
  /// CDN-Loop and the request's id are not the client's.
  static std::string without_our_fields(const std::string& head) {
    std::string out;
    for (std::size_t at = 0; at < head.size();) {
      const std::size_t next = head.find("\r\n", at) + 2;
      const std::string line = head.substr(at, next - at);
      if (!line.starts_with("CDN-Loop: ccnproxy-") && !line.starts_with("X-Chocon-Req: "))
        out += line;
      at = next;
    }
    return out;
  }

  std::shared_ptr<Tally<Seen>> seen_ = std::make_shared<Tally<Seen>>();
};

/// The numbers of the catalogue that a group of rows covers.
struct Group {
  std::string name;
  std::set<std::string> numbers;

  bool has(const RawRequest& row) const { return numbers.contains(row.name.substr(0, 4)); }
  friend void PrintTo(const Group& group, std::ostream* out) { *out << group.name; }
};

const std::vector<Group>& groups() {
  static const std::vector<Group> all = {
      {"F071_F072_lengths", {"F071", "F072"}},
      {"F073_codings", {"F073"}},
      {"F074_F075_chunks", {"F074", "F075"}},
      {"F076_field_lines", {"F076"}},
      {"F079_request_lines_and_hosts", {"F079", "F117", "F118", "F121"}},
      {"F077_F086_F111_F122_bodies_and_dialogue", {"F077", "F086", "F111", "F122"}},
      {"F068_limits", {"F068"}},
      {"F127_F141_F150_leniencies", {"F127", "F141", "F150"}}};
  return all;
}

class ClientMalformed : public ::testing::TestWithParam<Group> {
 protected:
  /// The server may have closed while the client still sends.
  static void send(RawClient& client, const std::string& bytes, std::size_t piece) {
    try {
      for (std::size_t at = 0; at < bytes.size(); at += piece)
        client.send(std::string_view(bytes).substr(at, piece));
    } catch (const PeerGone&) {
      // What counts is what it has answered.
    }
  }

  void expect_refused(RawClient& client, const RawRequest& row) {
    ++refused_;
    const auto response = client.read_response();
    EXPECT_EQ(response.status, row.status) << response.raw_head << response.body;
    EXPECT_EQ(proxy_error(response), "http_request_error");
    EXPECT_EQ(response.fields.get("connection"), "close");
    EXPECT_GT(response.body.size(), 10U);  // words
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(client.end(), StreamEnd::Fin);
  }

  void expect_served(RawClient& client, const std::string& origin_gets) {
    const auto response = client.read_response();
    EXPECT_EQ(response.status, 200) << response.raw_head << response.body;
    EXPECT_EQ(response.body, "ok");
    expected_.push_back(origin_gets);
  }

  void judge(RawClient& client, const RawRequest& row) {
    row.status == 200 ? expect_served(client, row.origin_gets) : expect_refused(client, row);
  }

  void send_three_ways(OneOrigin& proxy, const RawRequest& row) {
    const std::string bytes = row.status == 200 ? row.bytes : row.bytes + smuggled;
    for (const std::string how : {"in one piece", "byte by byte", "pipelined"}) {
      SCOPED_TRACE(row.name + ", " + how);
      RawClient client = proxy.connect();
      const std::string before = how == "pipelined" ? good : "";
      send(client, before + bytes, how == "byte by byte" ? 1 : std::string::npos);
      if (how == "pipelined") expect_served(client, "GET /good HTTP/1.1\r\nHost: api.test\r\n\r\n");
      judge(client, row);
    }
  }

  std::size_t refused_ = 0;
  std::vector<std::string> expected_;  ///< requests that the origin is to get, in order
};

TEST_P(ClientMalformed, is_refused_or_read_in_the_one_way_there_is) {
  Witness witness;
  std::optional<OneOrigin> proxy;
  proxy.emplace("plain", witness, limit);
  std::size_t rows = 0;
  const RequestTable table;
  for (const RawRequest& row : table.rows()) {
    if (!GetParam().has(row)) continue;
    ++rows;
    send_three_ways(*proxy, row);
    if (HasFailure()) break;  // what the origin got would only repeat it
  }
  EXPECT_GT(rows, 4U);
  // One record each (F106); the daemon is done with all of them then.
  EXPECT_EQ(proxy->connect().get("localhost", "/hc").status, 200);
  const auto records = proxy->daemon->wait_for_access_records(expected_.size() + refused_ + 1);
  EXPECT_EQ(records.size(), expected_.size() + refused_ + 1);
  for (const auto& record : records) EXPECT_NO_THROW(AccessLine line(record)) << record;
  proxy->daemon.reset();  // nothing more can come
  proxy->origin.wait_for_open(0);
  const Witness::Seen seen = witness.seen();
  EXPECT_EQ(seen.requests, expected_);
  EXPECT_EQ(seen.all.find("/smuggled"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Rows, ClientMalformed, ::testing::ValuesIn(groups()),
                         [](const auto& test) { return test.param.name; });

TEST(ClientMalformedTable, F071_has_more_than_120_rows_and_no_name_twice) {
  std::set<std::string> names;
  std::size_t refused = 0;
  const RequestTable table;
  for (const RawRequest& row : table.rows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(row.origin_gets.empty(), row.status != 200) << row.name;
    EXPECT_EQ(std::count_if(groups().begin(), groups().end(),
                            [&](const Group& group) { return group.has(row); }),
              1)
        << row.name;
    refused += row.status == 200 ? 0 : 1;
  }
  EXPECT_GT(refused, 120U);
}

TEST(ClientMalformedTable, F080_over_http2_no_refused_request_is_complete_either) {
  Service service([](const Request& request) {
    return Response{.status = request.target == "/good" ? 200 : 500, .body = "ok"};
  });
  OneOrigin proxy("h2", service, limit);
  std::size_t rows = 0;
  const RequestTable table;
  for (const RawRequest& row : table.rows()) {
    const bool body = row.name.starts_with("F074") || row.name.starts_with("F075") ||
                      row.name.find("trailer") != std::string::npos;
    if (row.status == 200 || !body) continue;
    SCOPED_TRACE(row.name);
    ++rows;
    std::string bytes = row.bytes + smuggled;
    bytes.replace(bytes.find(".ccnproxy"), 9, ".ccnproxy-https");
    RawClient client = proxy.connect();
    client.send(bytes);
    EXPECT_EQ(client.read_response().status, row.status);
    EXPECT_EQ(client.read_to_end(), "");
  }
  EXPECT_GT(rows, 30U);
  EXPECT_EQ(proxy.connect().get(proxy.label_host, "/good").status, 200);
  EXPECT_EQ(service.stats().requests, 1U);
}

TEST(ClientMalformedAnswer, F112_is_not_lost_to_what_the_client_still_sends) {
  OneOrigin proxy("plain", Service(standard_answers));
  for (const std::string fields :
       {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Content-Length: +5\r\n"}) {
    RawClient client = proxy.connect();
    client.send(head("POST / HTTP/1.1", proxy.label_host, fields));
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
