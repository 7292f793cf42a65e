// Bodies and trailers both ways: what was said is passed on, how it was framed is not.
#include "client_fixture.h"

namespace ccnproxy::integration {
namespace {

class ClientBodies : public ::testing::TestWithParam<std::string> {
 protected:
  const std::string protocol = GetParam();
};

INSTANTIATE_TEST_SUITE_P(Origins, ClientBodies, ::testing::Values("h2", "http/1.1", "plain"),
                         origin_name);

/// Keeps the requests that an origin got.
class Kept {
 public:
  Service service(Response response = {.body = "ok"}) {
    return Service([this, response](const Request& request) {
      requests_.update([&](auto& all) { all.push_back(request); });
      return response;
    });
  }
  Request last() const {
    return requests_.read([](const auto& all) { return all.back(); });
  }

 private:
  Tally<std::vector<Request>> requests_;
};

TEST_P(ClientBodies, F115_a_length_stays_a_length_and_chunks_stay_without) {
  Kept kept;
  OneOrigin proxy(protocol, kept.service());
  RawClient client = proxy.connect();
  const auto post = [&](const std::string& fields, const std::string& body) {
    EXPECT_EQ(client.roundtrip(head("POST / HTTP/1.1", proxy.label_host, fields) + body).status,
              200);
    return kept.last();
  };
  EXPECT_EQ(post("Content-Length: 5\r\n", "hello").fields.get("content-length"), "5");
  EXPECT_EQ(post("content-length: 0\r\n", "").fields.get("content-length"), "0");
  EXPECT_FALSE(post("", "").fields.has("content-length"));
  const Request chunked = post("Transfer-Encoding: Chunked\r\n", "5\r\nhello\r\n0\r\n\r\n");
  EXPECT_FALSE(chunked.fields.has("content-length"));
  EXPECT_EQ(chunked.fields.has("transfer-encoding"), protocol != "h2");
  EXPECT_EQ(chunked.body, "hello");
  const Request empty = post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n");
  EXPECT_FALSE(empty.fields.has("content-length"));
  EXPECT_EQ(empty.body, "");
}

TEST_P(ClientBodies, large_uploads_arrive_whole_in_both_framings) {
  constexpr std::size_t size = 5'000'000;
  constexpr std::size_t piece = 7'919;
  OneOrigin proxy(protocol, Service(standard_answers));
  RawClient client = proxy.connect();
  const std::string expected = pattern_digest(size).summary();
  client.send(head("PUT /upload HTTP/1.1", proxy.label_host,
                   "Content-Length: " + std::to_string(size) + "\r\n"));
  client.send(pattern(0, size));
  EXPECT_EQ(client.read_response().body, expected);
  client.send(head("PUT /upload HTTP/1.1", proxy.label_host, "Transfer-Encoding: chunked\r\n"));
  for (std::size_t at = 0; at < size; at += piece) {
    const std::string part = pattern(at, std::min(piece, size - at));
    std::ostringstream chunk;
    chunk << std::hex << part.size() << "\r\n" << part << "\r\n";
    client.send(chunk.str());
  }
  client.send("0\r\n\r\n");
  EXPECT_EQ(client.read_response().body, expected);
}

TEST_P(ClientBodies, request_trailers_reach_the_origin_but_those_that_can_mislead) {
  Kept kept;
  OneOrigin proxy(protocol, kept.service());
  EXPECT_EQ(proxy.connect()
                .roundtrip(head("POST / HTTP/1.1", proxy.label_host,
                                "Transfer-Encoding: chunked\r\nTrailer: X-Checksum\r\n") +
                           "2\r\nhi\r\n0\r\nX-Checksum: 1a2b\r\nAuthorization: x\r\n"
                           "X-Forwarded-For: 1.2.3.4\r\n\r\n")
                .status,
            200);
  const Request request = kept.last();
  EXPECT_EQ(request.body, "hi");
  EXPECT_EQ(request.trailers.get("x-checksum"), "1a2b");
  EXPECT_EQ(request.trailers.size(), 1U);
  EXPECT_FALSE(request.fields.has("authorization"));
}

TEST_P(ClientBodies, F114_response_trailers_go_to_clients_that_take_them) {
  Kept kept;
  OneOrigin proxy(protocol,
                  kept.service({.body = "b", .trailers = {{"X-Sum", "9"}}, .chunked = true}));
  RawClient client = proxy.connect();
  const auto with = client.get(proxy.label_host, "/", {{"TE", "trailers"}, {"Connection", "TE"}});
  EXPECT_EQ(with.body, "b");
  EXPECT_EQ(with.trailers.get("x-sum"), "9");
  EXPECT_EQ(kept.last().fields.get("te"), "trailers");
  const auto without = client.get(proxy.label_host);
  EXPECT_EQ(without.body, "b");
  EXPECT_TRUE(without.trailers.empty());
  EXPECT_FALSE(kept.last().fields.has("te"));
  const auto old = client.roundtrip(head("GET / HTTP/1.0", proxy.label_host, "TE: trailers\r\n"));
  EXPECT_EQ(old.body, "b");
  EXPECT_TRUE(old.complete());
}

TEST_P(ClientBodies, F080_an_upload_that_breaks_off_never_looks_complete) {
  OneOrigin proxy(protocol);
  const std::vector<std::string> broken = {
      head("POST / HTTP/1.1", proxy.label_host, "Content-Length: 100\r\n") + std::string(50, 'x'),
      head("POST / HTTP/1.1", proxy.label_host, "Transfer-Encoding: chunked\r\n") + "32\r\n" +
          std::string(50, 'x') + "\r\n",
      head("POST / HTTP/1.1", proxy.label_host, "Transfer-Encoding: chunked\r\n") + "64\r\n" +
          std::string(50, 'x'),
  };
  std::shared_ptr<OriginConnection> connection;
  std::optional<Http2Peer> peer;
  for (const std::string& request : broken) {
    RawClient client = proxy.connect();
    client.send(request);
    if (!connection || protocol != "h2") connection = proxy.origin.accept();
    if (protocol == "h2") {
      if (!peer) peer.emplace(*connection).greet();
      const auto stream = peer->want_headers().stream;
      std::string got;
      while (got.size() < 50) {
        const auto data = peer->want_data(stream);
        ASSERT_FALSE(data.end_stream());
        got += data.content();
      }
      client.close();
      peer->want_rst(stream);
      peer->sync();
      EXPECT_EQ(peer->count_seen(h2::Data, stream), 0U);
    } else {
      Request got = connection->read_request_head();
      connection->read_until("xxxxx");
      client.close();
      EXPECT_THROW(connection->read_until("0\r\n\r\n"), PeerGone);
    }
  }
}

TEST(ClientBody, F074_chunk_extensions_end_here) {
  OneOrigin proxy("plain");
  RawClient client = proxy.connect();
  client.send(head("POST / HTTP/1.1", proxy.label_host, "Transfer-Encoding: chunked\r\n") +
              "2;secret-name=secret-value\r\nhi\r\n3 ; secret=\"a;b\"\r\n!!!\r\n0;secret\r\n\r\n");
  const auto connection = proxy.origin.accept();
  const std::string seen = connection->read_until("0\r\n\r\n");
  EXPECT_THAT(seen, ::testing::Not(::testing::HasSubstr("secret")));
  EXPECT_THAT(seen, ::testing::HasSubstr("hi"));
  EXPECT_THAT(seen, ::testing::HasSubstr("!!!"));
  connection->respond(200, "done");
  EXPECT_EQ(client.read_response().body, "done");
}

}  // namespace
}  // namespace ccnproxy::integration
