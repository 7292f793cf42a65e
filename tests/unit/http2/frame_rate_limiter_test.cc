// When an HTTP/2 peer has sent too much that brings nothing further.
#include "ccnproxy/http2/frame_rate_limiter.h"

#include <gtest/gtest.h>

namespace ccnproxy::http2 {
namespace {

using std::chrono::seconds;

std::string frame(unsigned char type, unsigned char flags, std::size_t length) {
  std::string text{static_cast<char>(length >> 16), static_cast<char>(length >> 8),
                   static_cast<char>(length), static_cast<char>(type), static_cast<char>(flags)};
  return text + std::string(4 + length, '\0');
}

class FrameRateLimiterTest : public ::testing::Test {
 protected:
  /// How many of these it takes before it has had enough; `most` if it never has.
  std::int64_t taken(const std::string& bytes, std::int64_t most = 3 * FrameRateLimiter::burst) {
    for (std::int64_t i = 0; i < most; ++i) {
      if (!limiter.admit(bytes, now)) return i;
    }
    return most;
  }
  TimePoint now = TimePoint() + seconds(1000);
  FrameRateLimiter limiter{now};
};

TEST_F(FrameRateLimiterTest, F067_takes_a_burst_and_no_more) {
  EXPECT_EQ(taken(frame(6, 0, 8)), FrameRateLimiter::burst);
  EXPECT_FALSE(limiter.admit(frame(6, 0, 8), now));
}

TEST_F(FrameRateLimiterTest, F067_counts_frames_however_they_are_cut) {
  const auto ping = frame(6, 0, 8);
  std::int64_t frames = 0;
  while (true) {
    bool good = true;
    for (const char c : ping) good = limiter.admit({&c, 1}, now);
    if (!good) break;
    ++frames;
  }
  EXPECT_EQ(frames, FrameRateLimiter::burst);
}

TEST_F(FrameRateLimiterTest, F067_so_many_a_second_are_no_flood) {
  EXPECT_EQ(taken(frame(8, 0, 4), FrameRateLimiter::burst), FrameRateLimiter::burst);
  for (int i = 0; i < 60; ++i) {
    now += seconds(1);
    EXPECT_EQ(taken(frame(8, 0, 4), FrameRateLimiter::a_second), FrameRateLimiter::a_second);
  }
}

TEST_F(FrameRateLimiterTest, F067_data_is_no_flood) {
  EXPECT_EQ(taken(frame(0, 0, 1)), 3 * FrameRateLimiter::burst);
  EXPECT_EQ(taken(frame(0, 1, 0)), 3 * FrameRateLimiter::burst);  // each the end of a response
}

TEST_F(FrameRateLimiterTest, F067_data_without_any_is) {
  EXPECT_EQ(taken(frame(0, 0, 0)), FrameRateLimiter::burst);
}

TEST_F(FrameRateLimiterTest, F067_data_of_nothing_but_padding_is) {
  EXPECT_EQ(taken(frame(0, 8, 256)), FrameRateLimiter::burst);
}

TEST_F(FrameRateLimiterTest, windows_returned_for_an_upload_are_expected) {
  for (int i = 0; i < 100'000; ++i) {
    limiter.expect(FrameRateLimiter::a_data_frame);
    ASSERT_TRUE(limiter.admit(frame(8, 0, 4) + frame(8, 0, 4), now));
  }
}

}  // namespace
}  // namespace ccnproxy::http2
