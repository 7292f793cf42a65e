#include "ccnproxy/proxy/min_rate_timer.h"

#include <gtest/gtest.h>

namespace ccnproxy::proxy {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration window = seconds(60);
const TimePoint start{seconds(1000)};

/// Asks whenever it is due, as its owner does, up to `until`; when it was found too slow, or
/// nothing.
class Peer {
 public:
  explicit Peer(std::uint64_t rate) { watch.owe(start, window, rate); }

  bool cut_by(TimePoint until) {
    while (watch.owed() && watch.due() <= until) {
      if (watch.too_slow(watch.due())) return true;
    }
    return false;
  }
  /// So many bytes at each step of `every`; the time of the cut in seconds since the start, or -1.
  long trickle(std::uint64_t bytes, Duration every, Duration for_so_long) {
    for (TimePoint now = start + every; now <= start + for_so_long; now += every) {
      if (cut_by(now)) return std::chrono::duration_cast<seconds>(now - start).count();
      watch.moved(now, bytes);
    }
    return -1;
  }

  MinRateTimer watch;
};

TEST(MinRateTimer, F094_nothing_at_all_is_cut_after_a_window) {
  for (const std::uint64_t rate : {0U, 64U}) {
    Peer peer(rate);
    EXPECT_FALSE(peer.cut_by(start + window - milliseconds(1)));
    EXPECT_TRUE(peer.cut_by(start + window));
  }
}

TEST(MinRateTimer, F094_silence_is_counted_from_the_last_byte) {
  Peer peer(0);
  peer.watch.moved(start + seconds(50), 1);
  EXPECT_FALSE(peer.cut_by(start + seconds(109)));
  EXPECT_TRUE(peer.cut_by(start + seconds(110)));
}

TEST(MinRateTimer, F094_a_byte_each_ten_seconds_is_cut_at_the_first_windows_end) {
  EXPECT_EQ(Peer(64).trickle(1, seconds(10), seconds(600)), 60);
}

TEST(MinRateTimer, F095_a_byte_each_ten_seconds_goes_on_for_ever_without_a_rate) {
  EXPECT_EQ(Peer(0).trickle(1, seconds(10), std::chrono::hours(10)), -1);
}

TEST(MinRateTimer, F095_a_slow_transfer_at_the_rate_goes_on_for_ever) {
  // A little more than the rate: the first step comes when the first window has begun already.
  EXPECT_EQ(Peer(64).trickle(640 * 6 / 5, seconds(10), std::chrono::hours(10)), -1);
  EXPECT_EQ(Peer(64).trickle(64 * 60 / 59 + 1, seconds(1), std::chrono::hours(10)), -1);
}

TEST(MinRateTimer, F095_an_average_may_come_in_one_piece) {
  EXPECT_EQ(Peer(64).trickle(64 * 60, seconds(59), std::chrono::hours(1)), -1);
}

TEST(MinRateTimer, F094_who_was_fast_before_is_cut_when_it_turns_slow) {
  Peer peer(64);
  peer.watch.moved(start + seconds(1), 1'000'000);
  EXPECT_FALSE(peer.cut_by(start + seconds(60)));  // a good window
  for (int i = 1; i < 60; ++i) peer.watch.moved(start + seconds(60 + i), 1);
  EXPECT_FALSE(peer.cut_by(start + seconds(119)));
  EXPECT_TRUE(peer.cut_by(start + seconds(120)));
}

TEST(MinRateTimer, F095_waiting_for_the_other_side_does_not_count) {
  Peer peer(64);
  peer.watch.moved(start + seconds(1), 1);
  peer.watch.release();
  EXPECT_FALSE(peer.cut_by(start + std::chrono::hours(1)));
  EXPECT_FALSE(peer.watch.too_slow(start + std::chrono::hours(1)));
  const TimePoint again = start + std::chrono::hours(1);
  peer.watch.owe(again, window, 64);
  EXPECT_EQ(peer.watch.due(), again + window);
}

TEST(MinRateTimer, to_owe_twice_is_to_owe_once) {
  Peer peer(64);
  peer.watch.owe(start + seconds(59), window, 64);
  EXPECT_TRUE(peer.cut_by(start + window));
}

TEST(MinRateTimer, no_bytes_are_no_movement) {
  Peer peer(0);
  peer.watch.moved(start + seconds(50), 0);
  EXPECT_TRUE(peer.cut_by(start + window));
}

}  // namespace
}  // namespace ccnproxy::proxy
