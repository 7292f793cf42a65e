// What a pool does where an origin that chose HTTP/2 wants HTTP/1.1 (HTTP_1_1_REQUIRED, RFC 9113
// §7).

#include "ccnproxy/pool/origin_pool.h"

namespace ccnproxy::pool {
namespace {

constexpr std::string_view http1_required = "the origin requires HTTP/1.1";

/// An origin that has changed is given the chance to show it, as with all that is learnt; the
/// request that finds out that it has not is sent twice.
constexpr Duration requirement_lasts = std::chrono::hours(1);

}  // namespace

void PooledConnection::on_http1_required(origin::OriginConnection&) {
  if (state_ != State::closed) pool_.on_http1_required(*this);
}

void OriginPool::on_http1_required(const PooledConnection& c) {
  decide(c.connection_->info().address +
         " requires HTTP/1.1 (HTTP_1_1_REQUIRED): no HTTP/2 for an hour");
  known().require_http1(now() + requirement_lasts);
  leave_http2();
  upkeep();
}

bool OriginPool::requires_http1() const { return known().requires_http1(now()); }

/// Here, or wherever it was heard from last.
bool OriginPool::uses_http2() const noexcept {
  return spoken_ == origin::Protocol::http2 || known().protocol() == origin::Protocol::http2;
}

/// Another worker may have heard of it. What is being dialled offers HTTP/1.1 alone if it has not
/// come to TLS; else on_connected() comes here.
void OriginPool::leave_http2() {
  spoken_ = origin::Protocol::http1;
  known().note_protocol(origin::Protocol::http1);
  dialer_->offer_only_http1(true);
  for (auto* c : open_connections()) {
    const bool open = c->state_ == State::ready || c->state_ == State::busy;
    if (open && c->connection_->info().protocol == origin::Protocol::http2)
      end_connection(*c, http1_required);
  }
}

/// Its wish can't be met: better HTTP/2 for what it serves by that than nothing.
void OriginPool::forget_http1_requirement() {
  decide("HTTP/1.1, which it requires, can't be had: HTTP/2 again");
  known().require_http1({});
  dialer_->offer_only_http1(false);
}

void OriginPool::recall_http1(std::chrono::system_clock::time_point until) {
  const auto left = until - std::chrono::system_clock::now();
  if (left > left.zero())
    known().require_http1(now() + std::min<Duration>(left, requirement_lasts));
}

std::optional<std::chrono::system_clock::time_point> OriginPool::http1_until() const {
  using std::chrono::system_clock;
  if (!requires_http1()) return std::nullopt;
  const auto left = known().http1_until() - now();
  return system_clock::now() + std::chrono::duration_cast<system_clock::duration>(left);
}

}  // namespace ccnproxy::pool
