#include "ccnproxy/proxy/progress_timer.h"

#include <algorithm>

#include "ccnproxy/base/quantity_text.h"

namespace ccnproxy::proxy {
namespace {

/// The workers are waited for a second (StatsAggregator); with their answers on the way it may be
/// more.
constexpr Duration statistics_patience = std::chrono::seconds(5);

}  // namespace

Duration ProgressTimer::patience() const noexcept {
  switch (owed_) {
    case Owed::response_head:
      return response_head_;
    case Owed::statistics:
      return statistics_patience;
    case Owed::nothing:
    case Owed::request_body:
    case Owed::progress:
      break;
  }
  return body_idle_;
}

void ProgressTimer::watch(Owed owed) {
  owed_ = owed;
  if (owed == Owed::request_body) {
    sending_.owe(clock_.now(), body_idle_, min_rate_);
    return timer_.set(sending_.due());
  }
  sending_.release();
  if (owed == Owed::nothing) return timer_.cancel();
  timer_.set_after(patience());
}

bool ProgressTimer::is_late() {
  if (owed_ != Owed::request_body || sending_.too_slow(clock_.now())) return true;
  timer_.set(sending_.due());
  return false;
}

Duration ProgressTimer::stands_still_for() const {
  if (!timer_.armed()) return Duration(0);
  return std::max(Duration(0), clock_.now() - (timer_.deadline() - patience()));
}

std::string ProgressTimer::text() const {
  switch (owed_) {
    case Owed::nothing:
      break;
    case Owed::request_body:
      return "the request's body stood still for " + time_text(body_idle_) +
             " (timeouts.body_idle), or came more slowly than limits.min_rate";
    case Owed::progress:
      return "no progress within " + time_text(body_idle_) + " (timeouts.body_idle)";
    case Owed::response_head:
      return "no response head within " + time_text(response_head_) + " (timeouts.response_head)";
    case Owed::statistics:
      return "the workers do not tell their statistics";
  }
  return {};
}

}  // namespace ccnproxy::proxy
