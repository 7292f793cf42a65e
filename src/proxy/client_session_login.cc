// A session whose client has logged in on connections to origins (NTLM, Negotiate).

#include "ccnproxy/proxy/client_session.h"
#include "ccnproxy/proxy/exchange.h"

namespace ccnproxy::proxy {

BoundConnections& ClientSession::bound() {
  if (!bound_) {
    bound_ = std::make_unique<BoundConnections>(
        Delegate<void()>::to<&ClientSession::on_bound_end>(this));
  }
  return *bound_;
}

/// The origin has ended a connection that this one was logged in on: as directly, the client sees
/// that, and its next request is not answered as if it had never been logged in.
void ClientSession::on_bound_end() {
  persistence_.end();
  if (life_ == Life::waiting || life_ == Life::no_place) close();
}

}  // namespace ccnproxy::proxy
