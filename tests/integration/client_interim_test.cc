// What comes before a response (100, 103), and what asks for something else than HTTP/1.1.

#include "client_fixture.h"
#include "origin_side.h"

namespace ccnproxy::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string upload_fields = "Content-Length: 5\r\nExpect: 100-continue\r\n";

/// The next response's status, headers read by hand.
std::string status_line(RawClient& client) {
  const std::string text = client.read_until("\r\n\r\n");
  return text.substr(0, text.find("\r\n"));
}

TEST(ClientExpect, F111_the_permission_is_given_here_and_at_once) {
  for (const std::string protocol : {"http/1.1", "h2"}) {
    OneOrigin proxy(protocol);
    RawClient client = proxy.connect();
    client.send(head("POST / HTTP/1.1", proxy.label_host, upload_fields));
    EXPECT_EQ(status_line(client), "HTTP/1.1 100 Continue");  // no origin has said a word yet
    client.send("hello");
    OriginSide side(proxy.origin);
    const Request request = side.read_request();
    EXPECT_EQ(request.body, "hello");
    EXPECT_FALSE(request.fields.has("expect"));
    side.respond(200, "done");
    const auto response = client.read_response("POST");
    EXPECT_EQ(response.body, "done");
    EXPECT_THAT(response.interim, IsEmpty());
  }
}

TEST(ClientExpect, F111_no_permission_where_the_body_is_there_already) {
  OneOrigin proxy("plain", Service(standard_answers));
  RawClient client = proxy.connect();
  client.send(head("POST /echo HTTP/1.1", proxy.label_host, upload_fields) + "hello");
  const auto response = client.read_response();
  EXPECT_EQ(response.body, "hello");
  EXPECT_THAT(response.interim, IsEmpty());
}

TEST(ClientExpect, F111_http_1_0_knows_no_100) {
  for (const std::string mode : {"local", "origin"}) {
    OneOrigin proxy("plain", nullptr, [&](auto& c) { c.set("expect_continue", mode); });
    RawClient client = proxy.connect();
    client.send(head("POST / HTTP/1.0", proxy.label_host, upload_fields));
    const auto connection = proxy.origin.accept();
    Request request = connection->read_request_head();
    client.send("hello");
    connection->read_body(request);
    connection->write("HTTP/1.1 100 Continue\r\n\r\n");
    connection->respond(200, "done");
    const auto response = client.read_response();
    EXPECT_EQ(response.body, "done") << mode;
    EXPECT_THAT(response.interim, IsEmpty()) << mode;
  }
}

TEST(ClientExpect, F111_an_origins_100_after_ours_is_swallowed) {
  OneOrigin proxy("plain");
  RawClient client = proxy.connect();
  client.send(head("POST / HTTP/1.1", proxy.label_host, upload_fields) + "hello");
  const auto connection = proxy.origin.accept();
  connection->read_request();
  connection->write("HTTP/1.1 100 Continue\r\n\r\n");
  connection->respond(201);
  const auto response = client.read_response();
  EXPECT_EQ(response.status, 201);
  EXPECT_THAT(response.interim, IsEmpty());
}

TEST(ClientExpect, F111_the_origin_may_be_the_one_to_give_it) {
  for (const std::string protocol : {"http/1.1", "h2"}) {
    OneOrigin proxy(protocol, nullptr, [](auto& c) { c.set("expect_continue", "origin"); });
    RawClient client = proxy.connect();
    client.send(head("POST / HTTP/1.1", proxy.label_host, upload_fields));
    const auto connection = proxy.origin.accept();
    if (protocol == "h2") {
      Http2Peer peer(*connection);
      peer.greet();
      const auto request = peer.want_headers();
      EXPECT_EQ(request.fields.get("expect"), "100-continue");
      peer.write_headers(request.stream, {{":status", "100"}});
      EXPECT_EQ(status_line(client), "HTTP/1.1 100 Continue");
      client.send("hello");
      EXPECT_EQ(peer.want_body(request.stream), "hello");
      peer.write_headers(request.stream, {{":status", "204"}}, h2::EndStream);
    } else {
      Request request = connection->read_request_head();
      EXPECT_EQ(request.fields.get("expect"), "100-continue");
      connection->write("HTTP/1.1 100 Continue\r\n\r\n");
      EXPECT_EQ(status_line(client), "HTTP/1.1 100 Continue");
      client.send("hello");
      connection->read_body(request);
      EXPECT_EQ(request.body, "hello");
      connection->write("HTTP/1.1 204 No Content\r\n\r\n");
    }
    EXPECT_EQ(client.read_response().status, 204);
  }
}

