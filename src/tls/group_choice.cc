#include "ccnproxy/tls/group_choice.h"

#include <algorithm>
#include <utility>

namespace ccnproxy::tls {

GroupOffer GroupChoice::next(bool large, TimePoint now) {
  const GroupOffer full{false, 0, large, now};
  if (is_classic_only(now))
    return {true, is_post_quantum(group_) ? std::uint16_t{0} : group_, false, now};
  if (classic_until_ != TimePoint{}) {
    classic_until_ = now + outcome_known_after;
    return full;
  }
  if (group_ == 0) return full;
  if (now >= asks_again_at_) {
    asks_again_at_ = now + outcome_known_after;
    return full;
  }
  return {false, group_, is_post_quantum(group_), now};
}

bool GroupChoice::on_agreed(const GroupOffer& offer, std::uint16_t group, TimePoint now) {
  if (offer.classic_only) return confirm(now);
  if (offer.large) {
    unanswered_ = 0;
    proven_ = true;
    confirmed_ = false;
    classic_until_ = {};
    classic_for_ = {};
  }
  const bool asked_openly = offer.share == 0;
  if (group == 0 || (group == group_ && !asked_openly)) return false;
  group_ = group;
  asks_again_at_ = now + asks_again_after;
  return false;
}

/// Of several handshakes at a time the first decides for how long.
bool GroupChoice::confirm(TimePoint now) {
  if (confirmed_ || classic_until_ == TimePoint{}) return false;
  confirmed_ = true;
  classic_for_ = std::clamp<Duration>(classic_for_ * 2, least_classic, most_classic);
  classic_until_ = now + classic_for_;
  return !std::exchange(told_, true);
}

void GroupChoice::on_unanswered(const GroupOffer& offer, TimePoint now) {
  if (offer.classic_only) {
    confirmed_ = false;
    classic_until_ = {};
    return;
  }
  const bool known = unanswered_ > 0 && offer.at <= unanswered_at_;
  if (!offer.large || known) return;
  unanswered_at_ = now;
  if (++unanswered_ < (proven_ ? 2 : 1)) return;
  unanswered_ = 0;
  confirmed_ = false;
  classic_until_ = now + outcome_known_after;
}

}  // namespace ccnproxy::tls
