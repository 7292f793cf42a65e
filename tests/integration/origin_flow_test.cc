// Flow control and aborts: one slow or leaving client must cost the others of a connection nothing.
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/origin_side.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

constexpr std::uint64_t MiB = 1 << 20;

TEST(OriginWindows, F061_windows_that_fill_a_long_path_are_offered) {
  OriginAndProxy both(speaking({"h2"}));
  RawClient client = both.proxy.client();
  client.send(get_request());
  const auto connection = both.origin.accept();
  Http2Peer peer(*connection);
  const h2::SettingsMap settings = peer.greet();
  EXPECT_EQ(settings.at(h2::EnablePush), 0U);
  EXPECT_GE(settings.at(h2::InitialWindowSize), MiB);
  EXPECT_GT(settings.count(h2::MaxHeaderListSize), 0U);
  EXPECT_GE(h2::default_window + peer.want_window_update(0).increment(), 16 * MiB);
}

/// Over HTTP/2 both share a connection, over HTTP/1.1 only the pool; the memory is bounded anyway.
class OriginFlow : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Protocols, OriginFlow, ::testing::Values("h2", "http/1.1"),
                         [](const auto& tested) { return protocol_name(tested.param); });

TEST_P(OriginFlow, F062_a_client_that_reads_nothing_stalls_nobody_else) {
  constexpr std::uint64_t size = 64 * MiB;
  Service service(standard_answers);
  OriginAndProxy both(speaking({GetParam()}), service);
  RawClient slow(both.proxy.daemon.address(), {.receive_buffer = 4096});
  slow.send(get_request("/bytes/" + std::to_string(size)));
  slow.read_until("\r\n\r\n");
  const std::size_t before = both.proxy.daemon.process().peak_rss_kib();
  for (int i = 0; i < 20; ++i) {
    const ReceivedResponse other = both.proxy.get("/bytes/1000000");
    ASSERT_EQ(other.digest.summary(), pattern_digest(1'000'000).summary());
  }
  EXPECT_EQ(both.origin.accepts(), GetParam() == "h2" ? 1U : 2U);
  if (fakes::memory_is_honest(fakes::daemons_sanitizer())) {
    // Not a difference: the kernel's peak may be a little lower when it is asked again.
    EXPECT_LT(both.proxy.daemon.process().peak_rss_kib(), before + size / 1024 / 2);
  }
  Digest digest;
  for (std::uint64_t got = 0; got < size;) {
    const std::string part = slow.stream().read_some();
    got += part.size();
    digest.add(part);
  }
  EXPECT_EQ(digest.summary(), pattern_digest(size).summary());
  both.proxy.records(21);
}

TEST_P(OriginFlow, F063_aborted_downloads_leak_no_window) {
  Service service(standard_answers);
  OriginAndProxy both(speaking({GetParam()}), service);
  for (int i = 0; i < 200; ++i) {
    RawClient client = both.proxy.client();
    client.send(get_request("/bytes/20000000"));
    client.read_exact(1);
    client.reset();
  }
  const ReceivedResponse whole = both.proxy.get("/bytes/1000000");
  EXPECT_EQ(whole.digest.summary(), pattern_digest(1'000'000).summary());
  if (GetParam() == "h2") {
    EXPECT_EQ(both.origin.accepts(), 1U);
  }
  EXPECT_EQ(both.origin.wait_for_requests(201).requests, 201U);
  std::size_t gone = 0;
  for (const Record& record : both.proxy.records(201))
    gone += record.outcome() == "499 connection_terminated/client/response" ? 1 : 0;
  EXPECT_EQ(gone, 200U);
}

