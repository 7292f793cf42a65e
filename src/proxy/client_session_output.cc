// A session's way out: responses, what comes after one, and what its socket still holds.

#include <algorithm>

#include <sys/socket.h>

#include "ccnproxy/proxy/client_session.h"
#include "ccnproxy/proxy/client_socket.h"
#include "ccnproxy/proxy/exchange.h"

namespace ccnproxy::proxy {
namespace {

/// A client that is not allowed must not hold a place for long only to get its 403.
constexpr Duration stranger_time = std::chrono::seconds(5);

}  // namespace

void ClientSession::flush() {
  if (writer_.flush(fd_.get(), config()) == ClientOutput::Outcome::failed) return client_gone();
  if (writer_.is_blocked()) timer_.set(writer_.due());
  update_watch();
  if (const auto credit = output().take_credit(); credit > 0 && exchange_)
    exchange_->on_client_took(credit);
  if (writer_.is_blocked() || life_ == Life::closed) return;
  if (exchange_) watch_backlog();
  if (life_ == Life::finishing) end_exchange();
}

void ClientSession::finish(bool keep_alive) {
  if (!keep_alive || !reader_.is_complete() || !persistence_.may_persist()) persistence_.end();
  become(Life::finishing);
  flush();
}

void ClientSession::end_exchange() {
  exchange_->end();
  give_back_exchange();
  if (!persistence_.keeps()) {
    const bool more = persistence_.client_expects_more() || !reader_.is_complete();
    return more || reader_.has_unread() ? linger() : close();
  }
  wait_for_request();
  if (persistence_.is_draining()) wait_for_last_request();
  if (!reader_.kept().empty()) process_kept();
  update_watch();
}

void ClientSession::begin_tunnel(std::unique_ptr<tls::Transport> origin, std::string_view rest) {
  output().flush(fd_.get());  // the tunnel finds out if it failed
  std::string for_client(output().held_bytes());
  for_client.append(rest);
  output().clear();
  bound_.reset();  // those to other origins
  timer_.cancel();
  context_.loop.unwatch(fd_.get());
  become(Life::tunnel);
  held_for_client_.set(0);
  held_for_origin_.set(0);
  tunnel_ = std::make_unique<UpgradeTunnel>(
      context_.loop, context_.buffers, exchange_->config().timeouts.tunnel_idle,
      Delegate<void(UpgradeTunnel::End)>::to<&ClientSession::on_tunnel_end>(this));
  tunnel_->begin(std::make_unique<tls::PlainTransport>(std::move(fd_)), for_client,
                 std::move(origin), reader_.kept());
  reader_.drop_kept();
}

void ClientSession::on_tunnel_end(UpgradeTunnel::End how) {
  exchange_->note_tunnel(*tunnel_, how);
  exchange_->end();
  give_back_exchange();
  close();
}

/// When what is held for an idle client is to be known anew, or the client to be closed.
TimePoint ClientSession::wake_while_idle() const {
  const auto idle = context_.config->timeouts.client_idle;
  const auto end = idle_since_ + (address_.allowed ? idle : std::min(idle, stranger_time));
  return writer_.has_backlog() ? std::min(end, context_.loop.now() + look_again_after) : end;
}

void ClientSession::check_taking() {
  const bool too_slow = writer_.is_too_slow(fd_.get());
  account();
  if (too_slow) return abort();
  timer_.set(writer_.due());
}

void ClientSession::look_at_socket() {
  writer_.look(fd_.get());
  account();
}

/// All is written, and what the socket holds of it goes without our being told.
void ClientSession::watch_backlog() {
  if (!writer_.has_backlog()) return timer_.cancel();
  timer_.set_after(look_again_after);
}

/// Whether that was all that the timer was for.
bool ClientSession::look_again() {
  look_at_socket();
  if (exchange_) {
    watch_backlog();
    return true;
  }
  if (life_ != Life::waiting || !reader_.kept().empty()) return false;
  const auto next = wake_while_idle();
  if (next <= context_.loop.now()) return false;
  timer_.set(next);
  return true;
}

StalledClient ClientSession::stalled() {
  if (tunnel_) return tunnel_->stalled();
  if (writer_.is_blocked() || writer_.has_backlog()) look_at_socket();
  const auto held = held_for_client_.get() + held_for_origin_.get();
  if (writer_.is_blocked() || writer_.has_backlog()) return {held, writer_.moved_at()};
  return {is_in_head() ? held : 0, request_began_};
}

/// The client is to see that what it got is not all.
void ClientSession::close_by_reset() {
  const ::linger reset{1, 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

}  // namespace ccnproxy::proxy
