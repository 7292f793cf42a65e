// The manual of TestPki, ScriptedOrigin and RawClient: each test is one thing to do with them.
#include "fakes/scripted_origin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/raw_client.h"
#include "fakes/test_pki.h"

namespace ccnproxy::fakes {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view get_request = "GET /x HTTP/1.1\r\nHost: api.test\r\n\r\n";

class ScriptedOriginTest : public ::testing::Test {
 protected:
  OriginOptions tls(std::vector<std::string> alpn = {"http/1.1"}) {
    OriginOptions options;
    options.certificate = pki.server({"api.test", "127.0.0.1"});
    options.alpn = std::move(alpn);
    return options;
  }
  static OriginOptions plain() {
    OriginOptions options;
    options.tls = false;
    return options;
  }
  RawClientOptions verified(const std::string& name = "api.test") const {
    RawClientOptions options;
    options.tls = true;
    options.ca_file = pki.ca_file();
    options.server_name = name;
    options.alpn = {"h2", "http/1.1"};
    return options;
  }
  /// OpenSSL's reason why a client refuses an origin with this certificate.
  std::string refusal(const Certificate& certificate) {
    OriginOptions options = tls();
    options.certificate = certificate;
    ScriptedOrigin origin(options, [](OriginConnection&) {});
    try {
      RawClient client(origin.endpoint(), verified());
    } catch (const PeerGone& gone) {
      origin.wait_for_failed_handshakes(1);
      return gone.what();
    }
    return "accepted";
  }

  TestPki pki;
};

TEST_F(ScriptedOriginTest, runs_a_script_for_each_connection) {
  ScriptedOrigin origin(tls(), [](OriginConnection& c) {
    const Request request = c.read_request();
    c.respond(200, request.method + " " + request.target + " " + request.authority);
  });
  RawClient client(origin.endpoint(), verified());
  const ReceivedResponse response = client.roundtrip(get_request);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "GET /x api.test");
  EXPECT_TRUE(response.complete());
  EXPECT_EQ(client.alpn(), "http/1.1");
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_EQ(client.end(), StreamEnd::CloseNotify);
  EXPECT_EQ(origin.accepts(), 1U);
  EXPECT_EQ(origin.handshakes(), 1U);
  EXPECT_EQ(origin.requests(), 1U);
}

TEST_F(ScriptedOriginTest, hands_connections_to_a_test_that_goes_step_by_step) {
  ScriptedOrigin origin(tls());
  RawClient client(origin.endpoint(), verified());
  const auto c = origin.accept();
  EXPECT_EQ(c->sni(), "api.test");
  EXPECT_EQ(c->alpn(), "http/1.1");
  EXPECT_THAT(c->tls().offered_alpn, ElementsAre("h2", "http/1.1"));
  EXPECT_EQ(c->tls().version, "TLSv1.3");
  EXPECT_FALSE(c->tls().offered_early_data);
  client.send(get_request);
  EXPECT_EQ(c->read_request().target, "/x");
  c->write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  c->write("0\r\nX-Sum: 9\r\n\r\n");
  const ReceivedResponse response = client.read_response();
  EXPECT_EQ(response.body, "abc");
  EXPECT_EQ(response.trailers.get("x-sum"), "9");
}