TEST(OriginWindows, F064_a_client_that_leaves_a_parked_upload_is_noticed) {
  OriginAndProxy both(speaking({"h2"}));
  RawClient client = both.proxy.client();
  client.send("POST / HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 1000000\r\n\r\n");
  // More than is sent and held, so that nothing is read any more; less than that and what the
  // socket takes, else the client's FIN waits behind bytes for which the kernel has no room, and
  // nobody could see it.
  client.send(pattern(0, 140'000));
  OriginSide side(both.origin, {{h2::InitialWindowSize, 0}});
  const std::uint32_t stream = side.peer().want_headers().stream;
  side.peer().manners.return_windows = false;
  client.close();
  EXPECT_EQ(side.peer().want_rst(stream).error_code(), h2::Cancel);
  // Of what it had sent, more or less had been read by then.
  EXPECT_THAT(both.proxy.record().outcome(),
              ::testing::AnyOf("499 connection_terminated/client/send",
                               "499 connection_terminated/client/request"));
}

TEST(OriginWindows, F080_an_upload_that_the_client_breaks_off_is_never_ended_as_if_whole) {
  OriginAndProxy both(speaking({"h2"}));
  RawClient client = both.proxy.client();
  client.send("POST / HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 100\r\n\r\nhalf");
  OriginSide side(both.origin);
  const std::uint32_t stream = side.peer().want_headers().stream;
  EXPECT_FALSE(side.peer().want_data(stream).end_stream());
  client.finish_writing();
  EXPECT_EQ(side.peer().want_rst(stream).error_code(), h2::Cancel);
  EXPECT_EQ(side.peer().count_seen(h2::Data), 0U);
}

TEST(OriginWindows, F080_over_http1_the_connection_ends_with_the_upload) {
  OriginAndProxy both(speaking({"http/1.1"}));
  RawClient client = both.proxy.client();
  client.send("POST / HTTP/1.1\r\nHost: " + host +
              "\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
  OriginSide side(both.origin);
  side.connection().read_request_head();
  EXPECT_EQ(side.connection().read_exact(9), "4\r\nhalf\r\n");
  client.finish_writing();
  EXPECT_EQ(side.connection().read_to_end(), "");
}

TEST(OriginAbort, F097_the_stream_of_a_client_that_left_is_cancelled) {
  OriginAndProxy both(speaking({"h2"}));
  RawClient client = both.proxy.client();
  client.send(get_request());
  OriginSide side(both.origin);
  const std::uint32_t stream = side.read_request().stream_id;
  client.close();
  EXPECT_EQ(side.peer().want_rst(stream).error_code(), h2::Cancel);
  EXPECT_EQ(both.proxy.record().outcome(), "499 connection_terminated/client/response");
  RawClient next = both.proxy.client();  // the connection is as good as before
  next.send(get_request("/next"));
  EXPECT_EQ(side.read_request().target, "/next");
  side.respond(200);
  EXPECT_EQ(next.read_response().status, 200);
  EXPECT_EQ(both.origin.accepts(), 1U);
}

TEST(OriginAbort, F097_the_http1_connection_of_a_client_that_left_is_closed) {
  OriginAndProxy both(speaking({"http/1.1"}));
  RawClient client = both.proxy.client();
  client.send(get_request());
  OriginSide side(both.origin);
  side.read_request();
  client.close();
  side.connection().wait_for_end();
  EXPECT_EQ(both.proxy.record().outcome(), "499 connection_terminated/client/response");
}

/// Each piece is awaited at the client before the origin sends the next.
TEST_P(OriginFlow, F120_each_piece_of_a_response_is_passed_on_at_once) {
  OriginAndProxy both(speaking({GetParam()}));
  RawClient client = both.proxy.client();
  client.send(get_request());
  OriginSide side(both.origin);
  side.read_request();
  if (side.is_h2()) {
    side.peer().write_headers(side.stream(), {{":status", "200"}});
  } else {
    side.connection().write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  }
  client.read_until("\r\n\r\n");
  for (const std::string piece : {"one", "two", "six"}) {
    if (side.is_h2()) {
      side.peer().write_data(side.stream(), piece);
    } else {
      side.connection().write("3\r\n" + piece + "\r\n");
    }
    EXPECT_EQ(client.read_exact(8), "3\r\n" + piece + "\r\n");
  }
  if (side.is_h2()) {
    side.peer().write_data(side.stream(), "", h2::EndStream);
  } else {
    side.connection().write("0\r\n\r\n");
  }
  EXPECT_EQ(client.read_exact(5), "0\r\n\r\n");
}

/// The same for uploads.
TEST_P(OriginFlow, F120_each_piece_of_an_upload_is_passed_on_at_once) {
  OriginAndProxy both(speaking({GetParam()}));
  RawClient client = both.proxy.client();
  client.send("POST / HTTP/1.1\r\nHost: " + host + "\r\nTransfer-Encoding: chunked\r\n\r\n");
  OriginSide side(both.origin);
  std::uint32_t stream = 0;
  if (side.is_h2()) {
    stream = side.peer().want_headers().stream;
  } else {
    side.connection().read_request_head();
  }
  for (const std::string piece : {"one", "two", "six"}) {
    client.send("3\r\n" + piece + "\r\n");
    if (side.is_h2()) {
      EXPECT_EQ(side.peer().want_data(stream).content(), piece);
    } else {
      EXPECT_EQ(side.connection().read_exact(8), "3\r\n" + piece + "\r\n");
    }
  }
}

TEST_P(OriginFlow, large_bodies_arrive_whole_both_ways) {
  constexpr std::uint64_t size = 20'000'000;
  Service service(standard_answers);
  OriginAndProxy both(speaking({GetParam()}), service);
  RawClient client = both.proxy.client();
  EXPECT_EQ(client.roundtrip(get_request("/bytes/20000000")).digest.summary(),
            pattern_digest(size).summary());
  client.send(post_request("/upload", pattern(0, size)));
  EXPECT_EQ(client.read_response().body, pattern_digest(size).summary());
  EXPECT_EQ(both.origin.accepts(), 1U);
}

}  // namespace
}  // namespace ccnproxy::integration
