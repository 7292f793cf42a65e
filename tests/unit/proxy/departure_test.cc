#include "ccnproxy/proxy/departure.h"

#include <gtest/gtest.h>

namespace ccnproxy::proxy {
namespace {

using namespace std::chrono_literals;
using Stage = Departure::Stage;

TEST(Departure, says_what_the_client_had_waited_for) {
  const struct {
    Stage stage;
    Phase phase;
    std::string_view text;
  } table[] = {
      {Stage::before_reply, Phase::request, "9.0 s before it was answered"},
      {Stage::in_body, Phase::request, "9.0 s while sending the request's body (3 bytes so far)"},
      {Stage::in_queue, Phase::queue, "8.0 s without a connection to https://a.test"},
      {Stage::being_sent, Phase::send,
       "9.0 s while https://a.test (192.0.2.1:443) was taking the request's body, of which 3 bytes "
       "had come; the origin had taken nothing for 500 ms"},
      {Stage::before_head, Phase::response,
       "500 ms without a response head from https://a.test (192.0.2.1:443)"},
      {Stage::in_response, Phase::response,
       "9.0 s in mid response: 5 bytes of the body had come, and nothing from https://a.test for "
       "500 ms"},
  };
  for (const auto& row : table) {
    const auto error = error_of(
        {row.stage, 9s, 8s, 500ms, "https://a.test", "https://a.test (192.0.2.1:443)", 3, 5, 0});
    EXPECT_EQ(error.detail, "the client left after " + std::string(row.text));
    EXPECT_EQ(error.phase, row.phase);
    EXPECT_EQ(error.side, Side::client);
  }
}

TEST(Departure, a_client_that_took_nothing_is_told_of) {
  const Departure departure{
      .stage = Stage::in_response, .since_request = 1s, .sent = 5, .not_taken = 4};
  EXPECT_EQ(error_of(departure).detail,
            "the client left after 1.0 s in mid response: 5 bytes of the body had come, of which "
            "it had not taken 4 bytes");
}

}  // namespace
}  // namespace ccnproxy::proxy
