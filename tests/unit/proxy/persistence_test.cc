#include "ccnproxy/proxy/persistence.h"

#include <gtest/gtest.h>

namespace ccnproxy::proxy {
namespace {

TEST(Persistence, is_the_clients_wish_and_needs_a_place) {
  Persistence persistence;
  persistence.begin_request(true, true);
  EXPECT_TRUE(persistence.keeps());
  EXPECT_TRUE(persistence.client_expects_more());
  persistence.begin_request(false, true);
  EXPECT_FALSE(persistence.keeps());
  EXPECT_FALSE(persistence.client_expects_more());
  persistence.begin_request(true, false);
  EXPECT_FALSE(persistence.keeps());
  EXPECT_TRUE(persistence.client_expects_more()) << "the end is our idea";
}

TEST(Persistence, is_decided_anew_for_each_request) {
  Persistence persistence;
  persistence.begin_request(true, true);
  persistence.end();
  EXPECT_FALSE(persistence.keeps());
  persistence.begin_request(true, true);
  EXPECT_TRUE(persistence.keeps());
}

TEST(Persistence, ends_while_we_drain_but_with_a_login_under_way) {
  Persistence persistence;
  persistence.begin_request(true, true);
  persistence.drain();
  EXPECT_FALSE(persistence.keeps());
  EXPECT_FALSE(persistence.client_expects_more());
  persistence.note_login(true);
  EXPECT_TRUE(persistence.keeps());
  persistence.note_login(false);
  EXPECT_FALSE(persistence.keeps());
}

}  // namespace
}  // namespace ccnproxy::proxy
