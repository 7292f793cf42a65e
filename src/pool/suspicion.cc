#include "ccnproxy/pool/suspicion.h"

namespace ccnproxy::pool {

void Suspicion::raise(const std::string& address) {
  review();
  address_ = address;
  connections_.for_each_open([&](auto& c) {
    if (!c.connection->is_suspicious() && c.connection->info().address == address)
      c.connection->check_alive();
  });
}

void Suspicion::review() {
  address_.clear();
  connections_.for_each_open([this](auto& c) {
    if (c.connection->is_suspicious()) address_ = c.connection->info().address;
    connections_.update(c);
  });
}

}  // namespace ccnproxy::pool
