#pragma once

#include <gtest/gtest.h>

#include "fakes/daemon_under_test.h"
#include "integration/access_fixture.h"

namespace ccnproxy::integration {

/// A place that may be asked for and one that is denied, to which nothing may lead.
class Ssrf : public ::testing::Test {
 protected:
  ~Ssrf() override { EXPECT_EQ(places.denied->accepts(), 0U); }
  TwoPlaces places;
};

/// How one spelling must end: refused as no host at all, or as an address that is denied.
enum class Ends { not_a_host, denied };

inline void expect_end(const ReceivedResponse& response, Ends ends) {
  EXPECT_TRUE(response.complete());
  EXPECT_EQ(response.status, ends == Ends::denied ? 403 : 400) << response.body;
  EXPECT_EQ(proxy_error(response),
            ends == Ends::denied ? "destination_ip_prohibited" : "http_request_error");
}

}  // namespace ccnproxy::integration
