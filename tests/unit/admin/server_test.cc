#include "ccnproxy/admin/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include "fakes/prometheus_text.h"
#include "fakes/raw_client.h"
#include "fakes/temp_dir.h"
#include "reports.h"
#include "running_server.h"

namespace ccnproxy::admin {
namespace {

using namespace std::chrono_literals;
using fakes::RawClient;
using fakes::StreamEnd;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(AdminServer, health_is_always_ok_and_readiness_is_as_told) {
  Running server;
  EXPECT_EQ(server.get("/healthz").body, "ok\n");
  const auto ready = server.get("/readyz");
  EXPECT_EQ(ready.status, 200);
  EXPECT_EQ(ready.body, "ready\n");
  server.do_there([&] { server.source.ready = {false, "draining"}; });
  const auto draining = server.get("/readyz");
  EXPECT_EQ(draining.status, 503);
  EXPECT_EQ(draining.body, "draining\n");
  EXPECT_EQ(server.get("/healthz").status, 200);
}

TEST(AdminServer, pools_and_their_filter) {
  Running server;
  server.do_there([&] {
    server.source.report(0).pools = {pool_of("https://a.test:8443"), pool_of("http://b.test")};
  });
  const auto all = server.get("/pools");
  EXPECT_EQ(all.status, 200);
  EXPECT_EQ(all.fields.get("content-type"), "application/json");
  EXPECT_EQ(YAML::Load(all.body)["origins"].size(), 2U);
  for (const char* query :
       {"origin=https://a.test:8443", "x=y&origin=https%3A%2F%2Fa.test%3a8443"}) {
    const auto one = YAML::Load(server.get(std::string("/pools?") + query).body)["origins"];
    ASSERT_EQ(one.size(), 1U) << query;
    EXPECT_EQ(one[0]["origin"].as<std::string>(), "https://a.test:8443");
  }
  for (const char* query : {"origin=", "origins=x", "origin", ""})
    EXPECT_EQ(YAML::Load(server.get(std::string("/pools?") + query).body)["origins"].size(), 2U);
  EXPECT_EQ(YAML::Load(server.get("/pools?origin=%zz%4").body)["origins"].size(), 0U);
  EXPECT_EQ(YAML::Load(server.get("/pools?by=requests&top=1").body)["origins"].size(), 1U);
  for (const char* query : {"by=size", "top=many"}) {
    const auto refused = server.get(std::string("/pools?") + query);
    EXPECT_EQ(refused.status, 400) << query;
    EXPECT_THAT(refused.body, HasSubstr("attention"));
  }
}

TEST(AdminServer, metrics_say_their_format) {
  Running server;
  server.do_there([&] { server.source.report(0).clients = 3; });
  const auto response = server.get("/metrics");
  EXPECT_THAT(response.fields.get("content-type"), StartsWith("text/plain; version=0.0.4"));
  EXPECT_EQ(fakes::PrometheusText(response.body).value("ccnproxy_clients"), 3);
}

TEST(AdminServer, config_and_the_list_of_paths) {
  Running server;
  EXPECT_THAT(server.get("/config").body, HasSubstr("\nworkers: auto\n"));
  const auto list = AllOf(HasSubstr("/healthz"), HasSubstr("/readyz"), HasSubstr("/pools"),
                          HasSubstr("/metrics"), HasSubstr("/config"));
  for (const char* target : {"/nowhere", "/pools/", "/Pools", "*", "//", "/healthz%20"}) {
    const auto nothing = server.get(target);
    EXPECT_EQ(nothing.status, 404) << target;
    EXPECT_THAT(nothing.body, list);
  }
}

/// What is between the only `<tag>` and its end.
std::string element(const std::string& page, const std::string& tag) {
  const auto begin = page.find('<' + tag + '>') + tag.size() + 2;
  return page.substr(begin, page.find("</" + tag + '>') - begin);
}

std::string hash_of(const std::string& text) {
  unsigned char digest[32], base64[64];
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr);
  EVP_EncodeBlock(base64, digest, static_cast<int>(size));
  return "'sha256-" + std::string(reinterpret_cast<const char*>(base64)) + "'";
}

TEST(AdminServer, the_dashboard_may_run_its_own_script_and_nothing_else) {
  Running server;
  const auto page = server.get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.fields.get("content-type"), "text/html; charset=utf-8");
  const std::string policy(page.fields.get("content-security-policy"));
  EXPECT_THAT(policy, StartsWith("default-src 'none'; "));
  EXPECT_THAT(policy, HasSubstr("script-src " + hash_of(element(page.body, "script")) + ';'));
  EXPECT_THAT(policy, HasSubstr("style-src " + hash_of(element(page.body, "style")) + ';'));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_THAT(page.body, Not(testing::ContainsRegex("(src|href)=.https?:|url[(][^#]|@import")));
  EXPECT_THAT(page.body, Not(testing::ContainsRegex(" on[a-z]+=|innerHTML|insertAdjacentHTML")));
  EXPECT_EQ(server.get("/healthz").fields.get("content-security-policy"),
            "default-src 'none'; frame-ancestors 'none'");
}

