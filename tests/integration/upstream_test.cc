// `upstream`: every request goes to one server, and its addresses share them.
#include <optional>

#include "client_fixture.h"
#include "fakes/stub_resolver.h"
#include "fakes/temp_dir.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;

const std::string first_place = "127.0.0.1";
const std::string second_place = "127.0.0.2";

/// One origin of every name below .test, all requests go to https://up.test (or http://).
class Upstream : public ::testing::TestWithParam<std::string> {
 protected:
  std::string upstream() const {
    return GetParam() == "plain" ? "http://up.test" : "https://up.test";
  }
  static OriginOptions options() {
    auto made = origin_speaking(GetParam());
    if (made.tls) made.certificate = pki().server({"up.test"});
    return made;
  }
  /// What the origin got, "GET /x HOST" at its head.
  std::string head_at_origin(RawClient& client, const std::string& request) {
    return client.roundtrip(request).body;
  }

  ScriptedOrigin origin_{options(), Service(standard_answers)};
  Proxy proxy_{one_worker()
                   .set("upstream", upstream())
                   .origin("*.test", origin_.endpoint(), pki().ca_file())};
};
INSTANTIATE_TEST_SUITE_P(Origins, Upstream, ::testing::Values("h2", "http/1.1", "plain"),
                         origin_name);

TEST_P(Upstream, every_request_goes_there_with_its_host_unchanged) {
  RawClient client = proxy_.client();
  for (const std::string host :
       {"www.example.com", "WWW.example.com:8080", "api.other.test.ccnproxy-https", "127.0.0.1",
        "localhost", "[::1]:3000", "up.test"}) {
    const auto response = client.roundtrip(head("GET /head HTTP/1.1", host));
    EXPECT_EQ(response.status, 200) << host;
    EXPECT_THAT(response.body, HasSubstr("GET /head " + host + "\n"));
  }
  EXPECT_EQ(origin_.requests(), 7U);
}

TEST_P(Upstream, the_host_of_a_whole_uri_wins_and_no_host_is_the_upstreams_own) {
  RawClient client = proxy_.client();
  for (const std::string scheme : {"http", "https"}) {
    const auto line = "GET " + scheme + "://named.example:81/head HTTP/1.1";
    EXPECT_THAT(client.roundtrip(head(line, "other.example")).body,
                HasSubstr("GET /head named.example:81\n"));
  }
  EXPECT_THAT(proxy_.client().roundtrip("GET /head HTTP/1.0\r\n\r\n").body,
              HasSubstr("GET /head up.test\n"));
}

TEST_P(Upstream, nothing_of_ours_shadows_its_paths) {
  RawClient client = proxy_.client();
  for (const std::string path : {"/hc", "/.api/http-stats"}) {
    const auto response = client.roundtrip(head("GET " + path + " HTTP/1.1", "localhost"));
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "ok") << "the origin's word, not ours";
  }
  EXPECT_EQ(origin_.requests(), 2U);
}

TEST_P(Upstream, F055_what_has_been_through_a_chocon_is_refused) {
  const auto response = proxy_.client().roundtrip(
      head("GET / HTTP/1.1", "www.example.com", "X-Chocon-Ver: 0.12.5\r\n"));
  EXPECT_EQ(response.status, 508);
  EXPECT_EQ(origin_.requests(), 0U);
}

