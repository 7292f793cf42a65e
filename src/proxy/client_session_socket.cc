// A session's socket: what it still holds of what was written, how fast the client takes that, and
// how much it may hold where memory is tight.

#include <sys/socket.h>

#include "ccnproxy/origin/socket_options.h"
#include "ccnproxy/proxy/client_session.h"
#include "ccnproxy/proxy/client_socket.h"
#include "ccnproxy/proxy/exchange.h"

namespace ccnproxy::proxy {

/// While its socket is full the client owes: it must take bytes (timeouts.client_write,
/// limits.min_rate).
void ClientSession::watch_taking() {
  if (!output_blocked_) return taking_.release();
  const auto& config = exchange_ ? exchange_->config() : *context_.config;
  taking_.owe(context_.loop.now(), config.timeouts.client_write, config.limits.min_rate);
  timer_.set(taking_.due());
}

void ClientSession::check_taking() {
  look_at_socket();
  if (taking_.too_slow(context_.loop.now())) return abort();
  timer_.set(taking_.due());
}

/// What our socket has taken says little: it holds much, and takes more only when a good part has
/// gone.
void ClientSession::look_at_socket() {
  const auto now = context_.loop.now();
  taking_.moved(now, backlog_.look(now, output_.written(), bytes_in_socket(fd_.get())));
  account();
}

/// All is written, and what the socket holds of it goes without our being told.
void ClientSession::watch_backlog() {
  if (backlog_.bytes() == 0) return timer_.cancel();
  timer_.set_after(look_again_after);
}

/// Whether that was all that the timer was for.
bool ClientSession::look_again() {
  look_at_socket();
  if (exchange_) {
    watch_backlog();
    return true;
  }
  if (life_ != Life::open || !input_.empty()) return false;
  const auto next = wake_while_idle();
  if (next <= context_.loop.now()) return false;
  timer_.set(next);
  return true;
}

Standing ClientSession::standing() {
  if (tunnel_) return tunnel_->standing();
  if (output_blocked_ || backlog_.bytes() > 0) look_at_socket();
  const auto held = held_for_client_.get() + held_for_origin_.get();
  if (output_blocked_ || backlog_.bytes() > 0) return {held, backlog_.moved_at()};
  const bool in_head = !exchange_ && life_ == Life::open && request_began_ != TimePoint{};
  return {in_head ? held : 0, request_began_};
}

/// Where memory is tight, the kernel is to hold less for each client, too.
void ClientSession::limit_unsent() {
  const auto& memory = context_.memory;
  if (unsent_limited_ ? !memory.relaxed() : !memory.tight()) return;
  unsent_limited_ = !unsent_limited_;
  origin::set_most_unsent(fd_.get(), unsent_limited_ ? most_unsent_when_tight : most_unsent);
}

/// The client is to see that what it got is not all.
void ClientSession::close_by_reset() {
  const ::linger reset{1, 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

}  // namespace ccnproxy::proxy
