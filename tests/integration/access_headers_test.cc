// Header fields and trace context in the access log.
#include "access_line.h"
#include "client_fixture.h"
#include "reload_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* agent_and_key = "User-Agent: curl/8\r\nX-Api-Key: canary\r\nX-B: \"1\"\r\n";

Response tagged(const Request&) {
  Response response;
  response.fields.emplace_back("ETag", "\"v1\"");
  response.fields.emplace_back("Set-Cookie", "id=canary");
  response.fields.emplace_back("X-Part", "a");
  response.fields.emplace_back("X-Part", "b");
  return response;
}

void choose_headers(DaemonConfig& config) {
  config.set("log.access.request_headers", "[User-Agent, X-Api-Key, X-B, X-Missing]");
  config.set("log.access.response_headers", "[ETag, Set-Cookie, X-Part]");
}

TEST(AccessHeaders, F108_chosen_fields_are_logged_and_credentials_masked) {
  for (const std::string protocol : {"h2", "http/1.1", "plain"}) {
    OneOrigin proxy(protocol, Service(tagged), choose_headers);
    EXPECT_EQ(
        proxy.connect().roundtrip(head("GET / HTTP/1.1", proxy.label_host, agent_and_key)).status,
        200);
    const auto text = proxy.daemon->wait_for_access_records(1).at(0);
    const AccessLine line(text);
    EXPECT_EQ(line.get("request_headers.user-agent"), "curl/8") << protocol;
    EXPECT_EQ(line.get("request_headers.x-b"), "\"1\"") << protocol;
    EXPECT_EQ(line.get("request_headers.x-api-key"), "***") << protocol;
    EXPECT_FALSE(line.has("request_headers.x-missing")) << protocol;
    EXPECT_EQ(line.get("response_headers.etag"), "\"v1\"") << protocol;
    EXPECT_EQ(line.get("response_headers.x-part"), "a, b") << protocol;
    EXPECT_EQ(line.get("response_headers.set-cookie"), "***") << protocol;
    EXPECT_THAT(text, Not(HasSubstr("canary"))) << protocol;
  }
}

TEST(AccessHeaders, what_the_daemon_answers_itself_has_no_fields_of_an_origin) {
  OneOrigin proxy("plain", Service(tagged), choose_headers);
  EXPECT_EQ(proxy.connect().roundtrip(head("GET / HTTP/1.1", "api.test", agent_and_key)).status,
            400);
  const AccessLine line(proxy.daemon->wait_for_access_records(1).at(0));
  EXPECT_EQ(line.get("request_headers.user-agent"), "curl/8");
  EXPECT_FALSE(line.has("response_headers.etag"));
}

TEST(AccessHeaders, in_LTSV_each_has_a_label) {
  OneOrigin proxy("plain", Service(tagged), [](DaemonConfig& config) {
    choose_headers(config);
    config.set("log.access.format", "ltsv");
  });
  proxy.connect().roundtrip(head("GET / HTTP/1.1", proxy.label_host, agent_and_key));
  const auto line = proxy.daemon->wait_for_access_records(1).at(0) + "\t";
  EXPECT_THAT(line, HasSubstr("\treq_user-agent:curl/8\treq_x-api-key:***\treq_x-b:\\\"1\\\"\t"));
  EXPECT_THAT(line, HasSubstr("\tres_etag:\\\"v1\\\"\tres_set-cookie:***\tres_x-part:a, b\t"));
}

TEST(AccessHeaders, F106_a_valid_traceparent_is_logged_and_goes_on_as_it_came) {
  const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
  const std::string span = "00f067aa0ba902b7";
  for (const std::string protocol : {"h2", "http/1.1"}) {
    OneOrigin proxy(protocol, Service(standard_answers));
    RawClient client = proxy.connect();
    const auto asked = [&](const std::string& value) {
      const auto fields = "traceparent: " + value + "\r\ntracestate: a=b\r\n";
      return client.roundtrip(head("GET /head HTTP/1.1", proxy.label_host, fields)).body;
    };
    const std::string valid = "00-" + id + "-" + span + "-01";
    EXPECT_THAT(asked(valid), HasSubstr("traceparent: " + valid)) << protocol;
    const std::string wrong = "00-" + id + "-0000000000000000-01";
    EXPECT_THAT(asked(wrong), HasSubstr("traceparent: " + wrong)) << protocol;
    const auto lines = proxy.daemon->wait_for_access_records(2);
    EXPECT_EQ(AccessLine(lines.at(0)).get("trace_id"), id) << protocol;
    EXPECT_EQ(AccessLine(lines.at(0)).get("span_id"), span) << protocol;
    EXPECT_FALSE(AccessLine(lines.at(1)).has("trace_id")) << protocol;
    EXPECT_FALSE(AccessLine(lines.at(1)).has("span_id")) << protocol;
  }
}

TEST_F(Reload, the_access_log_has_other_header_fields_for_the_next_request) {
  Proxy& proxy = start();
  EXPECT_EQ(proxy.get("/", agent_and_key).status, 200);
  config.set("log.access.request_headers", "[User-Agent]");
  reload();
  EXPECT_THAT(log(), HasSubstr("SIGHUP: log.access.request_headers: + user-agent\n"));
  EXPECT_EQ(proxy.get("/", agent_and_key).status, 200);
  const auto records = proxy.records(2);
  EXPECT_THAT(records[0].line(), Not(HasSubstr("request_headers")));
  EXPECT_THAT(records[1].line(), HasSubstr(R"("request_headers":{"user-agent":"curl/8"})"));
}

}  // namespace
}  // namespace ccnproxy::integration
