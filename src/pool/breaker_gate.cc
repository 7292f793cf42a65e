#include "ccnproxy/pool/breaker_gate.h"

#include "ccnproxy/base/quantity_text.h"

namespace ccnproxy::pool {
namespace {

using Cause = BreakerCause;
using std::chrono::milliseconds;

std::string times_out(const BreakerReport& report) {
  const auto n = std::to_string(report.failures);
  return report.cause == Cause::dials
             ? "the last " + n + " dials timed out"
             : "the last " + n + " requests had no answer in time (timeouts.response_head)";
}

}  // namespace

std::optional<Error> BreakerGate::ask(bool has_connection) {
  const auto now = env_.now();
  const auto wait = breaker().refuses(now, has_connection);
  if (!wait) return std::nullopt;
  const auto report = breaker().report(now);
  auto text = env_.origin.to_string() + ": not asked, as " + times_out(report);
  if (const auto& last = history_.last_failure(); last && report.cause == Cause::dials)
    text += "; last: " + last->detail;
  text += "; next try in " + time_text(std::chrono::ceil<milliseconds>(*wait)) + " (breaker)";
  return Error{ErrorType::destination_unavailable, Side::origin, Phase::queue, Proof::not_sent,
               std::move(text)};
}

void BreakerGate::on_dial_failed(TimePoint began, const Error& error) {
  if (origin::is_dial_timeout(error)) return on_timeout(Cause::dials, began);
  if (error.side == Side::origin) on_connected();  // it says no: requests hear it as quickly
}

void BreakerGate::on_request_end(const Error* error, TimePoint asked) {
  if (!error || error->proof == Proof::response_started) return note_closed(breaker().on_answer());
  if (error->type == ErrorType::http_response_timeout && error->side == Side::origin)
    on_timeout(Cause::answers, asked);
}

void BreakerGate::on_timeout(Cause cause, TimePoint began) {
  const auto now = env_.now();
  if (!breaker().on_timeout(cause, began, now, env_.random(), *env_.context.breaker)) return;
  env_.decide("circuit breaker opened: " + times_out(breaker().report(now)));
}

void BreakerGate::note_closed(bool closed) {
  if (closed) env_.decide("circuit breaker closed: the origin answers again");
}

std::uint32_t BreakerGate::retry_after() const {
  const auto next = breaker().report(env_.now()).next_try.value_or(Duration(0));
  return static_cast<std::uint32_t>(
      std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(next).count()));
}

}  // namespace ccnproxy::pool
