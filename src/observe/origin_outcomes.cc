#include "ccnproxy/observe/origin_outcomes.h"

#include <algorithm>

namespace ccnproxy::observe {
namespace {

template <class T>
void keep_least(std::optional<T>& least, const std::optional<T>& value) {
  if (value && (!least || *value < *least)) least = value;
}

std::string cause_of(std::uint16_t status, const Error* error) {
  if (!error) return "the origin answered " + std::to_string(status);
  auto cause = std::string(to_string(error->type));
  if (!error->detail.empty()) cause += ": " + error->detail;
  if (cause.size() > OriginOutcomes::most_cause) cause.resize(OriginOutcomes::most_cause);
  return cause;
}

}  // namespace

std::optional<Outcome> outcome_of(std::uint16_t status, const Error* error) noexcept {
  if (error) {
    const bool of_rules = error->type == ErrorType::destination_ip_prohibited ||
                          error->type == ErrorType::http_request_denied;
    if (error->side == Side::client || of_rules) return std::nullopt;
    return Outcome::failed;
  }
  if (status == 429) return Outcome::limited;
  return status >= 500 ? Outcome::failed : Outcome::answered;
}

void OutcomeSummary::add(const OutcomeSummary& other) {
  requests += other.requests;
  failed += other.failed;
  limited += other.limited;
  // A success that one worker saw ends the series of failures that another one has seen before.
  const auto is_older = [](const OutcomeSummary& failing, const OutcomeSummary& answered) {
    return answered.answered_ago && failing.last_failure &&
           *answered.answered_ago < failing.last_failure->ago;
  };
  const auto own = is_older(*this, other) ? 0 : in_a_row;
  in_a_row = own + (is_older(other, *this) ? 0 : other.in_a_row);
  keep_least(answered_ago, other.answered_ago);
  if (other.failing_for)
    failing_for = std::max(failing_for.value_or(Duration(0)), *other.failing_for);
  if (other.last_failure && (!last_failure || other.last_failure->ago < last_failure->ago))
    last_failure = other.last_failure;
}

void OriginOutcomes::count(std::uint16_t status, const Error* error, TimePoint now) {
  const auto outcome = outcome_of(status, error);
  if (!outcome) return;
  const auto number = now.time_since_epoch() / slot_time;
  auto& slot = slots_[static_cast<std::size_t>(number) % slots];
  if (slot.number != number) slot = {number};
  ++slot.requests;
  switch (*outcome) {
    case Outcome::answered:
      break;
    case Outcome::limited:
      ++slot.limited;
      break;
    case Outcome::failed:
      ++slot.failed;
      fail(status, error, now);
      return;
  }
  in_a_row_ = 0;
  answered_at_ = now;
}

void OriginOutcomes::fail(std::uint16_t status, const Error* error, TimePoint now) {
  const bool goes_on = in_a_row_ > 0 || (failed_at_ && now - *failed_at_ <= window);
  if (!goes_on) failing_since_ = now;
  ++in_a_row_;
  failed_at_ = now;
  status_ = status;
  phase_ = error ? std::optional(error->phase) : std::nullopt;
  cause_ = cause_of(status, error);
}

OutcomeSummary OriginOutcomes::at(TimePoint now) const {
  OutcomeSummary summary;
  const auto newest = now.time_since_epoch() / slot_time;
  for (const auto& slot : slots_) {
    if (slot.number < 0 || newest - slot.number >= static_cast<std::int64_t>(slots)) continue;
    summary.requests += slot.requests;
    summary.failed += slot.failed;
    summary.limited += slot.limited;
  }
  summary.in_a_row = in_a_row_;
  if (answered_at_) summary.answered_ago = now - *answered_at_;
  if (!failed_at_) return summary;
  if (in_a_row_ > 0 || now - *failed_at_ <= window) summary.failing_for = now - failing_since_;
  summary.last_failure = {now - *failed_at_, status_, phase_, cause_};
  return summary;
}

}  // namespace ccnproxy::observe
