// A session's way out: what it owes its client, how fast that takes it, and what comes after a
// response.

#include "ccnproxy/proxy/client_session.h"
#include "ccnproxy/proxy/client_socket.h"
#include "ccnproxy/proxy/exchange.h"

namespace ccnproxy::proxy {

void ClientSession::flush() {
  limit_unsent();
  const auto outcome = output_.flush(fd_.get());
  if (outcome == ClientOutput::Outcome::failed) return client_gone();
  output_blocked_ = outcome == ClientOutput::Outcome::held_back;
  if (output_blocked_ || backlog_.worth_a_look(output_.written())) look_at_socket();
  watch_taking();
  update_watch();
  if (const auto credit = output_.take_credit(); credit > 0 && exchange_)
    exchange_->on_client_took(credit);
  if (output_blocked_ || life_ == Life::closed) return;
  if (exchange_) watch_backlog();
  if (life_ == Life::finishing) end_exchange();
}

void ClientSession::finish(bool keep_alive) {
  keep_alive_ = keep_alive_ && keep_alive && reading_ == Reading::nothing && may_persist();
  life_ = Life::finishing;
  flush();
}

void ClientSession::end_exchange() {
  exchange_->end();
  context_.exchanges.give(std::move(exchange_));
  // Where the end is our idea alone, the client may be sending its next request already.
  const bool ours = client_persists_ && !draining_;
  const bool unread = reading_ != Reading::nothing;
  reading_ = Reading::nothing;
  chunks_.reset();
  if (!keep_alive_ || !may_persist())
    return ours || unread || !input_.empty() || bytes_at_hand_ > 0 ? linger() : close();
  life_ = Life::open;
  wait_for_request();
  if (draining_) wait_for_last_request();
  if (!input_.empty()) process_kept();
  if (life_ != Life::closed) update_watch();
}

void ClientSession::begin_tunnel(std::unique_ptr<tls::Transport> origin, std::string_view rest) {
  output_.flush(fd_.get());  // the tunnel finds out if it failed
  std::string for_client(output_.held_bytes());
  for_client.append(rest);
  output_.clear();
  bound_.reset();  // those to other origins
  timer_.cancel();
  context_.loop.unwatch(fd_.get());
  life_ = Life::tunnel;
  held_for_client_.set(0);
  held_for_origin_.set(0);
  tunnel_ = std::make_unique<UpgradeTunnel>(
      context_.loop, context_.buffers, exchange_->config().timeouts.tunnel_idle,
      Delegate<void(UpgradeTunnel::End)>::to<&ClientSession::on_tunnel_end>(this));
  tunnel_->begin(std::make_unique<tls::PlainTransport>(std::move(fd_)), for_client,
                 std::move(origin), input_.view());
  input_.clear();
}

void ClientSession::on_tunnel_end(UpgradeTunnel::End how) {
  exchange_->note_tunnel(*tunnel_, how);
  exchange_->end();
  context_.exchanges.give(std::move(exchange_));
  close();
}

}  // namespace ccnproxy::proxy
