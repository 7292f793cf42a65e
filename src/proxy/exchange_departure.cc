// What is told of a client that left before the end: what it had waited for, and how long.

#include <cstdio>

#include "ccnproxy/proxy/client_session.h"
#include "ccnproxy/proxy/exchange.h"

namespace ccnproxy::proxy {
namespace {

std::string in_words(Duration time) {
  const auto seconds = std::chrono::duration<double>(time).count();
  char text[32];
  const auto size = seconds < 1 ? std::snprintf(text, sizeof text, "%.0f ms", seconds * 1000)
                                : std::snprintf(text, sizeof text, "%.1f s", seconds);
  return {text, static_cast<std::size_t>(size)};
}

std::string bytes(std::uint64_t n) { return std::to_string(n) + " bytes"; }

}  // namespace

/// Since the attempt last moved: the timer has been set anew each time.
Duration Exchange::stands_still_for(Duration patience) const {
  if (!timer_.armed()) return Duration(0);
  return std::max(Duration(0), context_.loop.now() - (timer_.deadline() - patience));
}

/// Side::client, as the client ended it; the phase is where it stood, so that an origin that said
/// nothing is seen in the log (F146). Before the attempt is dropped.
Error Exchange::departure() const {
  Error error{ErrorType::connection_terminated, Side::client, Phase::request, Proof::unknown, ""};
  const auto left = [&](Phase phase, Duration after, const std::string& doing) {
    error.phase = phase;
    error.detail = "the client left after " + in_words(after) + ' ' + doing;
    return error;
  };
  const auto now = context_.loop.now();
  const auto total = now - client_->request_began();
  if (!pool_) return left(Phase::request, total, "before it was answered");
  const auto origin = origin_.to_string() + (address_.empty() ? "" : " (" + address_ + ")");
  if (response_begun_) return left(Phase::response, total, "in mid response: " + in_mid_response());
  if (client_owes()) {
    return left(Phase::request, total,
                "while sending the request's body (" + bytes(body_.received()) + " so far)");
  }
  if (!stream_) {
    return left(Phase::queue, now - asked_pool_at_,
                "without a connection to " + origin_.to_string());
  }
  if (!stream_->sent() || (outgoing_.has_body() && !body_end_sent_)) {
    return left(Phase::send, total,
                "while " + origin + " was taking the request's body, of which " +
                    bytes(body_.received()) + " had come; the origin had taken nothing for " +
                    in_words(stands_still_for(timeouts_.body_idle)));
  }
  return left(Phase::response, stands_still_for(timeouts_.response_head),
              "without a response head from " + origin);
}

std::string Exchange::in_mid_response() const {
  const auto told = bytes(bytes_out_) + " of the body had come, ";
  if (const auto held = client_->output().held(); held > 0)
    return told + "of which it had not taken " + bytes(held);
  return told + "and nothing from " + origin_.to_string() + " for " +
         in_words(stands_still_for(timeouts_.body_idle));
}

}  // namespace ccnproxy::proxy