TEST(AdminServer, a_worker_that_does_not_answer_is_named) {
  auto options = patient();
  options.answer = 20ms;
  Running server(options, "127.0.0.1:0", 2);
  server.do_there([&] { server.source.held = {1}; });
  const auto pools = YAML::Load(server.get("/pools").body);
  EXPECT_EQ(pools["silent_workers"].as<std::vector<int>>(), std::vector<int>{1});
  EXPECT_THAT(server.get("/metrics").body, HasSubstr("ccnproxy_worker_up{worker=\"1\"} 0\n"));
  EXPECT_EQ(server.get("/healthz").status, 200);
}

TEST(AdminServer, health_does_not_wait_for_workers) {
  Running server;
  server.do_there([&] { server.source.held = {0}; });
  RawClient waits = server.connect();
  waits.send("GET /pools HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(server.get("/healthz").status, 200);
  server.do_there([&] { server.source.release(); });
  EXPECT_EQ(waits.read_response().status, 200);
}

TEST(AdminServer, head_is_get_without_the_body) {
  Running server;
  RawClient client = server.connect();
  const auto body = client.get("localhost", "/").body;
  const auto head = client.roundtrip("HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n", "HEAD");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.fields.get("content-length"), std::to_string(body.size()));
  EXPECT_EQ(client.get("localhost", "/healthz").body, "ok\n");  // nothing of a body came in between
}

TEST(AdminServer, other_methods_are_refused_and_told_which_there_are) {
  Running server;
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "FANCY"}) {
    const auto response = server.connect().roundtrip(std::string(method) +
                                                     " /pools HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(response.fields.get("allow"), "GET, HEAD");
  }
}

TEST(AdminServer, the_log_level_is_shown_and_set) {
  Running server;
  RawClient client = server.connect();
  EXPECT_EQ(client.get("localhost", "/log-level").body, "info\n");
  const auto post = [&](const std::string& query, const std::string& fields = "") {
    return client.roundtrip("POST /log-level" + query + " HTTP/1.1\r\nHost: localhost\r\n" +
                            fields + "\r\n");
  };
  EXPECT_EQ(post("?level=debug").body, "debug\n");
  EXPECT_EQ(client.get("localhost", "/log-level").body, "debug\n");
  EXPECT_EQ(client.get("localhost", "/log-level?level=info").body, "debug\n")
      << "GET changes nothing";
  EXPECT_EQ(post("?level=loud").status, 400);
  EXPECT_EQ(post("").status, 400);
  EXPECT_EQ(
      client.roundtrip("PUT /log-level HTTP/1.1\r\nHost: localhost\r\n\r\n").fields.get("allow"),
      "GET, HEAD, POST");
  EXPECT_EQ(client.get("localhost", "/log-level").body, "debug\n");
}

TEST(AdminServer, F102_the_last_reload_is_told_and_none_is_begun) {
  Running server;
  const auto process = std::to_string(::getpid());
  EXPECT_EQ(server.get("/reload").body,
            "{\"pid\":" + process +
                ",\"reloads\":0,\"running\":false,\"ending\":false,\"successful\":true,"
                "\"faults\":[],\"postponed\":[]}\n");
  server.do_there([&] {
    server.source.reloaded = {.successful = false,
                              .begun = 3,
                              .running = true,
                              .ending = true,
                              .faults = {"c.yaml:1:1: unknown key `a\"`", "two"},
                              .postponed = {"workers: 1 -> 2"}};
  });
  EXPECT_EQ(server.get("/reload").body,
            "{\"pid\":" + process +
                ",\"reloads\":3,\"running\":true,\"ending\":true,\"successful\":false,"
                "\"faults\":[\"c.yaml:1:1: unknown key `a\\\"`\",\"two\"],"
                "\"postponed\":[\"workers: 1 -> 2\"]}\n");
  EXPECT_EQ(server.connect().roundtrip("POST /reload HTTP/1.1\r\nHost: localhost\r\n\r\n").status,
            405);
}

