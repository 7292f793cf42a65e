#include "ccnproxy/proxy/client_session.h"

#include <cassert>
#include <cerrno>

#include <sys/socket.h>

#include "ccnproxy/base/quantity_text.h"
#include "ccnproxy/http/framing.h"
#include "ccnproxy/http/limit_text.h"
#include "ccnproxy/proxy/client_socket.h"
#include "ccnproxy/proxy/exchange.h"

namespace ccnproxy::proxy {
namespace {

/// How long, and for how many bytes, a client may go on sending after it was answered early.
constexpr auto linger_time = std::chrono::seconds(5);
constexpr std::uint64_t linger_bytes = 16 * 1024 * 1024;
/// So much of one upload, and what the last read brings more: others wait for it.
constexpr std::size_t read_a_turn = 512 * 1024;

http::HeadLimits head_limits(const config::Limits& limits) {
  return {limits.head_bytes, limits.headers, limits.target_bytes};
}

}  // namespace

ClientSession::ClientSession(ProxyContext& context, UniqueFd fd, ClientAddress address,
                             SessionOwner& owner)
    : context_(context),
      owner_(owner),
      fd_(std::move(fd)),
      address_(std::move(address)),
      timer_(context.loop.timers(), Delegate<void()>::to<&ClientSession::on_timer>(this)),
      writer_(context),
      held_for_client_(context.memory, MemoryBudget::For::clients),
      held_for_origin_(context.memory, MemoryBudget::For::origins),
      watched_(EPOLLIN | EPOLLRDHUP) {
  context_.loop.watch(fd_.get(), watched_, *this);
  wait_for_request();
}

ClientSession::~ClientSession() = default;

void ClientSession::adopt(MigratedClient client) {
  migrated_ = true;
  if (context_.draining) persistence_.drain();
  request_began_ = client.request_began;
  on_input(client.bytes);
}

/// The only change of its life, which ends but once.
void ClientSession::become(Life life) {
  assert(life_ != Life::closed);
  life_ = life;
}

/// No request of it has begun to arrive.
bool ClientSession::is_idle() const noexcept {
  return life_ == Life::waiting && request_began_ == TimePoint{};
}

bool ClientSession::is_in_head() const noexcept {
  return (life_ == Life::waiting || life_ == Life::no_place) && request_began_ != TimePoint{};
}

const config::Config& ClientSession::config() const {
  return exchange_ ? exchange_->config() : *context_.config;
}

void ClientSession::wait_for_request() {
  become(Life::waiting);
  migrated_ = false;
  reader_.begin_next();
  request_began_ = {};
  idle_since_ = context_.loop.now();
  timer_.set(wake_while_idle());
}

/// While we drain: the next step of a login that is under way.
void ClientSession::wait_for_last_request() {
  timer_.set_after(std::min<Duration>(context_.config->timeouts.client_idle, first_request_time));
}

/// What the client has sent already is answered. The request of a connection that has only just
/// come is on its way and gets a moment (F099); a connection that has had its answers is closed.
void ClientSession::drain() {
  persistence_.drain();
  if (life_ != Life::waiting) return;
  on_readable();
  if (!is_idle()) return;
  if (used_ && !persistence_.may_persist()) return close();
  wait_for_last_request();
}

void ClientSession::kill() {
  if (life_ != Life::closed) abort();
}

bool ClientSession::close_if_idle_since(TimePoint then) {
  if (!is_idle() || idle_since_ > then) return false;
  close();
  return true;
}

void ClientSession::make_room() {
  if (!is_in_head()) return kill();
  refuse(reader_.kept().substr(0, bytes_for_log), 503,
         "the request's head did not end in time for the memory that there is (limits.memory is " +
             size_text(context_.config->limits.memory) + ")",
         ErrorType::connection_limit_reached);
}

void ClientSession::on_io(std::uint32_t events) {
  if (life_ == Life::closed || life_ == Life::tunnel) return;
  if (events & EPOLLOUT) flush();
  if (life_ == Life::closed) return;
  if (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) {
    on_readable();
  } else if (events & EPOLLRDHUP) {
    on_end_of_input();
  }
}

/// Whether there was anything, be it the end. Of a large upload more is read at once.
bool ClientSession::on_readable() {
  auto* buffer = context_.buffers.client();
  for (std::size_t got = 0; got < read_a_turn;) {
    const auto most = read_size_.next();
    const auto n = ::recv(fd_.get(), buffer, most, 0);
    if (n < 0) return on_read_error();
    if (n == 0) {
      on_end_of_input();
      break;
    }
    if (!is_uploading()) context_.loop.count_work();  // to wait for more of a body only costs
    got += static_cast<std::size_t>(n);
    on_input({buffer, static_cast<std::size_t>(n)});
    const bool takes_more = is_uploading();
    read_size_.after(static_cast<std::size_t>(n), takes_more);
    if (static_cast<std::size_t>(n) < most || !takes_more) break;
  }
  return true;
}

/// False: nothing is there yet.
bool ClientSession::on_read_error() {
  if (errno == EAGAIN || errno == EINTR) return false;
  client_gone();
  return true;
}

/// The client has closed its side. With a request in flight it has left: PHP and curl never shut
/// down one direction only, and a response that can't be delivered is not worth the origin's work
/// (as nginx sees it, 499).
void ClientSession::on_end_of_input() {
  if (life_ != Life::finishing || output().held() == 0) return client_gone();
  input_ended_ = true;  // it may still be reading
  persistence_.end();
  update_watch();
}

void ClientSession::on_input(std::string_view bytes) {
  if (reader_.kept().empty()) {
    const auto used = process(bytes);
    if (life_ != Life::closed) reader_.keep(bytes.substr(used));
  } else {
    reader_.keep(bytes);
    process_kept();
  }
  update_watch();
}

void ClientSession::process_kept() {
  auto kept = reader_.take_kept();
  kept.consume(process(kept.view()));
  if (life_ != Life::closed) reader_.put_back(std::move(kept));
}

/// Uses as much of `bytes` as can be used now. Ends of exchanges happen within; they find nothing
/// kept, and so do not start this again.
std::size_t ClientSession::process(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && life_ != Life::closed) {
    const auto rest = bytes.substr(used);
    reader_.set_at_hand(rest.size());
    std::size_t step = 0;
    if (life_ == Life::lingering) {
      step = rest.size();
      lingered_ += step;
      if (lingered_ > linger_bytes) close();
    } else if (life_ == Life::waiting) {
      step = read_head(rest);
    } else if (life_ == Life::serving && !reader_.is_complete()) {
      step = read_body(rest);
    }
    if (step == 0) break;
    used += step;
  }
  reader_.set_at_hand(0);
  return used;
}

