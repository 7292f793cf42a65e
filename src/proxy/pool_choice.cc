#include "ccnproxy/proxy/pool_choice.h"

#include "ccnproxy/base/quantity_text.h"

namespace ccnproxy::proxy {
namespace {

LocalReply over_limit(std::string text) {
  return {503, std::move(text), ErrorType::connection_limit_reached, Side::us, Phase::queue};
}

PoolChoice new_pool(ProxyContext& context, const origin::Origin& origin, bool may_go_elsewhere) {
  const auto decision = context.acl->judge(origin);
  if (!decision.allowed)
    return LocalReply{403, decision.reason, decision.type, Side::client, Phase::route};
  if (may_go_elsewhere) {
    if (const auto worker = context.ready_elsewhere(origin)) return OtherWorker{*worker};
  }
  if (auto* pool = context.pools.find(origin)) return pool;
  return over_limit("too many origins in use (limits.origins is " +
                    std::to_string(context.config->limits.origins) + ")");
}

}  // namespace

PoolChoice choose_pool(ProxyContext& context, const origin::Origin& origin, bool may_go_elsewhere) {
  if (context.memory.full()) {
    return over_limit("the memory for slow clients and origins is all in use (limits.memory is " +
                      size_text(context.config->limits.memory) + ")");
  }
  auto* known = context.pools.known(origin);
  const auto choice = known && !known->is_barred() ? PoolChoice(known)
                                                   : new_pool(context, origin, may_go_elsewhere);
  if (auto* const* pool = std::get_if<pool::OriginPool*>(&choice); pool && may_go_elsewhere) {
    if (const auto worker = (*pool)->better_worker()) return OtherWorker{*worker};
  }
  return choice;
}

}  // namespace ccnproxy::proxy
