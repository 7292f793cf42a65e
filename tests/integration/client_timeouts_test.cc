// Clients that are slow, silent, or say too much.
#include <chrono>

#include "access_line.h"
#include "client_fixture.h"
#include "origin_side.h"

namespace ccnproxy::integration {
namespace {

/// Sets one timeout to a short one and leaves all else long.
OneOrigin::Adjust shortened(const std::string& timeout) {
  return [timeout](DaemonConfig& config) { config.set("timeouts." + timeout, "300ms"); };
}

AccessLine first_record(const OneOrigin& proxy) {
  return AccessLine(proxy.daemon->wait_for_access_records(1).front());
}

TEST(ClientTimeouts, F094_a_head_that_does_not_end_gets_408) {
  OneOrigin proxy("plain", nullptr, shortened("client_head"));
  RawClient client = proxy.connect();
  client.send("GET /slow HTTP/1.1\r\nHost: api.te");
  const auto response = client.read_response();
  EXPECT_EQ(response.status, 408);
  EXPECT_EQ(response.fields.get("connection"), "close");
  EXPECT_EQ(proxy_error(response), "http_request_error");
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_EQ(first_record(proxy).get("status"), "408");
}

TEST(ClientTimeouts, F094_an_idle_client_is_closed_without_a_word) {
  OneOrigin proxy("plain", Service(standard_answers), shortened("client_idle"));
  RawClient silent = proxy.connect();
  RawClient served = proxy.connect();
  EXPECT_EQ(served.get(proxy.label_host).status, 200);
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_EQ(served.read_to_end(), "");
  EXPECT_EQ(silent.end(), StreamEnd::Fin);
  EXPECT_EQ(served.end(), StreamEnd::Fin);
  EXPECT_EQ(proxy.connect().get("localhost", "/hc").status, 200);
  EXPECT_EQ(proxy.daemon->wait_for_access_records(2).size(), 2U);  // silence is no request
}

TEST(ClientTimeouts, F094_a_body_that_stops_gets_408) {
  for (const std::string protocol : {"h2", "plain"}) {
    OneOrigin proxy(protocol, Service(standard_answers), shortened("body_idle"));
    RawClient client = proxy.connect();
    client.send(head("POST /upload HTTP/1.1", proxy.label_host, "Content-Length: 10\r\n") +
                "hello");
    const auto response = client.read_response();
    EXPECT_EQ(response.status, 408);
    EXPECT_EQ(proxy_error(response), "connection_read_timeout");
    EXPECT_EQ(client.read_to_end(), "");
    const auto record = first_record(proxy);
    EXPECT_EQ(record.get("status"), "408");
    EXPECT_EQ(record.get("error.side"), "client");
    EXPECT_EQ(record.get("bytes_in"), "5");
  }
}

TEST(ClientTimeouts, F094_a_client_that_reads_nothing_is_cut) {
  for (const std::string protocol : {"h2", "plain"}) {
    OneOrigin proxy(protocol, Service(standard_answers), shortened("client_write"));
    RawClient client = proxy.connect({.receive_buffer = 4096});
    client.send(head("GET /bytes/50000000 HTTP/1.1", proxy.label_host));
    const auto record = first_record(proxy);
    EXPECT_EQ(record.get("error.type"), "connection_write_timeout");
    EXPECT_EQ(record.get("error.side"), "client");
    const auto response = client.digest_response();
    EXPECT_FALSE(response.complete());
    EXPECT_LT(response.digest.size(), 50'000'000U);
  }
}

TEST(ClientTimeouts, F095_slow_transfers_that_move_are_never_cut) {
  using Clock = std::chrono::steady_clock;
  constexpr auto longer_than_any = std::chrono::milliseconds(2400);
  constexpr Patience between_steps(40);
  OneOrigin proxy("plain", nullptr, [](DaemonConfig& config) {
    for (const std::string name :
         {"client_head", "client_idle", "client_write", "response_head", "body_idle"})
      config.set("timeouts." + name, "800ms");
    config.set("limits.min_rate", "1");
  });
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  RawClient uploader = proxy.connect();
  uploader.send(head("POST / HTTP/1.1", proxy.label_host, chunked));
  const auto upload = proxy.origin.accept();
  upload->read_until("\r\n\r\n");
  RawClient downloader = proxy.connect();
  downloader.send(head("GET / HTTP/1.1", proxy.label_host));
  const auto download = proxy.origin.accept();
  download->read_request();
  download->write("HTTP/1.1 200 OK\r\n" + chunked + "\r\n");
  downloader.read_until("\r\n\r\n");
  std::size_t steps = 0;
  for (const auto end = Clock::now() + longer_than_any; Clock::now() < end; ++steps) {
    uploader.send("1\r\nu\r\n");
    upload->read_until("u\r\n");
    download->write("1\r\nd\r\n");
    downloader.read_until("d\r\n");
    uploader.stream().pause(between_steps);
  }
  uploader.send("0\r\n\r\n");
  upload->read_until("0\r\n\r\n");
  upload->respond(200, std::to_string(steps));
  EXPECT_EQ(uploader.read_response().body, std::to_string(steps));
  download->write("0\r\n\r\n");
  EXPECT_EQ(downloader.read_until("0\r\n\r\n"), "0\r\n\r\n");
  EXPECT_GE(steps, 3U);
}

TEST(ClientTimeouts, F095_a_slow_upload_may_take_longer_than_any_timeout_over_http2_too) {
  using Clock = std::chrono::steady_clock;
  OneOrigin proxy("h2", nullptr, [](DaemonConfig& config) {
    for (const std::string name : {"client_head", "client_idle", "response_head", "body_idle"})
      config.set("timeouts." + name, "800ms");
    config.set("limits.min_rate", "1");
  });
  RawClient client = proxy.connect();
  client.send(head("POST / HTTP/1.1", proxy.label_host, "Transfer-Encoding: chunked\r\n"));
  OriginSide side(proxy.origin);
  const auto stream = side.peer().want_headers().stream;
  for (const auto end = Clock::now() + std::chrono::seconds(2); Clock::now() < end;) {
    client.send("1\r\nu\r\n");
    ASSERT_EQ(side.peer().want_data(stream).content(), "u");
    client.stream().pause(Patience(40));
  }
  client.send("0\r\n\r\n");
  side.peer().want_body(stream);
  side.peer().write_headers(stream, {{":status", "204"}}, h2::EndStream);
  EXPECT_EQ(client.read_response().status, 204);
}

TEST(ClientTimeouts, F094_a_body_that_only_trickles_is_cut_too) {
  for (const std::string protocol : {"h2", "plain"}) {
    OneOrigin proxy(protocol, Service(standard_answers), [](DaemonConfig& config) {
      config.set("timeouts.body_idle", "500ms").set("limits.min_rate", "1000000");
    });
    RawClient client = proxy.connect();
    client.send(head("POST /upload HTTP/1.1", proxy.label_host, "Content-Length: 1000000\r\n"));
    try {
      for (const Deadline deadline; !deadline.passed() && proxy.daemon->access_records().empty();) {
        client.send("x");
        client.stream().pause(Patience(20));
      }
    } catch (const PeerGone&) {
      // Cut while it was sending.
    }
    EXPECT_EQ(client.read_response().status, 408);
    const auto record = first_record(proxy);
    EXPECT_EQ(record.get("error.type"), "connection_read_timeout");
    EXPECT_EQ(record.get("error.side"), "client");
  }
}

TEST(ClientTimeouts, F094_a_client_that_only_sips_is_cut_too) {
  OneOrigin proxy("plain", Service(standard_answers), [](DaemonConfig& config) {
    config.set("timeouts.client_write", "500ms").set("limits.min_rate", "1000000");
  });
  RawClient client = proxy.connect({.receive_buffer = 4096});
  client.send(head("GET /bytes/50000000 HTTP/1.1", proxy.label_host));
  std::size_t taken = 0;
  try {
    for (const Deadline deadline; !deadline.passed() && proxy.daemon->access_records().empty();) {
      taken += client.read_exact(100).size();
      client.stream().pause(Patience(20));
    }
  } catch (const PeerGone&) {
    // Cut while it was reading.
  }
  const auto record = first_record(proxy);
  EXPECT_EQ(record.get("error.type"), "connection_write_timeout");
  EXPECT_EQ(record.get("error.side"), "client");
  EXPECT_GT(taken, 0U);
}

TEST(ClientTimeouts, F095_a_client_that_sips_goes_on_where_no_rate_is_set) {
  using Clock = std::chrono::steady_clock;
  OneOrigin proxy("plain", Service(standard_answers), [](DaemonConfig& config) {
    config.set("timeouts.client_write", "800ms").set("limits.min_rate", "0");
  });
  RawClient client = proxy.connect({.receive_buffer = 4096});
  client.send(head("GET /bytes/20000000 HTTP/1.1", proxy.label_host));
  client.read_until("\r\n\r\n");
  std::size_t taken = 0;
  for (const auto end = Clock::now() + std::chrono::milliseconds(2400); Clock::now() < end;) {
    taken += client.read_exact(10'000).size();  // far less than the sockets hold
    client.stream().pause(Patience(40));
  }
  while (taken < 20'000'000) taken += client.read_exact(100'000 - taken % 100'000).size();
  EXPECT_EQ(taken, 20'000'000U);
  EXPECT_EQ(first_record(proxy).get("error.type"), "");
}

TEST(ClientLimits, a_body_over_the_limit_gets_413) {
  for (const std::string protocol : {"h2", "plain"}) {
    Service service(standard_answers);
    OneOrigin proxy(protocol, service,
                    [](DaemonConfig& config) { config.set("limits.body_bytes", "1KiB"); });
    const std::string most(1024, 'x');
    const std::string line = "POST /upload HTTP/1.1";
    const auto declared = head(line, proxy.label_host, "Content-Length: 1025\r\n");
    const auto expected =
        head(line, proxy.label_host, "Content-Length: 1025\r\nExpect: 100-continue\r\n");
    const auto chunked = head(line, proxy.label_host, "Transfer-Encoding: chunked\r\n") +
                         "400\r\n" + most + "\r\n1\r\nx\r\n0\r\n\r\n";
    for (const auto& request : {declared + most + "x", declared, expected, chunked}) {
      RawClient client = proxy.connect();
      const auto response = client.roundtrip(request);
      EXPECT_EQ(response.status, 413);
      EXPECT_EQ(proxy_error(response), "http_request_error");
      EXPECT_TRUE(response.interim.empty());
      EXPECT_EQ(client.read_to_end(), "");
    }
    EXPECT_EQ(service.stats().requests, 0U);
    EXPECT_EQ(proxy.connect()
                  .roundtrip(head(line, proxy.label_host, "Content-Length: 1024\r\n") + most)
                  .status,
              200);
  }
}

TEST(ClientLimits, F112_an_answer_during_an_upload_is_not_lost) {
  OneOrigin proxy("plain", nullptr,
                  [](DaemonConfig& config) { config.set("limits.body_bytes", "1MiB"); });
  RawClient client = proxy.connect();
  client.send(head("POST / HTTP/1.1", proxy.label_host, "Content-Length: 8000000\r\n"));
  client.send(pattern(0, 8'000'000));
  EXPECT_EQ(client.read_response().status, 413);
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_EQ(client.end(), StreamEnd::Fin);
}

TEST(ClientLimits, what_is_at_the_limit_passes_and_what_is_over_does_not) {
  OneOrigin proxy("h2", Service(standard_answers), [](DaemonConfig& config) {
    config.set("limits.head_bytes", "1KiB").set("limits.target_bytes", "100");
    config.set("limits.headers", "5");
  });
  const auto status = [&](const std::string& request) {
    RawClient client = proxy.connect();
    return client.roundtrip(request).status;
  };
  const std::string target = "/" + std::string(99, 't');
  EXPECT_EQ(status(head("GET " + target + " HTTP/1.1", proxy.label_host)), 200);
  EXPECT_EQ(status(head("GET " + target + "t HTTP/1.1", proxy.label_host)), 414);
  const std::string four = "a: 1\r\nb: 2\r\nc: 3\r\nd: 4\r\n";
  EXPECT_EQ(status(head("GET / HTTP/1.1", proxy.label_host, four)), 200);
  EXPECT_EQ(status(head("GET / HTTP/1.1", proxy.label_host, four + "e: 5\r\n")), 431);
  const std::string bare = head("GET / HTTP/1.1", proxy.label_host, "x: \r\n");
  const auto padded = [&](std::size_t size) {
    return head("GET / HTTP/1.1", proxy.label_host,
                "x: " + std::string(size - bare.size(), 'p') + "\r\n");
  };
  EXPECT_EQ(status(padded(1024)), 200);
  EXPECT_EQ(status(padded(1025)), 431);
}

}  // namespace
}  // namespace ccnproxy::integration