std::size_t ClientSession::read_head(std::string_view bytes) {
  if (request_began_ == TimePoint{}) {
    request_began_ = context_.loop.now();
    if (address_.allowed) timer_.set_after(context_.config->timeouts.client_head);
  }
  const auto limits = head_limits(context_.config->limits);
  const auto result = reader_.read_head(bytes, limits, context_.head);
  switch (result.status) {
    case http::ParseStatus::incomplete:
      return 0;
    case http::ParseStatus::failed:
      refuse(bytes.substr(0, bytes_for_log), result.status_code, http::reason_text(result, limits));
      return bytes.size();
    case http::ParseStatus::complete:
      break;
  }
  if (!may_begin()) return 0;
  begin_exchange(bytes.substr(0, result.consumed));
  if (!migrating_to_) return result.consumed;
  leave_with(bytes);
  return bytes.size();
}

/// To another worker, with everything that was read and not answered. That one reads the head
/// again: microseconds, and no state to carry over.
void ClientSession::leave_with(std::string_view bytes) {
  give_back_exchange();
  context_.loop.unwatch(fd_.get());
  writer_.let_go(fd_.get());
  context_.migrate(*migrating_to_, {std::move(fd_), address_, std::string(bytes), request_began_});
  close();
}

/// Answered like any other request, so that a person at curl sees why, and logged.
void ClientSession::refuse(std::string_view bytes, std::uint16_t status, std::string_view reason,
                           ErrorType type) {
  timer_.cancel();
  reader_.leave_unframed();
  exchange_ = context_.exchanges.take(context_);
  become(Life::serving);
  exchange_->refuse(*this, bytes, status, reason, type);
}

void ClientSession::deny(std::string_view head_bytes) {
  const auto colon = address_.text.rfind(':');
  refuse(head_bytes, 403,
         "clients from " + address_.text.substr(0, colon) +
             " are not allowed: no block in clients.allow of this proxy's configuration holds "
             "that address; add it there to allow them",
         ErrorType::http_request_denied);
}