TEST_F(ScriptedOriginTest, reads_bodies_by_length_and_by_chunks) {
  ScriptedOrigin origin(plain());
  RawClient client(origin.endpoint());
  const auto c = origin.accept();
  client.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
  client.send("POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send_slowly("2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nT: 1\r\n\r\n", 4, Patience(1));
  EXPECT_EQ(c->read_request().body, "hello");
  const Request second = c->read_request();
  EXPECT_EQ(second.body, "hello");
  EXPECT_EQ(second.trailers.get("T"), "1");
  client.close();
  EXPECT_EQ(c->next_request(), std::nullopt);
}

TEST_F(ScriptedOriginTest, F040_every_bad_certificate_is_refused_for_its_own_reason) {
  EXPECT_EQ(refusal(pki.server({"api.test"})), "accepted");
  EXPECT_EQ(refusal(pki.through_intermediate({"api.test"})), "accepted");
  for (const Certificate& bad :
       {pki.server({"other.test"}), pki.expired({"api.test"}), pki.not_yet_valid({"api.test"}),
        pki.self_signed({"api.test"}), pki.from_unknown_ca({"api.test"}),
        pki.missing_intermediate({"api.test"})})
    EXPECT_THAT(refusal(bad), HasSubstr("certificate verify failed"));
}

TEST_F(ScriptedOriginTest, verifies_an_address_by_its_ip_san_and_sees_no_sni) {
  ScriptedOrigin origin(tls());
  RawClient client(origin.endpoint(), verified("127.0.0.1"));
  EXPECT_FALSE(origin.accept()->tls().sent_sni);
}

TEST_F(ScriptedOriginTest, asks_for_a_client_certificate) {
  OriginOptions options = tls();
  options.client_ca_file = pki.ca_file();
  ScriptedOrigin origin(options);
  RawClientOptions with_certificate = verified();
  with_certificate.certificate = pki.client("shop-1");
  RawClient client(origin.endpoint(), with_certificate);
  EXPECT_EQ(origin.accept()->tls().client_subject, "shop-1");
  RawClient without(origin.endpoint(), verified());
  EXPECT_THAT(origin.wait_for_failed_handshakes(1).handshake_errors.at(0),
              HasSubstr("peer did not return a certificate"));
}

TEST_F(ScriptedOriginTest, F043_sessions_resume_and_survive_a_change_of_options) {
  ScriptedOrigin origin(tls(), [](OriginConnection& c) {
    while (c.next_request()) c.respond(200);
  });
  RawClient first(origin.endpoint(), verified());
  EXPECT_EQ(first.roundtrip(get_request).status, 200);  // TLS 1.3: the tickets come with it
  origin.reconfigure([](OriginOptions& options) { options.alpn = {"h2"}; });
  RawClientOptions again = verified();
  again.session = first.session();
  RawClient second(origin.endpoint(), again);
  EXPECT_TRUE(second.resumed());
  EXPECT_EQ(origin.wait_for_handshakes(2).resumed, 1U);
  EXPECT_EQ(second.alpn(), "h2");
}

TEST_F(ScriptedOriginTest, session_tickets_can_be_off_and_tls_held_at_1_2) {
  OriginOptions options = tls();
  options.session_tickets = false;
  options.max_version = TLS1_2_VERSION;
  ScriptedOrigin origin(options, [](OriginConnection& c) {
    while (c.next_request()) c.respond(200, c.tls().version);
  });
  RawClient client(origin.endpoint(), verified());
  EXPECT_EQ(client.roundtrip(get_request).body, "TLSv1.2");
  EXPECT_FALSE(client.session() && SSL_SESSION_has_ticket(client.session().get()));
}

TEST_F(ScriptedOriginTest, F013_sends_a_session_ticket_on_an_idle_connection) {
  ScriptedOrigin origin(tls());
  RawClient client(origin.endpoint(), verified());
  const auto c = origin.accept();
  client.send(get_request);
  c->read_request();
  c->respond(200);
  client.read_response();
  const TlsSession before = client.session();
  c->send_session_ticket();
  c->finish_writing();
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_NE(client.session(), before);
}

TEST_F(ScriptedOriginTest, F042_tells_the_ways_of_ending_apart) {
  const auto end_of = [this](void (*finish)(OriginConnection&)) {
    ScriptedOrigin origin(tls());
    RawClient client(origin.endpoint(), verified());
    finish(*origin.accept());
    client.read_to_end();
    return client.end();
  };
  EXPECT_EQ(end_of([](OriginConnection& c) { c.close(); }), StreamEnd::CloseNotify);
  EXPECT_EQ(end_of([](OriginConnection& c) { c.close_without_notify(); }), StreamEnd::Fin);
  EXPECT_EQ(end_of([](OriginConnection& c) { c.reset(); }), StreamEnd::Reset);
}

TEST_F(ScriptedOriginTest, F045_can_leave_the_handshake_unanswered) {
  OriginOptions options = tls();
  options.answer_handshake = false;
  ScriptedOrigin origin(options);
  Stream silent(connect_to(origin.endpoint()));
  silent.write("\x16\x03\x01");
  origin.wait_for_accepts(1);
  silent.finish_writing();
  EXPECT_EQ(silent.read_to_end(), "");  // not a byte came before the origin's own end
  EXPECT_EQ(origin.handshakes(), 0U);
}

TEST_F(ScriptedOriginTest, refuses_connects_for_a_while_on_the_same_port) {
  ScriptedOrigin origin(plain(), [](OriginConnection& c) {
    while (c.next_request()) c.respond(200);
  });
  RawClient old(origin.endpoint());
  EXPECT_EQ(old.roundtrip(get_request).status, 200);
  origin.stop_listening();
  EXPECT_THROW(RawClient refused(origin.endpoint()), Failure);
  EXPECT_EQ(old.roundtrip(get_request).status, 200);
  origin.listen_again();
  EXPECT_EQ(RawClient(origin.endpoint()).roundtrip(get_request).status, 200);
}

TEST_F(ScriptedOriginTest, drops_all_connections_wherever_their_scripts_wait) {
  ScriptedOrigin origin(tls(), [](OriginConnection& c) { c.next_request(); });
  RawClient fin(origin.endpoint(), verified());
  origin.wait_for_handshakes(1);
  origin.drop_connections(ScriptedOrigin::Drop::Fin);
  fin.read_to_end();
  EXPECT_EQ(fin.end(), StreamEnd::Fin);
  RawClient reset(origin.endpoint(), verified());
  origin.wait_for_handshakes(2);
  origin.drop_connections(ScriptedOrigin::Drop::Reset);
  reset.read_to_end();
  EXPECT_EQ(reset.end(), StreamEnd::Reset);
  origin.wait_for_open(0);
}

TEST_F(ScriptedOriginTest, a_deadline_says_what_was_awaited_and_what_came) {
  ScriptedOrigin origin(plain());
  RawClient client(origin.endpoint());
  const auto c = origin.accept();
  client.send("GET / HT");
  try {
    c->read_request(Patience(50));
    FAIL() << "a request was made up";
  } catch (const Failure& failure) {
    EXPECT_THAT(failure.what(), HasSubstr("GET / HT"));
    EXPECT_THAT(failure.what(), HasSubstr("deadline"));
  }
  EXPECT_THROW(origin.accept(Patience(10)), Failure);
  EXPECT_THROW(origin.wait_for_requests(1, Patience(10)), Failure);
}

TEST_F(ScriptedOriginTest, F010_a_small_receive_buffer_blocks_a_sender) {
  OriginOptions options = plain();
  options.receive_buffer = 4096;
  ScriptedOrigin origin(options);
  RawClient client(origin.endpoint());
  const auto c = origin.accept();
  constexpr std::uint64_t limit = 64 << 20;
  const std::uint64_t sent = client.send_until_blocked(Patience(200), limit);
  EXPECT_LT(sent, limit);
  EXPECT_EQ(c->read_exact(sent), pattern(0, sent));
}

TEST_F(ScriptedOriginTest, serves_hundreds_of_connections_at_once) {
  constexpr std::size_t many = 200;
  ScriptedOrigin origin(plain(), [](OriginConnection& c) {
    while (const auto request = c.next_request()) c.respond(200, request->target);
  });
  std::vector<std::unique_ptr<RawClient>> clients;
  for (std::size_t i = 0; i < many; ++i) {
    clients.push_back(std::make_unique<RawClient>(origin.endpoint()));
    clients.back()->send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  for (std::size_t i = 0; i < many; ++i)
    EXPECT_EQ(clients[i]->read_response().body, "/" + std::to_string(i));
  EXPECT_EQ(origin.wait_for_open(many).accepts, many);
}

}  // namespace
}  // namespace ccnproxy::fakes
