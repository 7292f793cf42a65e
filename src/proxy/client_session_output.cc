// A session's way out: what it owes its client, how fast that takes it, and what comes after a
// response.

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "ccnproxy/proxy/client_session.h"
#include "ccnproxy/proxy/exchange.h"

namespace ccnproxy::proxy {

void ClientSession::flush() {
  const auto before = output_.written();
  const auto outcome = output_.flush(fd_.get());
  if (outcome == ClientOutput::Outcome::failed) return client_gone();
  output_blocked_ = outcome == ClientOutput::Outcome::held_back;
  watch_taking(output_.written() > before);
  update_watch();
  if (const auto credit = output_.take_credit(); credit > 0 && exchange_)
    exchange_->on_client_took(credit);
  if (output_blocked_ || life_ == Life::closed) return;
  if (exchange_) timer_.cancel();
  if (life_ == Life::finishing) end_exchange();
}

/// While its socket is full the client owes: it must take bytes (timeouts.client_write,
/// limits.min_rate).
void ClientSession::watch_taking(bool moved) {
  if (!output_blocked_) return taking_.release();
  const auto now = context_.loop.now();
  if (!taking_.owed()) taken_ = taken_by_client();
  if (moved || !taking_.owed()) took_at_ = now;
  const auto& config = exchange_ ? exchange_->config() : *context_.config;
  taking_.owe(now, config.timeouts.client_write, config.limits.min_rate);
  timer_.set(taking_.due());
}

/// What our socket has taken says little: it holds megabytes, and takes more only when a good part
/// has gone.
std::uint64_t ClientSession::taken_by_client() const {
  int unsent = 0;
  if (::ioctl(fd_.get(), SIOCOUTQ, &unsent) < 0) unsent = 0;
  const auto written = output_.written();
  return written - std::min<std::uint64_t>(written, static_cast<std::uint64_t>(unsent));
}

void ClientSession::check_taking() {
  const auto now = context_.loop.now();
  const auto taken = std::max(taken_, taken_by_client());
  taking_.moved(now, taken - taken_);
  taken_ = taken;
  if (taking_.too_slow(now)) return abort();
  timer_.set(taking_.due());
}

void ClientSession::finish(bool keep_alive) {
  keep_alive_ = keep_alive_ && keep_alive && reading_ == Reading::nothing && !draining_;
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
  if (!keep_alive_ || draining_)
    return ours || unread || !input_.empty() || bytes_at_hand_ > 0 ? linger() : close();
  life_ = Life::open;
  wait_for_request();
  if (!input_.empty()) process_kept();
  if (life_ != Life::closed) update_watch();
}

void ClientSession::begin_tunnel(std::unique_ptr<tls::Transport> origin, std::string_view rest) {
  output_.flush(fd_.get());  // the tunnel finds out if it failed
  std::string for_client(output_.held_bytes());
  for_client.append(rest);
  output_.clear();
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
