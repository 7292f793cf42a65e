// The access log: one true line for each request, whatever happened to it and whatever it said.
#include <filesystem>
#include <fstream>

#include "access_line.h"
#include "client_fixture.h"
#include "fakes/temp_dir.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<AccessLine> read_lines(const std::vector<std::string>& lines) {
  return {lines.begin(), lines.end()};
}

/// "status type/side/phase" of each record, for requests named by their target.
std::map<std::string, std::string> outcome_by_target(const std::vector<AccessLine>& lines) {
  std::map<std::string, std::string> outcomes;
  for (const AccessLine& line : lines) {
    std::string text = line.get("status");
    if (line.has("error.type"))
      text += " " + line.get("error.type") + "/" + line.get("error.side") + "/" +
              line.get("error.phase");
    EXPECT_TRUE(outcomes.emplace(line.get("target"), text).second) << line.get("target");
  }
  return outcomes;
}

TEST(DaemonLog, F106_a_served_request_with_all_its_fields) {
  for (const std::string protocol : {"h2", "http/1.1", "plain"}) {
    OneOrigin proxy(protocol, Service(standard_answers));
    RawClient client = proxy.connect();
    for (int i = 0; i < 2; ++i) {
      client.roundtrip(
          head("POST /echo HTTP/1.1", proxy.label_host,
               "X-Chocon-Req: id-" + std::to_string(i) + "\r\nTransfer-Encoding: chunked\r\n") +
          "5\r\nhello\r\n0\r\n\r\n");
    }
    const auto lines = read_lines(proxy.daemon->wait_for_access_records(2));
    const AccessLine& second = lines.at(1);
    EXPECT_EQ(second.get("method"), "POST");
    EXPECT_EQ(second.get("target"), "/echo");
    EXPECT_EQ(second.get("host"), proxy.label_host);
    EXPECT_EQ(second.get("origin"), protocol == "plain" ? "http://api.test" : "https://api.test");
    EXPECT_EQ(second.get("protocol"), protocol == "h2" ? "h2" : "http/1.1");
    EXPECT_EQ(second.get("address"), proxy.origin.endpoint());
    EXPECT_EQ(second.get("status"), "200");
    EXPECT_EQ(second.get("bytes_in"), "5");
    EXPECT_EQ(second.get("bytes_out"), "5");
    EXPECT_EQ(lines.at(0).get("reused"), "false");
    EXPECT_EQ(second.get("reused"), "true");
    EXPECT_EQ(second.get("retries"), "0");
    EXPECT_EQ(second.get("request_id"), "id-1");
    EXPECT_THAT(second.get("client"), ::testing::StartsWith("127.0.0.1:"));
    EXPECT_FALSE(second.has("error.type"));
    EXPECT_FALSE(second.has("tcp_ms"));  // nothing was dialed for it
    for (const std::string key : {"time", "wait_ms", "first_byte_ms", "total_ms"})
      EXPECT_TRUE(second.has(key)) << key;
    EXPECT_EQ(lines.at(0).has("tls_ms"), true);
  }
}

/// An origin that does what the target says. What it served well keeps its connection: were it
/// closed, the next request could meet the end of it, which has a word of its own.
void misbehave(OriginConnection& connection) {
  while (const auto request = connection.next_request()) {
    if (request->target == "/closes") return;
    if (request->target == "/resets") return connection.reset();
    if (request->target == "/is-no-http") return connection.write("SSH-2.0-x\r\n\r\n");
    if (request->target == "/breaks-off")
      return connection.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    if (request->target == "/says-nothing") {
      connection.wait_for_end(Deadline::never());
      return;
    }
    connection.respond(200);
  }
}

