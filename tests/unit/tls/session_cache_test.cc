// What is remembered of TLS sessions, and for whom.

#include "ccnproxy/tls/session_cache.h"

#include <set>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "tls/session_time.h"

namespace ccnproxy::tls {
namespace {

using testing::ElementsAre;

const PeerName peer{"api.example.test", 443};

/// A session as OpenSSL would hand it over; `id` tells it from others.
UniqueSession session(const std::string& id, int version = TLS1_3_VERSION) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  SSL_CTX_free);
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()), SSL_free);
  const unsigned char aes_128_gcm[] = {0x13, 0x01};
  UniqueSession made(SSL_SESSION_new());
  SSL_SESSION_set_protocol_version(made.get(), version);
  SSL_SESSION_set_cipher(made.get(), SSL_CIPHER_find(ssl.get(), aes_128_gcm));
  SSL_SESSION_set1_id(made.get(), reinterpret_cast<const unsigned char*>(id.data()),
                      static_cast<unsigned>(id.size()));
  return made;
}

std::string id_of(const UniqueSession& session) {
  if (!session) return "none";
  unsigned size = 0;
  const auto* id = SSL_SESSION_get_id(session.get(), &size);
  return {reinterpret_cast<const char*>(id), size};
}

class SessionCacheTest : public testing::Test {
 protected:
  static constexpr std::time_t life = 100;

  /// So many are kept of it, as if as many connections had been made at a time.
  void keep(int most, const PeerName& of = peer) {
    put("any", of);
    for (int i = 0; i < most; ++i) take(of);
  }
  void put(const std::string& id, const PeerName& to = peer, int version = TLS1_3_VERSION) {
    cache_.put(to, *session(id, version), {now_ + life, {}});
  }
  std::string take(const PeerName& from = peer) { return id_of(cache_.take(from).session); }
  /// All that a peer has, as it comes; the last one would come for ever.
  std::vector<std::string> take_all(const PeerName& from = peer) {
    std::vector<std::string> all;
    for (auto id = take(from); id != "none" && (all.empty() || id != all.back()); id = take(from))
      all.push_back(id);
    return all;
  }

  std::time_t now_ = 1'000'000;
  SessionCache cache_{{3, 4}, [this] { return now_; }};
};

TEST_F(SessionCacheTest, F043_a_ticket_of_tls_1_3_is_given_out_once_the_latest_first) {
  keep(2);
  put("a");
  put("b");
  EXPECT_THAT(take_all(), ElementsAre("b", "a"));
}

TEST_F(SessionCacheTest, F043_a_session_of_tls_1_2_is_given_out_again) {
  put("a", peer, TLS1_2_VERSION);
  EXPECT_EQ(take(), "a");
  EXPECT_EQ(take(), "a");
}

TEST_F(SessionCacheTest, F043_what_becomes_of_a_session_that_was_given_out_does_not_matter) {
  put("a", peer, TLS1_2_VERSION);
  const auto first = cache_.take(peer);
  SSL_SESSION_set1_id(first.session.get(), reinterpret_cast<const unsigned char*>("x"), 1);
  EXPECT_EQ(take(), "a");
}

TEST_F(SessionCacheTest, nothing_is_given_to_another_name_or_port) {
  put("a");
  EXPECT_EQ(take({"other.example.test", 443}), "none");
  EXPECT_EQ(take({"api.example.test", 8443}), "none");
  EXPECT_EQ(take({"API.example.test", 443}), "none");
  EXPECT_EQ(take(), "a");
}

/// A connection brings two, often; the next one needs one.
TEST_F(SessionCacheTest, keeps_the_latest_of_a_peer) {
  for (const std::string id : {"a", "b", "c"}) put(id);
  EXPECT_EQ(take(), "c");
  for (const std::string id : {"d", "e"}) put(id);
  EXPECT_EQ(take(), "e");
}

TEST_F(SessionCacheTest, keeps_one_more_where_one_was_missing) {
  for (const std::string id : {"a", "b", "c"}) put(id);
  EXPECT_EQ(take(), "c");
  EXPECT_EQ(take(), "c") << "it was missing, and the last one has to do";
  for (const std::string id : {"a", "b", "c"}) put(id);
  EXPECT_THAT(take_all(), ElementsAre("c", "b"));
  for (const std::string id : {"a", "b", "c"}) put(id);
  EXPECT_THAT(take_all(), ElementsAre("c", "b", "a"));
}

TEST_F(SessionCacheTest, F136_the_last_ticket_serves_all_that_are_made_at_once) {
  put("a");
  for (int i = 0; i < 50; ++i) EXPECT_EQ(take(), "a");
  put("b");
  EXPECT_EQ(take(), "b");
}

TEST_F(SessionCacheTest, F098_asking_for_whom_it_does_not_know_leaves_nothing_behind) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(take(), "none");
  EXPECT_EQ(cache_.peers(), 0u);
  for (const std::string id : {"a", "b"}) put(id);
  EXPECT_THAT(take_all(), ElementsAre("b"));
}

