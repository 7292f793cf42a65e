#include "ccnproxy/proxy/exchange.h"
#include "ccnproxy/proxy/proxy_context.h"

namespace ccnproxy::proxy {

ExchangeShelf::ExchangeShelf(EventLoop& loop)
    : loop_(loop), task_(Delegate<void()>::to<&ExchangeShelf::shelve>(this)) {}

ExchangeShelf::~ExchangeShelf() { loop_.cancel(task_); }

std::unique_ptr<Exchange> ExchangeShelf::take(ProxyContext& context) {
  if (free_.empty()) return std::make_unique<Exchange>(context);
  auto exchange = std::move(free_.back());
  free_.pop_back();
  return exchange;
}

void ExchangeShelf::give(std::unique_ptr<Exchange> exchange) {
  given_.push_back(std::move(exchange));
  loop_.at_turn_end(task_);
}

void ExchangeShelf::shelve() {
  for (auto& exchange : given_) {
    if (free_.size() < most) free_.push_back(std::move(exchange));
  }
  given_.clear();
}

}  // namespace ccnproxy::proxy