TEST(AdminServer, F092_no_web_page_sets_the_log_level) {
  Running server;
  for (const char* from : {"http://evil.example", "null", "http://x"}) {
    const auto response = server.connect().roundtrip(
        "POST /log-level?level=debug HTTP/1.1\r\nHost: localhost\r\nOrigin: " + std::string(from) +
        "\r\n\r\n");
    EXPECT_EQ(response.status, 403) << from;
  }
  EXPECT_EQ(server.connect().get("localhost", "/log-level").body, "info\n");
}

TEST(AdminServer, bodies_are_refused_and_end_the_connection) {
  Running server;
  const std::string body(100'000, 'x');
  const std::vector<std::string> requests = {
      "GET / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + body,
      "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello"};
  for (const auto& request : requests) {
    RawClient client = server.connect();
    client.send(request);
    client.finish_writing();
    EXPECT_EQ(client.read_response().status, 413);
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(client.end(), StreamEnd::Fin);  // the answer was not lost to a reset
  }
  RawClient post = server.connect();
  post.send("POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + body);
  EXPECT_EQ(post.read_response().status, 405);
  EXPECT_EQ(post.read_to_end(), "");
}

TEST(AdminServer, F094_a_head_has_a_limit) {
  Running server;
  const std::string field(4000, 'x');
  RawClient client = server.connect();
  EXPECT_EQ(client.get("localhost", "/healthz", {{"a", field}}).status, 200);
  client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nA: " + field + "\r\nB: " + field +
              "\r\nC: " + field + "\r\n\r\n");
  EXPECT_EQ(client.read_response().status, 431);
  EXPECT_EQ(client.read_to_end(), "");
  RawClient endless = server.connect();
  endless.send("GET /" + std::string(100'000, 'x'));
  EXPECT_EQ(endless.read_response().status, 431);
}

TEST(AdminServer, what_is_not_http_gets_400) {
  Running server;
  for (const char* bytes :
       {"hello\r\n\r\n", "GET / HTTP/2.0\r\n\r\n", "GET / HTTP/1.1\r\nA b\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"}) {
    RawClient client = server.connect();
    client.send(bytes);
    EXPECT_EQ(client.read_response().status, 400) << bytes;
    EXPECT_EQ(client.read_to_end(), "");
  }
}

TEST(AdminServer, keeps_connections_as_the_client_wants) {
  Running server;
  RawClient kept = server.connect();
  kept.send("GET /healthz HTTP/1.1\r\n\r\nGET /readyz HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(kept.read_response().body, "ok\n");
  const auto last = kept.read_response();
  EXPECT_EQ(last.body, "ready\n");
  EXPECT_EQ(last.fields.get("connection"), "close");
  EXPECT_EQ(kept.read_to_end(), "");
  EXPECT_EQ(kept.end(), StreamEnd::Fin);
  RawClient old = server.connect();
  EXPECT_EQ(old.roundtrip("GET /healthz HTTP/1.0\r\n\r\n").body, "ok\n");
  EXPECT_EQ(old.read_to_end(), "");
}

TEST(AdminServer, F094_slow_and_silent_clients_are_let_go) {
  ServerOptions options;
  options.first_byte = options.head = options.idle = 30ms;
  Running server(options);
  RawClient silent = server.connect();
  EXPECT_EQ(silent.read_to_end(), "");
  RawClient slow = server.connect();
  slow.send("GET /healthz HT");
  EXPECT_EQ(slow.read_to_end(), "");
  RawClient idle = server.connect();
  EXPECT_EQ(idle.get("localhost", "/healthz").status, 200);
  EXPECT_EQ(idle.read_to_end(), "");
}

TEST(AdminServer, listens_on_a_unix_socket) {
  const fakes::TempDir folder;
  Running server(patient(), "unix:" + folder.path() + "/admin.sock");
  EXPECT_EQ(server.get("/healthz").body, "ok\n");
}

TEST(AdminServer, ends_with_connections_open_and_answers_awaited) {
  Running server;
  RawClient idle = server.connect();
  EXPECT_EQ(idle.get("localhost", "/healthz").status, 200);
  server.do_there([&] { server.source.held = {0}; });
  RawClient waits = server.connect();
  waits.send("GET /metrics HTTP/1.1\r\n\r\n");
  EXPECT_EQ(idle.get("localhost", "/healthz").status, 200);
  server.close();
  EXPECT_EQ(idle.get("localhost", "/healthz").status, 200);
  EXPECT_THROW(server.connect(), fakes::Failure);
}

}  // namespace
}  // namespace ccnproxy::admin