TEST_F(SessionCacheTest, keeps_four_of_a_peer_the_latest) {
  keep(9);
  for (const std::string id : {"a", "b", "c", "d", "e", "f"}) put(id);
  EXPECT_THAT(take_all(), ElementsAre("f", "e", "d", "c"));
}

TEST_F(SessionCacheTest, what_has_expired_is_not_given_out) {
  keep(2);
  put("a");
  now_ += life / 2;
  put("b");
  now_ += life / 2;
  EXPECT_THAT(take_all(), ElementsAre("b"));
  put("c", peer, TLS1_2_VERSION);
  now_ += life - 1;
  EXPECT_EQ(take(), "c");
  now_ += 1;
  EXPECT_EQ(take(), "none");
}

TEST_F(SessionCacheTest, F098_the_peer_that_was_not_used_for_the_longest_goes_at_the_bound) {
  const PeerName b{"b.test", 443}, c{"c.test", 443}, d{"d.test", 443};
  keep(2);
  put("a1");
  put("a2");
  put("b", b);
  put("c", c);
  EXPECT_EQ(take(), "a2");
  put("d", d);
  EXPECT_EQ(cache_.peers(), 3u);
  EXPECT_EQ(take(b), "none");
  EXPECT_EQ(take(), "a1");
  EXPECT_EQ(take(c), "c");
  EXPECT_EQ(take(d), "d");
}

TEST_F(SessionCacheTest, forgets_all_of_one_peer) {
  const PeerName other{"b.test", 443};
  put("a");
  put("b", other);
  cache_.forget(peer);
  cache_.forget({"never.seen.test", 443});
  EXPECT_EQ(take(), "none");
  EXPECT_EQ(take(other), "b");
}

TEST_F(SessionCacheTest, F040_knows_the_end_of_the_certificate_that_was_verified) {
  cache_.put(peer, *session("a"), {now_ + life, {now_, now_ + 7}});
  EXPECT_EQ(cache_.take(peer).verification.certificate_end, now_ + 7);
}

TEST_F(SessionCacheTest, keeps_all_of_a_session) {
  auto original = session("a");
  const std::string secret(48, 's');
  SSL_SESSION_set1_master_key(original.get(), reinterpret_cast<const unsigned char*>(secret.data()),
                              secret.size());
  set_session_time(*original, 123456);
  SSL_SESSION_set_timeout(original.get(), 789);
  cache_.put(peer, *original, {now_ + life, {}});
  const auto back = cache_.take(peer).session;
  std::string got(64, '\0');
  got.resize(SSL_SESSION_get_master_key(back.get(), reinterpret_cast<unsigned char*>(got.data()),
                                        got.size()));
  EXPECT_EQ(got, secret);
  EXPECT_EQ(session_time(*back), 123456);
  EXPECT_EQ(SSL_SESSION_get_timeout(back.get()), 789);
}

TEST_F(SessionCacheTest, what_two_threads_get_at_once_is_of_the_peer_that_they_asked_for) {
  constexpr int rounds = 500, peers = 3;  // as many as are kept
  std::vector<UniqueSession> made;
  for (int i = 0; i < 2 * rounds; ++i) made.push_back(session(std::to_string(i / 2 % peers)));
  std::array<int, 2> right{};
  const auto work = [&](std::size_t thread) {
    for (int i = 0; i < rounds; ++i) {
      const auto number = std::to_string(i % peers);
      const PeerName to{"peer" + number, 443};
      cache_.put(to, *made[static_cast<std::size_t>(i) * 2 + thread], {now_ + life, {}});
      right[thread] += take(to) == number ? 1 : 0;
    }
  };
  std::thread other(work, 1);
  work(0);
  other.join();
  EXPECT_THAT(right, testing::Each(rounds));
}

TEST(SessionExpiry, the_sessions_own_life_counts_from_its_beginning_at_most_a_week) {
  const auto made = session("a");
  set_session_time(*made, 1'000'000);
  SSL_SESSION_set_timeout(made.get(), 300);
  const Verification now{1'000'000, endless};
  EXPECT_EQ(life_of(*made, now).usable_until, 1'000'300);
  EXPECT_EQ(life_of(*made, {1'000'000, 1'000'299}).usable_until, 1'000'299);
  SSL_SESSION_set_timeout(made.get(), 365 * 24 * 60 * 60);
  const Verification later{1'000'000 + 6 * 24 * 60 * 60 + 1, endless};
  EXPECT_EQ(life_of(*made, later).usable_until, 1'000'000 + 7 * 24 * 60 * 60);
}

TEST(SessionExpiry, F040_certificates_are_looked_at_again_after_a_day) {
  const auto made = session("a");
  set_session_time(*made, 1'000'000);
  SSL_SESSION_set_timeout(made.get(), 7 * 24 * 60 * 60);
  const Verification before{900'000, endless};
  EXPECT_EQ(life_of(*made, before).usable_until, 900'000 + 24 * 60 * 60);
}

}  // namespace
}  // namespace ccnproxy::tls
