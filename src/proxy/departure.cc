#include "ccnproxy/proxy/departure.h"

#include <cstdio>

#include "ccnproxy/base/quantity_text.h"

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

std::string in_mid_response(const Departure& d) {
  const auto told = "in mid response: " + bytes(d.sent) + " of the body had come, ";
  if (d.not_taken > 0) return told + "of which it had not taken " + bytes(d.not_taken);
  return told + "and nothing from " + d.origin + " for " + in_words(d.since_progress);
}

}  // namespace

Error error_of(const Departure& d) {
  const auto left = [](Phase phase, Duration after, const std::string& doing) {
    return Error{ErrorType::connection_terminated, Side::client, phase, Proof::unknown,
                 "the client left after " + in_words(after) + ' ' + doing};
  };
  using Stage = Departure::Stage;
  switch (d.stage) {
    case Stage::before_reply:
      break;
    case Stage::in_body:
      return left(Phase::request, d.since_request,
                  "while sending the request's body (" + bytes(d.received) + " so far)");
    case Stage::in_queue:
      return left(Phase::queue, d.since_asked, "without a connection to " + d.origin);
    case Stage::being_sent:
      return left(Phase::send, d.since_request,
                  "while " + d.target + " was taking the request's body, of which " +
                      bytes(d.received) + " had come; the origin had taken nothing for " +
                      in_words(d.since_progress));
    case Stage::before_head:
      return left(Phase::response, d.since_progress, "without a response head from " + d.target);
    case Stage::in_response:
      return left(Phase::response, d.since_request, in_mid_response(d));
  }
  return left(Phase::request, d.since_request, "before it was answered");
}

Error stalled_client(Duration client_write) {
  return {ErrorType::connection_write_timeout, Side::client, Phase::response, Proof::unknown,
          "the client took no byte within " + time_text(client_write) +
              " (timeouts.client_write), or less than limits.min_rate, or the proxy was told to "
              "end"};
}

}  // namespace ccnproxy::proxy
