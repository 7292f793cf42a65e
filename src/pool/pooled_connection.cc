#include "ccnproxy/pool/pooled_connection.h"

namespace ccnproxy::pool {
namespace {

/// The mean answer is brought up to date after so many, or when the connection is idle.
constexpr std::uint64_t answers_at_once = 16;
constexpr std::uint64_t most_answer_bytes = 64 * 1024;

}  // namespace

void PooledConnection::begin_dial() {
  dial = dialer_->dial(*this,
                       Delegate<void(origin::DialResult)>::to<&PooledConnection::on_dialed>(this));
}

void PooledConnection::on_capacity(origin::OriginConnection&) {
  if (state_ != State::closed) owner_.on_capacity(*this);
}

void PooledConnection::on_closed(origin::OriginConnection&, std::string_view reason) {
  if (state_ != State::closed) owner_.on_closed(*this, reason);
}

void PooledConnection::on_http1_required(origin::OriginConnection&) {
  if (state_ != State::closed) owner_.on_http1_required(*this);
}

std::optional<std::uint64_t> PooledConnection::take_mean_answer() {
  const auto requests = connection->requests() - counted_requests;
  if (requests == 0 || (life.in_use && requests < answers_at_once)) return std::nullopt;
  const auto bytes = connection->received_bytes() - counted_bytes;
  counted_requests += requests;
  counted_bytes += bytes;
  return std::min(bytes / requests, most_answer_bytes);
}

}  // namespace ccnproxy::pool
