// Asking a daemon's admin endpoint, played here by a scripted peer without TLS.

#include "cli/admin_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ccnproxy/config/listen_address.h"

#include "fakes/scripted_origin.h"
#include "fakes/temp_dir.h"

namespace ccnproxy::cli {
namespace {

using fakes::OriginConnection;
using fakes::ScriptedOrigin;
using testing::HasSubstr;

constexpr auto long_enough = std::chrono::seconds(30);

fakes::OriginOptions plain(const std::string& address = "127.0.0.1:0") {
  fakes::OriginOptions options;
  options.tls = false;
  options.address = address;
  return options;
}

config::ListenAddress address_of(const ScriptedOrigin& origin) {
  return config::parse_listen_address(origin.endpoint()).address;
}

Result<std::string> fetch(const ScriptedOrigin& origin, Duration deadline = long_enough) {
  return fetch_from_admin(address_of(origin), "/pools", deadline);
}

TEST(AdminClient, gets_a_body) {
  ScriptedOrigin origin(plain(), [](OriginConnection& c) {
    const auto request = c.read_request();
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.target, "/pools");
    EXPECT_NE(request.authority, "");
    c.respond(200, "the pools");
  });
  EXPECT_EQ(fetch(origin).value(), "the pools");
}

TEST(AdminClient, gets_a_body_over_a_unix_socket_and_in_chunks) {
  const fakes::TempDir folder;
  ScriptedOrigin origin(plain("unix:" + folder.path() + "/admin.sock"), [](OriginConnection& c) {
    c.read_request();
    c.write(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  });
  EXPECT_EQ(fetch(origin).value(), "abcde");
}

TEST(AdminClient, a_daemon_that_is_not_there_is_told_as_such) {
  ScriptedOrigin origin(plain());
  origin.stop_listening();
  EXPECT_THAT(fetch(origin).error().detail,
              testing::AllOf(HasSubstr("no daemon has its admin endpoint at " + origin.endpoint()),
                             HasSubstr("is it running")));
  const fakes::TempDir folder;
  const auto absent = fetch_from_admin({"", 0, folder.path() + "/none"}, "/pools", long_enough);
  EXPECT_THAT(absent.error().detail, HasSubstr("no daemon has its admin endpoint at unix:"));
}

TEST(AdminClient, an_answer_other_than_200_is_an_error) {
  ScriptedOrigin origin(plain(), [](OriginConnection& c) {
    c.read_request();
    c.respond(404, "nothing here");
  });
  EXPECT_THAT(fetch(origin).error().detail, HasSubstr("it answered 404"));
}

TEST(AdminClient, what_is_no_http_or_is_cut_off_is_an_error) {
  for (const std::string answer :
       {"SSH-2.0-x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", ""}) {
    ScriptedOrigin origin(plain(), [&](OriginConnection& c) {
      c.read_request();
      c.write(answer);
    });
    const auto got = fetch(origin);
    ASSERT_FALSE(got) << answer;
    EXPECT_THAT(got.error().detail, HasSubstr("the admin endpoint at " + origin.endpoint()));
  }
}

TEST(AdminClient, a_silent_peer_is_left_at_the_deadline) {
  ScriptedOrigin origin(plain(), [](OriginConnection& c) { c.read_to_end(); });
  const auto got = fetch(origin, std::chrono::milliseconds(100));
  ASSERT_FALSE(got);
  EXPECT_THAT(got.error().detail, HasSubstr("no answer in time"));
}

}  // namespace
}  // namespace ccnproxy::cli
