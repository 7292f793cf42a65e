#include "ccnproxy/proxy/upgrade_tunnel.h"

#include <sys/socket.h>

#include "ccnproxy/base/quantity_text.h"

namespace ccnproxy::proxy {
namespace {

/// Then the others of this loop have their turn.
constexpr int most_rounds = 16;
/// The largest that a peer may send (RFC 5246 §6.2.3), with its head.
constexpr std::size_t tls_record = 5 + 16 * 1024 + 2048;
/// While memory is full nothing is read; it is checked again after this.
constexpr Duration look_again = std::chrono::milliseconds(20);

}  // namespace

UpgradeTunnel::UpgradeTunnel(EventLoop& loop, origin::WorkerBuffers& buffers, Duration idle,
                             Delegate<void(End)> on_end)
    : loop_(loop),
      buffers_(buffers),
      idle_(idle),
      on_end_(on_end),
      idle_timer_(loop.timers(), Delegate<void()>::to<&UpgradeTunnel::on_idle>(this)),
      again_timer_(loop.timers(), Delegate<void()>::to<&UpgradeTunnel::pump>(this)),
      client_(*this),
      origin_(*this),
      held_(buffers.held, MemoryBudget::For::clients),
      moved_at_(loop.now()) {}

void UpgradeTunnel::begin(std::unique_ptr<tls::Transport> client, std::string_view for_client,
                          std::unique_ptr<tls::Transport> origin, std::string_view for_origin) {
  client_.transport = std::move(client);
  origin_.transport = std::move(origin);
  client_.owed.append(for_client);
  origin_.owed.append(for_origin);
  watch(client_);
  watch(origin_);
  idle_timer_.set_after(idle_);
  again_timer_.set_after(Duration(0));  // the caller has still to return
}

void UpgradeTunnel::reset() {
  if (over_) return;
  over_ = true;
  held_.set(0);
  close_both(true);
}

void UpgradeTunnel::watch(Side& side) {
  side.watched = EPOLLIN;
  loop_.watch(side.transport->fd(), side.watched, side);
}

void UpgradeTunnel::on_io(Side& side, std::uint32_t events) {
  if (over_) return;
  // Reported whether or not it is asked for, and for ever if the rest can't be delivered.
  side.gone = side.gone || (events & (EPOLLERR | EPOLLHUP)) != 0;
  const auto& other = &side == &client_ ? origin_ : client_;
  if (side.gone && other.owed.size() >= most_held) return on_broken(side);
  pump();
}

void UpgradeTunnel::pump() {
  if (over_) return;
  bool moved = false;
  for (int round = 0; round < most_rounds && !broken_; ++round) {
    bool more = deliver(client_);
    more = deliver(origin_) || more;
    account();  // what has gone may be what there was no room for
    more = read(client_, origin_) || more;
    more = read(origin_, client_) || more;
    moved = moved || more;
    if (!more) break;
    if (round + 1 == most_rounds) again_timer_.set_after(Duration(0));
  }
  account();
  if (moved) moved_at_ = loop_.now();
  if (moved) idle_timer_.set_after(idle_);
  if (buffers_.held.full() && !again_timer_.armed()) again_timer_.set_after(look_again);
  if (broken_) return on_broken(*broken_);
  const bool over =
      (client_.ended && origin_.owed.empty()) || (origin_.ended && client_.owed.empty());
  if (over) return end(End::closed);
  update_watch(client_, origin_);
  update_watch(origin_, client_);
}

/// TLS takes more from its socket than it is asked for. Not counted, as of all connections, is a
/// record that may not be complete.
std::size_t UpgradeTunnel::read_ahead(const Side& side) {
  const auto held = side.transport->held();
  return held > tls_record ? held - tls_record : 0;
}

void UpgradeTunnel::account() {
  held_.set(client_.owed.size() + origin_.owed.size() + read_ahead(client_) + read_ahead(origin_));
}

bool UpgradeTunnel::deliver(Side& side) {
  if (side.owed.empty()) return false;
  const auto r = side.transport->write(side.owed.view());
  if (r.status == tls::IoStatus::ok) {
    side.owed.consume(r.bytes);
    side.delivered += r.bytes;
    return true;
  }
  if (r.status != tls::IoStatus::would_block) broken_ = &side;
  return false;
}

bool UpgradeTunnel::may_read(const Side& from, const Side& to) const {
  if (from.ended) return false;
  if (from.gone) return to.owed.size() < most_held;
  // What is here already takes no more room on its way out, and makes some.
  if (buffers_.held.full()) return to.owed.empty() && read_ahead(from) > 0;
  return to.owed.size() < (buffers_.held.under_pressure() ? 1 : most_held);
}

bool UpgradeTunnel::read(Side& from, Side& to) {
  if (broken_ || !may_read(from, to)) return false;
  auto* buffer = buffers_.read.get();
  const auto r = from.transport->read(buffer, most_held - to.owed.size());
  switch (r.status) {
    case tls::IoStatus::ok:
      loop_.count_work();
      to.owed.append({buffer, r.bytes});
      deliver(to);
      return true;
    case tls::IoStatus::would_block:
      return false;
    case tls::IoStatus::closed:
    case tls::IoStatus::truncated:  // protocols that need to know bring an end of their own
      from.ended = true;
      return false;
    case tls::IoStatus::failed:
      broken_ = &from;
      return false;
  }
  return false;
}

void UpgradeTunnel::update_watch(Side& side, const Side& other) {
  std::uint32_t wanted = 0;
  if (may_read(side, other)) wanted |= EPOLLIN;
  if (side.transport->read_awaits_room()) wanted |= EPOLLOUT;
  if (!side.owed.empty()) wanted |= side.transport->write_awaits_bytes() ? EPOLLIN : EPOLLOUT;
  if (wanted == side.watched) return;
  side.watched = wanted;
  loop_.rewatch(side.transport->fd(), wanted, side);
}

void UpgradeTunnel::close_both(bool by_reset) {
  idle_timer_.cancel();
  again_timer_.cancel();
  if (by_reset && client_.transport->fd() >= 0) {
    const ::linger now{1, 0};
    ::setsockopt(client_.transport->fd(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  client_.transport->close();
  origin_.transport->close();
}

void UpgradeTunnel::on_broken(const Side& side) {
  end(&side == &client_ ? End::client_broke : End::origin_broke);
}

void UpgradeTunnel::end(End how) {
  over_ = true;
  held_.set(0);
  close_both(how == End::origin_broke);
  on_end_(how);
}

Error error_of(UpgradeTunnel::End how, Duration idle) {
  using End = UpgradeTunnel::End;
  const auto side = how == End::client_broke   ? Side::client
                    : how == End::origin_broke ? Side::origin
                                               : Side::us;
  return {ErrorType::connection_terminated, side, Phase::response, Proof::response_started,
          how == End::idle
              ? "the tunnel carried nothing for " + time_text(idle) + " (timeouts.tunnel_idle)"
              : std::string("the tunnel was reset")};
}

}  // namespace ccnproxy::proxy
