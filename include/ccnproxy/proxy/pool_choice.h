#pragma once

#include <cstddef>
#include <variant>

#include "ccnproxy/proxy/proxy_context.h"
#include "ccnproxy/proxy/request_plan.h"

namespace ccnproxy::proxy {

/// A worker that serves a request sooner than this one would.
struct OtherWorker {
  std::size_t index = 0;
};

/// Where a request is served: by an origin's pool, by another worker, or nowhere.
using PoolChoice = std::variant<pool::OriginPool*, OtherWorker, LocalReply>;

/// The place for a request to `origin`. An origin is judged when it gets its pool, not for each
/// request: one that has a pool is allowed; another worker judges for itself.
PoolChoice choose_pool(ProxyContext& context, const origin::Origin& origin, bool may_go_elsewhere);

}  // namespace ccnproxy::proxy