TEST(DaemonLog, F107_every_cause_has_its_own_word_and_every_request_one_line) {
  ScriptedOrigin no_tls(origin_speaking("plain"),
                        [](OriginConnection& c) { c.respond(400, "this is no place for TLS"); });
  OneOrigin proxy("plain", misbehave, [&](DaemonConfig& config) {
    config.origin("refuses.example", "127.0.0.1:1");
    config.origin("speaks-no-tls.example", no_tls.endpoint());
    config.set("timeouts.response_head", "300ms").set("limits.body_bytes", "10");
    config.set("retries.attempts", "0");
  });
  const auto status = [&](const std::string& request) {
    return proxy.connect().roundtrip(request).status;
  };
  const auto get = [&](const std::string& target, const std::string& name = "api.test.ccnproxy") {
    return status(head("GET " + target + " HTTP/1.1", name));
  };
  EXPECT_EQ(get("/fine"), 200);
  EXPECT_EQ(get("/closes"), 502);
  EXPECT_EQ(get("/resets"), 502);
  EXPECT_EQ(get("/is-no-http"), 502);
  EXPECT_EQ(get("/breaks-off"), 200);
  EXPECT_EQ(get("/says-nothing"), 504);
  EXPECT_EQ(get("/refused", "refuses.example.ccnproxy"), 502);
  EXPECT_EQ(get("/no-tls", "speaks-no-tls.example.ccnproxy-https"), 502);
  EXPECT_EQ(get("/no-label", "api.test"), 400);
  EXPECT_EQ(get("/hc", "localhost"), 200);
  EXPECT_EQ(status(head("POST /too-large HTTP/1.1", proxy.label_host, "Content-Length: 11\r\n")),
            413);
  EXPECT_EQ(status(head("GET /bad HTTP/1.1", proxy.label_host, "Content-Length: x\r\n")), 400);
  RawClient leaves = proxy.connect();
  leaves.send(head("POST /left HTTP/1.1", proxy.label_host, "Content-Length: 9\r\n") + "half");
  proxy.origin.wait_for_accepts(6);
  leaves.close();
  const auto outcomes = outcome_by_target(read_lines(proxy.daemon->wait_for_access_records(13)));
  const std::map<std::string, std::string> expected = {
      {"/fine", "200"},
      {"/closes", "502 connection_terminated/origin/response"},
      {"/resets", "502 connection_terminated/origin/response"},
      {"/is-no-http", "502 http_protocol_error/origin/response"},
      {"/breaks-off", "200 http_response_incomplete/origin/response"},
      {"/says-nothing", "504 http_response_timeout/origin/response"},
      {"/refused", "502 connection_refused/origin/tcp"},
      {"/no-tls", "502 tls_protocol_error/origin/tls"},
      {"/no-label", "400 http_request_error/client/route"},
      {"/hc", "200"},
      {"/too-large", "413 http_request_error/client/request"},
      {"/bad", "400 http_request_error/client/request"},
      {"/left", "499 connection_terminated/client/request"},
  };
  EXPECT_EQ(outcomes, expected);
}

TEST(DaemonLog, F107_the_same_word_is_in_the_answer) {
  OneOrigin proxy("plain", misbehave,
                  [](DaemonConfig& config) { config.set("retries.attempts", "0"); });
  for (const std::string target : {"/closes", "/is-no-http"})
    EXPECT_THAT(proxy_error(proxy.connect().get(proxy.label_host, target)), Not(HasSubstr("%")));
  const auto closes = proxy.connect().get(proxy.label_host, "/closes");
  EXPECT_EQ(proxy_error(closes), "connection_terminated");
  EXPECT_THAT(closes.body, HasSubstr("http://api.test"));
  EXPECT_THAT(closes.body, HasSubstr(proxy.origin.endpoint()));
}

TEST(DaemonLog, F104_nothing_that_a_client_sends_breaks_a_line) {
  OneOrigin proxy("plain", Service(standard_answers));
  std::vector<std::string> requests;
  for (int byte = 0; byte < 256; ++byte) {
    const std::string c(1, static_cast<char>(byte));
    requests.push_back("GET /a" + c + "b HTTP/1.1\r\nHost: h" + c + "\"\\.ccnproxy\r\n\r\n");
    requests.push_back(
        head("GET /c HTTP/1.1", "api.test.ccnproxy", "X-Chocon-Req: i" + c + "\"\r\n"));
  }
  requests.push_back(head("GET /\",\"status\":200,\"x\":\"} HTTP/1.1", "api.test.ccnproxy"));
  requests.push_back(head("GET /\xff\xfe\xc3\x28\xed\xa0\x80 HTTP/1.1", "api.test.ccnproxy"));
  requests.push_back("G\"E\\T\x01 / HTTP/1.1\r\n\r\n");
  for (const std::string& request : requests)
    EXPECT_GE(proxy.connect().roundtrip(request).status, 200);
  const auto lines = proxy.daemon->wait_for_access_records(requests.size());
  ASSERT_EQ(lines.size(), requests.size());
  for (const std::string& line : lines) EXPECT_NO_THROW(AccessLine read(line)) << line;
  EXPECT_EQ(AccessLine(lines[lines.size() - 3]).get("target"), "/\",\"status\":200,\"x\":\"}");
}

TEST(DaemonLog, F108_secrets_are_not_logged) {
  const std::vector<std::string> requests = {
      head("GET /a?token=canary HTTP/1.1", "api.test.ccnproxy"),
      head("GET http://api.test/b?token=canary HTTP/1.1", "api.test"),
      head("GET http://user:canary@api.test/c HTTP/1.1", "api.test"),
      head("GET /d?token=canary HTTP/1.1", "no-label.test"),
      head("GET /e?canary HTTP/1.1", "api.test.ccnproxy", "Content-Length: x\r\n"),
      head("GET /f HTTP/1.1", "api.test.ccnproxy",
           "Authorization: canary\r\nCookie: canary\r\nReferer: canary\r\n"),
      "GET /g?canary\x01 HTTP/1.1\r\n\r\n",
  };
  OneOrigin proxy("plain", Service(standard_answers));
  for (const auto& request : requests) proxy.connect().roundtrip(request);
  for (const auto& line : proxy.daemon->wait_for_access_records(requests.size()))
    EXPECT_THAT(line, Not(HasSubstr("canary")));
  EXPECT_THAT(proxy.daemon->log(), Not(HasSubstr("canary")));
}

