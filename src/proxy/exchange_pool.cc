#include "ccnproxy/proxy/exchange.h"
#include "ccnproxy/proxy/proxy_context.h"

namespace ccnproxy::proxy {

ExchangePool::ExchangePool(EventLoop& loop)
    : loop_(loop), task_(Delegate<void()>::to<&ExchangePool::release_ended>(this)) {}

ExchangePool::~ExchangePool() { loop_.cancel(task_); }

std::unique_ptr<Exchange> ExchangePool::take(ProxyContext& context) {
  if (free_.empty()) return std::make_unique<Exchange>(context);
  auto exchange = std::move(free_.back());
  free_.pop_back();
  return exchange;
}

void ExchangePool::give(std::unique_ptr<Exchange> exchange) {
  given_.push_back(std::move(exchange));
  loop_.defer(task_);
}

void ExchangePool::release_ended() {
  for (auto& exchange : given_) {
    if (free_.size() < most) free_.push_back(std::move(exchange));
  }
  given_.clear();
}

}  // namespace ccnproxy::proxy