TEST_P(Upstream, what_can_not_be_read_in_one_way_is_refused_here_too) {
  for (const auto& [request, status] : std::vector<std::pair<std::string, int>>{
           {"GET http://joe@named.example/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
           {"GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
           {"GET ftp://a/x HTTP/1.1\r\nHost: a\r\n\r\n", 400},
           {"GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
           {"GET /x HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
           {"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 405}}) {
    EXPECT_EQ(proxy_.client().roundtrip(request).status, status) << request;
  }
  EXPECT_EQ(origin_.requests(), 0U);
}

TEST_P(Upstream, the_log_tells_both_names) {
  EXPECT_EQ(proxy_.client().get("www.example.com").status, 200);
  const auto record = proxy_.daemon.wait_for_access_records(1).front();
  EXPECT_EQ(Record(record).get("origin"), upstream());
  EXPECT_EQ(Record(record).get("host"), "www.example.com");
}

TEST(UpstreamTls, F040_its_own_name_is_verified_whatever_the_host) {
  ScriptedOrigin origin(speaking({"h2"}), Service(standard_answers));  // a certificate for api.test
  Proxy proxy(one_worker()
                  .set("upstream", "https://up.test")
                  .origin("*.test", origin.endpoint(), pki().ca_file()));
  const auto response = proxy.client().get("api.test");
  EXPECT_EQ(response.status, 502);
  EXPECT_EQ(proxy_error(response), "tls_certificate_error");
}

TEST(UpstreamWarm, F101_is_ready_before_the_first_request) {
  ScriptedOrigin origin(speaking({"h2"}), Service(standard_answers));
  Proxy proxy(one_worker()
                  .set("upstream", "https://api.test")
                  .set("pool.min_ready", "1")
                  .origin("*.test", origin.endpoint(), pki().ca_file()));
  origin.wait_for_handshakes(1);
  EXPECT_EQ(proxy.client().get("www.example.com").status, 200);
  EXPECT_EQ(proxy.record().get("found"), "ready");
}

TEST(UpstreamState, F101_other_origins_of_before_are_not_made_ready) {
  TempDir folder;
  const auto file = folder.write(
      "state.yaml",
      "version: 1\norigins:\n"
      "  - {origin: \"https://other.test\", protocol: h2, peak: 1, last_used: 8000000000}\n"
      "  - {origin: \"https://api.test\", protocol: h2, peak: 1, last_used: 8000000000}\n");
  ScriptedOrigin api(speaking({"h2"}), Service(standard_answers));
  ScriptedOrigin other(speaking({"h2"}), Service(standard_answers));
  Proxy proxy(one_worker()
                  .set("upstream", "https://api.test")
                  .set("pool.min_ready", "1")
                  .set("pool.state_file", '"' + file + '"')
                  .origin("api.test", api.endpoint(), pki().ca_file())
                  .origin("other.test", other.endpoint(), pki().ca_file()));
  api.wait_for_handshakes(1);
  EXPECT_EQ(proxy.client().get("other.test").status, 200);
  EXPECT_EQ(other.accepts(), 0U);
}

/// up.test at two places with the same port; each says where it is.
class UpstreamAddresses : public ::testing::TestWithParam<std::string> {
 protected:
  UpstreamAddresses() {
    listen();
    name({first_place, second_place});
    const std::string scheme = GetParam() == "plain" ? "http" : "https";
    config.set("upstream", scheme + "://up.test:" + std::to_string(first->port()))
        .set("dns.servers", "[\"" + dns.endpoint() + "\"]")
        .set("dns.min_ttl", "1ms")
        .set("pool.min_ready", "1")
        .set("tls.ca_file", '"' + pki().ca_file() + '"');
  }
  void name(std::vector<std::string> places) {
    dns.set("up.test", {.addresses = std::move(places), .ttl = std::chrono::seconds(0)});
  }
  /// Both have a connection that takes requests, so that both can be chosen.
  static void wait_until_ready(Proxy& proxy) {
    for (const Deadline deadline; get(proxy) == get(proxy);)
      if (deadline.passed()) throw Failure("all requests go to one address");
  }
  static std::string get(Proxy& proxy) { return proxy.client().get("www.example.com").body; }

  StubResolver dns;
  std::shared_ptr<Latch> hold = std::make_shared<Latch>();  ///< of answers to /hold
  std::optional<ScriptedOrigin> first, second;
  DaemonConfig config = one_worker();

 private:
  Service service(const std::string& place) {
    return Service([place, hold = hold](const Request& request) {
      if (request.target == "/hold") hold->wait();
      return Response{.body = place};
    });
  }
  /// The one chooses the port; where the other can't have it, another is tried.
  void listen() {
    OriginOptions options = origin_speaking(GetParam());
    if (options.tls) options.certificate = pki().server({"up.test"});
    for (int tries_left = 100; !second; --tries_left) {
      options.address = first_place + ":0";
      first.emplace(options, service(first_place));
      options.address = second_place + ":" + std::to_string(first->port());
      try {
        second.emplace(options, service(second_place));
      } catch (const Failure&) {
        if (tries_left == 0) throw;
      }
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Origins, UpstreamAddresses, ::testing::Values("h2", "http/1.1", "plain"),
                         origin_name);

TEST_P(UpstreamAddresses, F034_single_requests_take_turns) {
  Proxy proxy(config);
  wait_until_ready(proxy);
  std::map<std::string, int> answered;
  std::string before;
  for (int i = 0; i < 10; ++i) {
    const auto from = get(proxy);
    EXPECT_NE(from, before);
    before = from;
    ++answered[from];
  }
  EXPECT_EQ(answered, (std::map<std::string, int>{{first_place, 5}, {second_place, 5}}));
}

TEST_P(UpstreamAddresses, F034_a_request_goes_where_the_fewest_are_in_flight) {
  Proxy proxy(config);
  wait_until_ready(proxy);
  const auto at_first = first->requests();
  const auto before = at_first + second->requests();
  RawClient waits = proxy.client();
  waits.send(head("GET /hold HTTP/1.1", "www.example.com"));
  for (const Deadline deadline; first->requests() + second->requests() == before;)
    ASSERT_FALSE(deadline.passed());
  const auto free = first->requests() == at_first ? first_place : second_place;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(get(proxy), free);
  hold->open();
  EXPECT_NE(waits.read_response().body, free);
}

TEST_P(UpstreamAddresses, F050_while_one_refuses_the_other_serves_all) {
  second->stop_listening();
  Proxy proxy(config);
  first->wait_for_accepts(1);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(get(proxy), first_place);
}

TEST_P(UpstreamAddresses, F046_an_address_that_comes_new_gets_its_share) {
  name({first_place});
  Proxy proxy(config);
  EXPECT_EQ(get(proxy), first_place);
  name({first_place, second_place});
  for (const Deadline deadline; get(proxy) != second_place;) ASSERT_FALSE(deadline.passed());
}

TEST_P(UpstreamAddresses, F089_a_denied_address_gets_nothing) {
  config.set("origins.deny_addresses", "[" + second_place + "]");
  Proxy proxy(config);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(get(proxy), first_place);
  EXPECT_EQ(second->accepts(), 0U);
}

TEST(UpstreamFlag, chocons_flag_does_the_same) {
  ScriptedOrigin origin(origin_speaking("plain"), Service(standard_answers));
  const auto daemon =
      start_daemon(one_worker().origin("*.test", origin.endpoint()), [](ChildOptions& options) {
        options.arguments.insert(options.arguments.end(), {"--upstream", "http://up.test/"});
      });
  EXPECT_THAT(RawClient(daemon->address()).get("www.example.com", "/head").body,
              HasSubstr("GET /head www.example.com\n"));
}

}  // namespace
}  // namespace ccnproxy::integration