TEST(DaemonLog, F108_unless_the_query_is_asked_for) {
  OneOrigin proxy("plain", Service(standard_answers), [](DaemonConfig& config) {
    config.set("log.access", "{to: stdout, query: true}");
  });
  EXPECT_EQ(proxy.connect().get(proxy.label_host, "/a?b=c").status, 200);
  EXPECT_EQ(AccessLine(proxy.daemon->wait_for_access_records(1)[0]).get("target"), "/a?b=c");
}

TEST(DaemonLog, F105_a_stdout_that_nobody_reads_stops_no_request) {
  constexpr std::size_t batch = 100;
  constexpr std::size_t total = 20'000;
  OneOrigin proxy("plain", Service(standard_answers));
  proxy.daemon->process().pause_out(true);
  RawClient client = proxy.connect();
  std::string requests;
  for (std::size_t i = 0; i < batch; ++i) requests += head("GET / HTTP/1.1", proxy.label_host);
  for (std::size_t sent = 0; sent < total; sent += batch) {
    client.send(requests);
    for (std::size_t i = 0; i < batch; ++i) ASSERT_EQ(client.read_response().body, "ok");
  }
  proxy.daemon->process().pause_out(false);
  // Each request has its line, or is one of those that a line counts as dropped.
  std::size_t accounted = 0;
  for (std::size_t seen = 0; accounted < total;) {
    const auto lines = proxy.daemon->wait_for_access_records(seen + 1);
    for (; seen < lines.size(); ++seen) {
      const AccessLine line(lines[seen]);
      const bool dropped = line.get("event") == "access_log_dropped";
      accounted += dropped ? std::stoul(line.get("count")) : 1;
    }
  }
  EXPECT_EQ(accounted, total);
}

/// Waits until `done`, which nothing tells us of.
template <typename Done>
void wait_until(const std::string& awaited, const Done& done) {
  for (const Deadline deadline; !done();) {
    if (deadline.passed()) throw Failure("awaited " + awaited);
    std::this_thread::yield();
  }
}

std::vector<std::string> lines_of(const std::string& file) {
  std::vector<std::string> lines;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(DaemonLog, SIGUSR1_opens_the_file_anew) {
  const TempDir folder;
  const std::string file = folder.path() + "/access_log";
  const std::string old = folder.path() + "/access_log.1";
  OneOrigin proxy("plain", Service(standard_answers), [&](DaemonConfig& config) {
    config.set("log.access", "{rotate_every: 0, to: \"" + folder.path() + "\"}");
  });
  const auto ask = [&](const std::string& target) {
    EXPECT_EQ(proxy.connect().get(proxy.label_host, target).status, 200);
  };
  ask("/first");
  wait_until("a first line", [&] { return lines_of(file).size() == 1; });
  std::filesystem::rename(file, old);
  ask("/second");
  wait_until("a second line", [&] { return lines_of(old).size() == 2; });
  proxy.daemon->signal(SIGUSR1);
  wait_until("a new file", [&] { return std::filesystem::exists(file); });
  ask("/third");
  wait_until("a third line", [&] { return lines_of(file).size() == 1; });
  EXPECT_EQ(lines_of(old).size(), 2U);
  EXPECT_EQ(AccessLine(lines_of(file)[0]).get("target"), "/third");
  EXPECT_TRUE(proxy.daemon->access_records().empty());
}

TEST(DaemonLog, a_folder_has_a_file_for_each_day_and_a_link_to_the_newest) {
  const TempDir folder;
  OneOrigin proxy("plain", Service(standard_answers), [&](DaemonConfig& config) {
    config.set("log.access", "{format: ltsv, to: \"" + folder.path() + "\"}");
  });
  EXPECT_EQ(proxy.connect().get(proxy.label_host, "/seen").status, 200);
  wait_until("a line", [&] { return lines_of(folder.path() + "/current").size() == 1; });
  EXPECT_THAT(lines_of(folder.path() + "/current")[0], testing::HasSubstr("\ttarget:/seen\t"));
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path() + "/current"));
}

TEST(DaemonLog, the_pid_file_is_there_while_the_daemon_runs) {
  const TempDir folder;
  const std::string file = folder.path() + "/pid";
  {
    OneOrigin proxy("plain", Service(standard_answers),
                    [&](DaemonConfig& config) { config.set("pid_file", '"' + file + '"'); });
    wait_until("a pid file", [&] { return lines_of(file).size() == 1; });
    EXPECT_EQ(lines_of(file)[0], std::to_string(proxy.daemon->process().pid()));
    proxy.daemon->signal(SIGTERM);
    EXPECT_EQ(proxy.daemon->wait_for_exit(), 0);
  }
  EXPECT_FALSE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace ccnproxy::integration
