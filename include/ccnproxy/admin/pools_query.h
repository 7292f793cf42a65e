#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ccnproxy/admin/origin_health.h"
#include "ccnproxy/admin/worker_report.h"

namespace ccnproxy::admin {

/// The query of /pools: which origins, in which order. Empty parts select all.
struct PoolsQuery {
  /// What comes first; equals are in order of name.
  enum class Order : std::uint8_t {
    name,
    attention,    ///< the worst health, requests wait, none ready; then the busiest
    requests,     ///< most that ended
    connections,  ///< most that stand open or are on their way
    unready,      ///< most requests that did not find a connection ready
  };

  std::string origin{};    ///< as a person writes it: https://Host:443/ is https://host
  std::string contains{};  ///< a part of the origin's name, in any case
  Order by = Order::name;
  std::optional<std::size_t> top{};  ///< at most so many origins
};

/// Of the part of a target behind its `?`; nothing if `by` or `top` have a value that means
/// nothing.
std::optional<PoolsQuery> parse_pools_query(std::string_view query);

/// The pools of one origin, in order of worker. Points into the reports.
struct OriginPools {
  std::string_view origin;
  std::vector<const pool::PoolReport*> pools;
};

struct ChosenPools {
  std::vector<OriginPools> origins;
  std::size_t matching = 0;  ///< origins that were asked for, before `top`
};

ChosenPools choose(const Reports& reports, const PoolsQuery& query, const OriginsHealth& health);
/// Whether the query's filters let this origin pass.
bool matches(const PoolsQuery& query, std::string_view origin);

}  // namespace ccnproxy::admin
