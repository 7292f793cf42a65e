#include "ccnproxy/pool/protocol_choice.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::system_clock;

constexpr std::string_view http1_required = "the origin requires HTTP/1.1";

/// An origin that has changed is given the chance to show it, as with all that is learnt; the
/// request that finds out that it has not is sent twice.
constexpr Duration requirement_lasts = std::chrono::hours(1);

}  // namespace

bool ProtocolChoice::uses_http2() const noexcept {
  return spoken_ == origin::Protocol::http2 || env_.known().protocol() == origin::Protocol::http2;
}

void ProtocolChoice::note(origin::Protocol protocol) noexcept {
  spoken_ = protocol;
  env_.known().note_protocol(protocol);
}

void ProtocolChoice::on_http1_required(const PooledConnection& c) {
  env_.decide(c.connection->info().address +
              " requires HTTP/1.1 (HTTP_1_1_REQUIRED): no HTTP/2 for an hour");
  env_.known().require_http1(env_.now() + requirement_lasts);
  leave_http2();
}

void ProtocolChoice::on_http2_connected(const PooledConnection& c) {
  c.connection->info().http1_offered ? leave_http2() : forget_requirement();
}

void ProtocolChoice::leave_http2() {
  note(origin::Protocol::http1);
  env_.dialer->offer_only_http1(true);
  connections_.for_each_open([this](auto& c) {
    if (c.connection->info().protocol == origin::Protocol::http2)
      connections_.end(c, http1_required);
  });
}

void ProtocolChoice::forget_requirement() {
  env_.decide("HTTP/1.1, which it requires, can't be had: HTTP/2 again");
  env_.known().require_http1({});
  env_.dialer->offer_only_http1(false);
}

void ProtocolChoice::recall_requirement(system_clock::time_point until) {
  const auto left = until - system_clock::now();
  if (left > left.zero())
    env_.known().require_http1(env_.now() + std::min<Duration>(left, requirement_lasts));
}

std::optional<system_clock::time_point> ProtocolChoice::required_until() const {
  if (!requires_http1()) return std::nullopt;
  const auto left = env_.known().http1_until() - env_.now();
  return system_clock::now() + std::chrono::duration_cast<system_clock::duration>(left);
}

}  // namespace ccnproxy::pool