TEST(ClientExpect, F111_the_origin_may_refuse_before_the_body) {
  OneOrigin proxy("plain", nullptr, [](auto& c) { c.set("expect_continue", "origin"); });
  RawClient client = proxy.connect();
  client.send(head("POST / HTTP/1.1", proxy.label_host, upload_fields));
  const auto connection = proxy.origin.accept();
  connection->read_request_head();
  connection->respond(417, "no");
  const auto response = client.read_response();
  EXPECT_EQ(response.status, 417);
  EXPECT_EQ(response.body, "no");
  EXPECT_EQ(response.fields.get("connection"), "close");  // its body may come yet
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(ClientInterim, F114_early_hints_go_to_http_1_1_only) {
  for (const std::string version : {"1.1", "1.0"}) {
    OneOrigin proxy("plain");
    RawClient client = proxy.connect();
    client.send(head("GET / HTTP/" + version, proxy.label_host));
    const auto connection = proxy.origin.accept();
    connection->read_request();
    connection->write(
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: x-b\r\nX-B: c\r\n\r\n");
    if (version == "1.1") {
      EXPECT_EQ(status_line(client), "HTTP/1.1 103 Early Hints");
    }
    connection->write(
        "HTTP/1.1 103 Early Hints\r\nLink: </b>\r\nConnection: x-b\r\nX-B: c\r\n\r\n");
    connection->respond(200, "page");
    const auto response = client.read_response();
    EXPECT_EQ(response.body, "page");
    if (version == "1.1") {
      ASSERT_THAT(response.interim, ElementsAre(103));
      EXPECT_EQ(response.interim_fields[0].get("link"), "</b>");
      EXPECT_FALSE(response.interim_fields[0].has("x-b"));
    } else {
      EXPECT_THAT(response.interim, IsEmpty());
    }
  }
}

TEST(ClientInterim, F114_early_hints_over_http2_too) {
  OneOrigin proxy("h2", Service([](const Request&) {
                    return Response{.body = "page", .interim = {103, 103, 102}};
                  }));
  RawClient client = proxy.connect();
  EXPECT_THAT(client.get(proxy.label_host).interim, ElementsAre(103, 103, 102));
  EXPECT_THAT(client.roundtrip(head("GET / HTTP/1.0", proxy.label_host)).interim, IsEmpty());
}

/// Longer than timeouts.response_head, whose time begins anew with each of them: also where the
/// client, of HTTP/1.0, hears nothing of it. Fifty times as often as would do.
TEST(ClientInterim, F130_each_is_a_sign_of_life) {
  OneOrigin proxy(
      "plain",
      [](OriginConnection& connection) {
        connection.read_request();
        for (int i = 0; i < 60; ++i) {
          connection.write("HTTP/1.1 102 Processing\r\n\r\n");
          connection.stream().pause(Patience(100));
        }
        connection.respond(200, "done");
        connection.read_to_end();
      },
      [](DaemonConfig& config) { config.set("timeouts.response_head", "5s"); });
  RawClient newer = proxy.connect();
  RawClient older = proxy.connect();
  newer.send(head("GET / HTTP/1.1", proxy.label_host));
  older.send(head("GET / HTTP/1.0", proxy.label_host));
  EXPECT_EQ(newer.read_response().body, "done");
  EXPECT_EQ(older.read_response().body, "done");
}

/// The origin's upgrade comes in two lines, and the client gets both.
TEST(ClientUpgrade, F127_a_101_with_its_upgrade_in_several_lines) {
  OneOrigin proxy(
      "plain",
      [](OriginConnection& connection) {
        connection.read_request();
        connection.write(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade:\r\nUpgrade: websocket\r\nConnection: "
            "x\r\nConnection: upgrade\r\nupgrade: other/1\r\n\r\n");
        connection.read_to_end();
      },
      [](DaemonConfig& config) { config.set("tunnel_upgrades", "true"); });
  RawClient client = proxy.connect();
  client.send(head("GET / HTTP/1.1", proxy.label_host,
                   "Connection: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\nUpgrade: "
                   "other/1\r\n"));
  const std::string answer = client.read_until("\r\n\r\n");
  EXPECT_THAT(answer, ::testing::StartsWith("HTTP/1.1 101 "));
  EXPECT_THAT(answer, HasSubstr("\r\nUpgrade: websocket, other/1\r\n"));
}

TEST(ClientUpgrade, F122_connect_is_told_what_to_do_instead) {
  OneOrigin proxy("h2", Service(standard_answers));
  RawClient client = proxy.connect();
  const auto response =
      client.roundtrip(head("CONNECT api.test:443 HTTP/1.1", "api.test:443"), "GET");
  EXPECT_EQ(response.status, 405);
  EXPECT_THAT(response.fields.get("allow"), HasSubstr("GET"));
  EXPECT_THAT(response.body, HasSubstr("ccnproxy-https"));
  EXPECT_EQ(proxy_error(response), "http_request_error");
  EXPECT_EQ(response.fields.get("connection"), "close");  // what follows is no request
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(ClientUpgrade, F122_is_refused_in_words_unless_it_is_configured) {
  OneOrigin proxy("http/1.1", Service(standard_answers));
  RawClient client = proxy.connect();
  const auto response =
      client.get(proxy.label_host, "/chat", {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}});
  EXPECT_EQ(response.status, 501);
  EXPECT_EQ(proxy_error(response), "http_request_error");
  EXPECT_THAT(response.body, HasSubstr("tunnel_upgrades"));
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_EQ(proxy.origin.requests(), 0U);
}

TEST(ClientUpgrade, F122_one_to_another_http_is_left_out_and_the_request_served) {
  const auto seen = std::make_shared<Tally<Request>>();
  OneOrigin proxy("http/1.1", Service([seen](const Request& request) {
                    seen->update([&](Request& kept) { kept = request; });
                    return Response{.body = "as HTTP/1.1"};
                  }));
  RawClient client = proxy.connect();  // as curl --http2 and Java's HttpClient ask
  const auto response = client.get(proxy.label_host, "/",
                                   {{"Connection", "Upgrade, HTTP2-Settings"},
                                    {"Upgrade", "h2c"},
                                    {"HTTP2-Settings", "AAMAAABkAAQAAP__"}});
  EXPECT_EQ(response.body, "as HTTP/1.1");
  for (const std::string field : {"upgrade", "connection", "http2-settings"})
    EXPECT_FALSE(seen->copy().fields.has(field)) << field;
  EXPECT_EQ(client.get(proxy.label_host).status, 200);
}

TEST(ClientUpgrade, F122_grpc_is_told_what_it_needs_and_grpc_web_passes) {
  OneOrigin proxy(
      "h2", Service([](const Request& request) {
        return Response{.body = request.body, .trailers = {{"grpc-status", "0"}}, .chunked = true};
      }));
  const auto call = [&](const std::string& type) {
    return proxy.connect().roundtrip(
        head("POST /pkg.Service/Call HTTP/1.1", proxy.label_host,
             "Content-Type: " + type + "\r\nTE: trailers\r\nContent-Length: 5\r\n") +
        "frame");
  };
  const auto refused = call("application/grpc");
  EXPECT_EQ(refused.status, 501);
  EXPECT_THAT(refused.body, HasSubstr("gRPC-Web"));
  EXPECT_EQ(proxy.origin.requests(), 0U);
  const auto passed = call("application/grpc-web");
  EXPECT_EQ(passed.body, "frame");
  EXPECT_EQ(passed.trailers.get("grpc-status"), "0");
}

}  // namespace
}  // namespace ccnproxy::integration
