#include "ccnproxy/pool/bulk_traffic.h"

namespace ccnproxy::pool {
namespace {

/// What a dial takes, a lost packet included: 1 round trip for TCP, 1 or 2 for TLS, 1 for SETTINGS.
constexpr int apart_round_trips = 6;
constexpr Duration apart_patience = std::chrono::milliseconds(200);

}  // namespace

/// Over HTTP/1.1 each request has its connection anyhow, and a near path is quick enough for all.
bool BulkTraffic::keeps_apart() const {
  return env_.context.tcp->bulk_connections > 0 && !env_.context.shares && protocol_.uses_http2() &&
         env_.is_far();
}

TimePoint BulkTraffic::may_wait_until() const {
  if (!keeps_apart()) return {};
  const auto carrying = connections_.count_open([](const auto& c) { return c.bulk > 0; });
  if (carrying + waiting_apart() >= env_.context.tcp->bulk_connections) return {};
  return env_.now() + env_.known().rtt() * apart_round_trips + apart_patience;
}

/// Large bodies under way: several responses share a connection if none was known to be large when
/// it was asked for, and each should have had its own.
std::size_t BulkTraffic::bodies() const {
  std::size_t n = 0;
  std::as_const(connections_).for_each_open([&](const auto& c) {
    n += std::min(c.bulk, c.connection->streams());
  });
  return n;
}

std::size_t BulkTraffic::waiting_apart() const {
  return keeps_apart() ? queue_.waiting_apart(env_.now()) : 0;
}

std::size_t BulkTraffic::wanted() const {
  if (!keeps_apart()) return 0;
  return std::min<std::size_t>(peak_.value(env_.now()), env_.context.tcp->bulk_connections);
}

bool BulkTraffic::note_demand() { return peak_.note(bodies() + waiting_apart(), env_.now()); }

bool BulkTraffic::note(std::uint64_t serial) {
  if (!env_.is_far() || env_.context.tcp->bulk_connections == 0) return false;
  if (auto* c = connections_.find(serial)) ++c->bulk;
  return true;
}

}  // namespace ccnproxy::pool