void ClientSession::begin_exchange(std::string_view head_bytes) {
  if (!address_.allowed) return deny(head_bytes);
  used_ = true;
  const auto& head = context_.head;
  persistence_.begin_request(http::is_persistent(head.version, head.fields), address_.placed);
  const auto framing = http::request_framing(head);
  if (!framing) return refuse(head_bytes, framing.error().status_code, framing.error().reason);
  timer_.cancel();
  exchange_ = context_.exchanges.take(context_);
  become(Life::serving);
  reader_.begin_body(*framing, head_limits(context_.config->limits));
  exchange_->begin(*this, head_bytes, head, *framing);
}

std::size_t ClientSession::read_body(std::string_view bytes) {
  if (!exchange_->wants_body()) return 0;
  const auto step = reader_.read_body(bytes);
  if (!step.broken.empty()) {
    exchange_->on_client_broken(step.broken);
  } else {
    if (!step.data.empty()) exchange_->on_client_body(step.data);
    if (step.trailers && life_ == Life::serving) exchange_->on_client_body_end(*step.trailers);
  }
  return step.consumed;
}

void ClientSession::resume_reading() {
  if (life_ != Life::serving) return;
  if (!reader_.kept().empty()) process_kept();
  update_watch();
}

/// A close() with unread input would reset the connection and could take the response with it
/// (F112).
void ClientSession::linger() {
  become(Life::lingering);
  ::shutdown(fd_.get(), SHUT_WR);
  timer_.set_after(linger_time);
  reader_.drop_kept();
  update_watch();
}

void ClientSession::give_back_exchange() { context_.exchanges.give(std::move(exchange_)); }

void ClientSession::client_gone() {
  if (output().held() > 0) close_by_reset();  // it may have closed one direction only
  if (exchange_) {
    exchange_->on_client_gone();
    give_back_exchange();
  }
  close();
}

void ClientSession::abort() {
  close_by_reset();
  if (life_ == Life::tunnel) {
    tunnel_->reset();
    exchange_->note_tunnel(*tunnel_, UpgradeTunnel::End::closed);
  }
  if (exchange_) {
    exchange_->on_aborted();
    give_back_exchange();
  }
  close();
}

void ClientSession::close() {
  if (life_ == Life::closed) return;
  become(Life::closed);
  timer_.cancel();
  bound_.reset();
  output().clear();
  held_for_client_.set(0);
  held_for_origin_.set(0);
  fd_.reset();
  owner_.on_session_closed(*this);
}

void ClientSession::on_timer() {
  if (writer_.is_blocked()) return check_taking();  // client_write
  if (writer_.has_backlog() && look_again()) return;
  if (exchange_) return;
  if (life_ == Life::lingering) return close();
  if (life_ == Life::no_place) return refuse_for_want_of_place();
  // client_idle. The kernel need not go on sending what the client does not take.
  if (reader_.kept().empty()) return bytes_in_socket(fd_.get()) > 0 ? abort() : close();
  refuse(reader_.kept().substr(0, bytes_for_log), 408,
         "the request's head was not complete within " +
             time_text(context_.config->timeouts.client_head) + " (timeouts.client_head)");
}

/// Whether the origin takes more of a request's body now.
bool ClientSession::is_uploading() const {
  return life_ == Life::serving && !reader_.is_complete() && reader_.kept().empty() &&
         exchange_->wants_body();
}

bool ClientSession::wants_input() const {
  if (life_ == Life::no_place) return false;
  if (!exchange_) return true;
  // With a request in flight some input is taken, so that the usual case changes no registration.
  const auto most = context_.memory.under_pressure() ? 1 : RequestBody::high_mark;
  return reader_.kept().size() < most && (reader_.is_complete() || exchange_->wants_body());
}

/// What it holds in memory may have changed.
void ClientSession::account() {
  held_for_client_.set(writer_.held());
  held_for_origin_.set(reader_.kept().size() + (exchange_ ? exchange_->held() : 0));
}

void ClientSession::update_watch() {
  if (life_ == Life::closed || life_ == Life::tunnel) return;
  account();
  std::uint32_t wanted = 0;
  if (life_ != Life::lingering && !input_ended_) wanted |= EPOLLRDHUP;
  if (!input_ended_ && wants_input()) wanted |= EPOLLIN;
  if (writer_.is_blocked()) wanted |= EPOLLOUT;
  if (wanted == watched_) return;
  watched_ = wanted;
  context_.loop.rewatch(fd_.get(), wanted, *this);
}

}  // namespace ccnproxy::proxy
