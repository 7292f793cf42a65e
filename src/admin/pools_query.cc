#include "ccnproxy/admin/pools_query.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>

#include "query.h"

namespace ccnproxy::admin {
namespace {

using Order = PoolsQuery::Order;

std::string lower(std::string_view text) {
  std::string out;
  for (const char c : text) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

/// As origins are named: lower case, no path, without the scheme's own port.
std::string normal_origin(std::string_view origin) {
  if (origin.ends_with('/')) origin.remove_suffix(1);
  auto text = lower(origin);
  const std::string_view own_port = text.starts_with("https:") ? ":443" : ":80";
  if (text.ends_with(own_port)) text.erase(text.size() - own_port.size());
  return text;
}

std::optional<Order> parse_order(std::string_view text) {
  if (text.empty() || text == "name") return Order::name;
  if (text == "attention") return Order::attention;
  if (text == "requests") return Order::requests;
  if (text == "connections") return Order::connections;
  if (text == "unready") return Order::unready;
  return std::nullopt;
}

bool parse_top(std::string_view text, std::optional<std::size_t>& top) {
  if (text.empty()) return true;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  top = value;
  return true;
}

std::uint64_t requests_of(const pool::PoolReport& pool) {
  return std::accumulate(pool.metrics.requests.begin(), pool.metrics.requests.end(),
                         std::uint64_t{0},
                         [](auto sum, const auto& by_status) { return sum + by_status.second; });
}

std::uint64_t unready_of(const pool::PoolReport& pool) {
  const auto& waits = pool.metrics.waits;
  return std::accumulate(waits.begin() + 1, waits.end(), std::uint64_t{0});
}

bool is_open(const pool::ConnectionReport& connection) {
  return connection.state == "ready" || connection.state == "busy";
}

/// The need for attention, for sorting.
std::uint64_t attention_of(const pool::PoolReport& pool, Health health) {
  if (health >= Health::degraded) return 3 + static_cast<std::uint64_t>(health);
  if (pool.next_dial || !pool.last_failure.empty()) return 3;
  if (pool.waiting > 0) return 2;
  const bool none = std::none_of(pool.connections.begin(), pool.connections.end(), is_open);
  return pool.wanted > 0 && none ? 1 : 0;
}

/// The larger, the earlier.
using Rank = std::pair<std::uint64_t, std::uint64_t>;

void rank_by(Order order, const pool::PoolReport& pool, Health health, Rank& rank) {
  switch (order) {
    case Order::name:
      return;
    case Order::attention:
      rank.first = std::max(rank.first, attention_of(pool, health));
      rank.second += requests_of(pool);
      return;
    case Order::requests:
      rank.first += requests_of(pool);
      return;
    case Order::connections:
      rank.first += pool.connections.size();
      return;
    case Order::unready:
      rank.first += unready_of(pool);
      return;
  }
}

class Filter {
 public:
  explicit Filter(const PoolsQuery& query)
      : only_(normal_origin(query.origin)), part_(lower(query.contains)) {}

  bool passes(std::string_view origin) const {
    return (only_.empty() || origin == only_) && origin.find(part_) != origin.npos;
  }

 private:
  std::string only_;
  std::string part_;
};

using ByOrigin = std::map<std::string_view, std::vector<const pool::PoolReport*>>;

ByOrigin matching(const Reports& reports, const PoolsQuery& query) {
  const Filter filter(query);
  ByOrigin found;
  for (const auto& worker : reports.workers) {
    for (const auto& pool : worker.pools) {
      if (filter.passes(pool.origin)) found[pool.origin].push_back(&pool);
    }
  }
  return found;
}

}  // namespace

std::optional<PoolsQuery> parse_pools_query(std::string_view text) {
  PoolsQuery query;
  query.origin = query_value(text, "origin");
  query.contains = query_value(text, "contains");
  const auto order = parse_order(query_value(text, "by"));
  if (!order || !parse_top(query_value(text, "top"), query.top)) return std::nullopt;
  query.by = *order;
  return query;
}

bool matches(const PoolsQuery& query, std::string_view origin) {
  return Filter(query).passes(origin);
}

ChosenPools choose(const Reports& reports, const PoolsQuery& query, const OriginsHealth& health) {
  std::vector<std::pair<Rank, OriginPools>> ranked;
  for (auto& [origin, pools] : matching(reports, query)) {
    Rank rank;
    const auto of_origin = health.of(origin);
    for (const auto* pool : pools) rank_by(query.by, *pool, of_origin, rank);
    ranked.push_back({rank, {origin, std::move(pools)}});
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  ChosenPools chosen;
  chosen.matching = ranked.size();
  ranked.resize(std::min(ranked.size(), query.top.value_or(ranked.size())));
  for (auto& [rank, pools] : ranked) chosen.origins.push_back(std::move(pools));
  return chosen;
}

}  // namespace ccnproxy::admin
