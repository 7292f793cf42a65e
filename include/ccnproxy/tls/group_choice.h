#pragma once

#include <cstdint>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::tls {

/// Whether a group is outside of what RFC 8446 §4.2.7 has: hybrid or post-quantum, with a key share
/// of more than a kilobyte, which makes the ClientHello two packets long.
constexpr bool is_post_quantum(std::uint16_t group) noexcept { return group >= 0x0200; }

/// How one ClientHello offers the groups of a profile.
struct GroupOffer {
  bool classic_only = false;  ///< no post-quantum group at all
  std::uint16_t share = 0;    ///< the one key share; 0: those that the library sends by itself
  bool large = false;         ///< a share makes it two packets long
  TimePoint at{};             ///< when it was decided on

  bool operator==(const GroupOffer&) const = default;
};

/// What was learnt of one origin's key exchange, and what the next ClientHello offers for it.
///
/// The group that the origin chose gets the only key share; the others stay offered without one, so
/// that a wrong guess costs a HelloRetryRequest and nothing of the strength. Each day one
/// handshake sends what the library sends by itself, since most servers choose among the shares.
///
/// A large ClientHello that stays without an answer (silence, a reset, an alert), of an origin that
/// never answered one or twice in a row, may have met something that can't cope with two packets:
/// the next one is small. If that one is answered, so are those of the next ten minutes, then one
/// large one is tried again; each time in vain doubles the time, up to an hour. If it is not
/// answered either, its size was not the cause.
///
/// Pure, told of time.
class GroupChoice {
 public:
  static constexpr Duration asks_again_after = std::chrono::hours(24);
  static constexpr Duration least_classic = std::chrono::minutes(10);
  static constexpr Duration most_classic = std::chrono::hours(1);
  /// Within this the outcome of a handshake is known; others meanwhile offer what was known before.
  static constexpr Duration outcome_known_after = std::chrono::minutes(1);

  /// `large`: the library by itself sends a large ClientHello.
  GroupOffer next(bool large, TimePoint now);
  /// A handshake with this offer agreed on a group (0: on none, as RSA's of TLS 1.2). True where it
  /// shows, for the first time, that large ones are not answered and small ones are.
  bool on_agreed(const GroupOffer& offer, std::uint16_t group, TimePoint now);
  /// The handshake ended before the origin answered. Those that were under way together fail
  /// together, and count as one.
  void on_unanswered(const GroupOffer& offer, TimePoint now);

  /// 0 until one is known.
  std::uint16_t group() const noexcept { return group_; }
  bool is_classic_only(TimePoint now) const noexcept { return now < classic_until_; }

 private:
  bool confirm(TimePoint now);

  std::uint16_t group_ = 0;
  std::uint8_t unanswered_ = 0;  ///< large ones in a row
  bool proven_ = false;          ///< a large one was answered
  bool confirmed_ = false;       ///< a small one was answered where a large one was not
  bool told_ = false;
  TimePoint unanswered_at_{};
  TimePoint asks_again_at_{};
  TimePoint classic_until_{};  ///< none: the epoch
  Duration classic_for_{};     ///< the last time
};

}  // namespace ccnproxy::tls
