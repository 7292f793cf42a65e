// A client beyond limits.clients: it may ask for /hc, and waits for a place with everything else.

#include <sys/socket.h>

#include "ccnproxy/http/framing.h"
#include "ccnproxy/proxy/client_session.h"
#include "ccnproxy/proxy/exchange.h"

namespace ccnproxy::proxy {

/// Whether the head that was just parsed is served now. Otherwise nothing more is read of this
/// client until it has a place.
bool ClientSession::may_begin() {
  if (address_.placed || !address_.allowed || asks_for_health()) return true;
  if (owner_.give_place(*this)) {
    address_.placed = true;
    return true;
  }
  reader_.forget_head();
  become(Life::no_place);
  return false;
}

/// As Exchange will see it: no label in the Host, or it is an origin's path.
bool ClientSession::asks_for_health() const {
  const auto& head = context_.head;
  if (head.method != "GET" && head.method != "HEAD") return false;
  if (head.target.substr(0, head.target.find('?')) != "/hc") return false;
  const auto host = http::request_host(head);
  if (!host) return false;
  const auto mapped =
      context_.labels->map({head.method, head.target, *host, address_.listener_port});
  return !mapped && mapped.error().no_label;
}

void ClientSession::take_place() {
  address_.placed = true;
  become(Life::waiting);
  process_kept();
  update_watch();
}

void ClientSession::refuse_for_want_of_place() {
  if (request_began_ == TimePoint{}) request_began_ = context_.loop.now();  // the log's time
  refuse(reader_.kept().substr(0, bytes_for_log), 503,
         "too many clients: no place became free in time (limits.clients, or the limit of open "
         "files)",
         ErrorType::connection_limit_reached);
}

/// What has come already is taken, so that closing does not reset the connection under the answer.
void ClientSession::turn_away() {
  ::recv(fd_.get(), context_.buffers.client(), ReadSize::usual, 0);
  if (life_ == Life::waiting || life_ == Life::no_place) refuse_for_want_of_place();
  if (life_ != Life::closed) exchange_ ? abort() : close();
}

}  // namespace ccnproxy::proxy
