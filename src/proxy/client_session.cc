#include "ccnproxy/proxy/client_session.h"

#include <cerrno>

#include <sys/socket.h>

#include "ccnproxy/base/quantity_text.h"
#include "ccnproxy/http/framing.h"
#include "ccnproxy/http/limit_text.h"
#include "ccnproxy/origin/socket_options.h"
#include "ccnproxy/proxy/client_socket.h"
#include "ccnproxy/proxy/exchange.h"

namespace ccnproxy::proxy {
namespace {

/// How long, and for how many bytes, a client may go on sending after it was answered early.
constexpr auto linger_time = std::chrono::seconds(5);
constexpr std::uint64_t linger_bytes = 16 * 1024 * 1024;
/// So much of one upload, and what the last read brings more: others wait for it.
constexpr std::size_t read_a_turn = 512 * 1024;
/// Who is not allowed must not hold a place for long only to be told so.
constexpr Duration stranger_time = std::chrono::seconds(5);

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
      output_(context.output_steps),
      held_for_client_(context.memory, MemoryBudget::For::clients),
      held_for_origin_(context.memory, MemoryBudget::For::origins),
      watched_(EPOLLIN | EPOLLRDHUP) {
  context_.loop.watch(fd_.get(), watched_, *this);
  wait_for_request();
}

ClientSession::~ClientSession() = default;

void ClientSession::take_over(HandedClient client) {
  handed_ = true;
  draining_ = context_.draining;
  request_began_ = client.request_began;
  on_input(client.bytes);
}

void ClientSession::wait_for_request() {
  handed_ = false;
  parser_.reset();
  request_began_ = {};
  idle_since_ = context_.loop.now();
  timer_.set(wake_while_idle());
}

/// When what is held for an idle client is to be known anew, or the client to be closed.
TimePoint ClientSession::wake_while_idle() const {
  const auto idle = context_.config->timeouts.client_idle;
  const auto end = idle_since_ + (address_.allowed ? idle : std::min(idle, stranger_time));
  return backlog_.bytes() > 0 ? std::min(end, context_.loop.now() + look_again_after) : end;
}

/// What the client has sent already is answered. The request of a connection that has only just
/// come is on its way and gets a moment (F099); a connection that has had its answers is closed.
void ClientSession::drain() {
  draining_ = true;
  if (exchange_ || life_ != Life::open) return;
  on_readable();
  if (exchange_ || life_ != Life::open || request_began_ != TimePoint{}) return;
  if (used_ && !login_under_way_) return close();
  wait_for_last_request();
}

void ClientSession::kill() {
  if (life_ != Life::closed) abort();
}

bool ClientSession::close_if_idle_since(TimePoint then) {
  const bool idle = !exchange_ && life_ == Life::open && request_began_ == TimePoint{};
  if (!idle || idle_since_ > then) return false;
  close();
  return true;
}

void ClientSession::make_room() {
  if (exchange_ || life_ != Life::open || request_began_ == TimePoint{}) return kill();
  timer_.cancel();
  reading_ = Reading::unframed;
  exchange_ = context_.exchanges.take(context_);
  exchange_->refuse(*this, input_.view().substr(0, 256), 503,
                    "the request's head did not end in time for the memory that there is "
                    "(limits.memory is " +
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
/// down one direction only, and an origin's work for nobody is not worth having (as nginx sees it,
/// 499).
void ClientSession::on_end_of_input() {
  if (life_ != Life::finishing || output_.held() == 0) return client_gone();
  input_ended_ = true;  // it may still be reading
  keep_alive_ = false;
  update_watch();
}

void ClientSession::on_input(std::string_view bytes) {
  if (input_.empty()) {
    const auto used = process(bytes);
    if (life_ != Life::closed) input_.append(bytes.substr(used));
  } else {
    input_.append(bytes);
    process_kept();
  }
  if (life_ != Life::closed) update_watch();
}

void ClientSession::process_kept() {
  if (processing_) return;
  ByteQueue kept = std::move(input_);
  input_ = ByteQueue();
  kept.consume(process(kept.view()));
  if (life_ != Life::closed) input_ = std::move(kept);
}

/// Uses as much of `bytes` as can be used now. Ends of exchanges happen within and must not start
/// this again.
std::size_t ClientSession::process(std::string_view bytes) {
  processing_ = true;
  std::size_t used = 0;
  while (used < bytes.size() && life_ != Life::closed) {
    const auto rest = bytes.substr(used);
    bytes_at_hand_ = rest.size();
    std::size_t step = 0;
    if (life_ == Life::lingering) {
      step = rest.size();
      lingered_ += step;
      if (lingered_ > linger_bytes) close();
    } else if (!exchange_) {
      step = read_head(rest);
    } else if (reading_ != Reading::nothing && life_ == Life::open) {
      step = read_body(rest);
    }
    if (step == 0) break;
    used += step;
  }
  bytes_at_hand_ = 0;
  processing_ = false;
  return used;
}

std::size_t ClientSession::read_head(std::string_view bytes) {
  if (request_began_ == TimePoint{}) {
    request_began_ = context_.loop.now();
    if (address_.allowed) timer_.set_after(context_.config->timeouts.client_head);
  }
  const auto result = parser_.parse(bytes, head_limits(context_.config->limits), context_.head);
  switch (result.status) {
    case http::ParseStatus::incomplete:
      return 0;
    case http::ParseStatus::failed:
      refuse(bytes, result);
      return bytes.size();
    case http::ParseStatus::complete:
      break;
  }
  if (!may_begin()) return 0;
  bytes_at_hand_ = bytes.size() - result.consumed;
  begin_exchange(bytes.substr(0, result.consumed));
  if (!handing_to_) return result.consumed;
  leave_with(bytes);
  return bytes.size();
}

/// To another worker, with everything that was read and not answered. That one reads the head
/// again: microseconds, and no state to carry over.
void ClientSession::leave_with(std::string_view bytes) {
  const auto worker = *handing_to_;
  context_.exchanges.give(std::move(exchange_));
  context_.loop.unwatch(fd_.get());
  if (unsent_limited_) origin::set_most_unsent(fd_.get(), most_unsent);  // the other one can't know
  context_.hand_over(worker, {std::move(fd_), address_, std::string(bytes), request_began_});
  close();
}

void ClientSession::refuse(std::string_view bytes, const http::ParseResult& result) {
  timer_.cancel();
  reading_ = Reading::unframed;
  exchange_ = context_.exchanges.take(context_);
  exchange_->refuse(*this, bytes.substr(0, 256), result.status_code,
                    http::reason_text(result, head_limits(context_.config->limits)));
}

/// Answered like any other request, so that a person at curl sees why, and logged.
void ClientSession::deny(std::string_view head_bytes) {
  timer_.cancel();
  reading_ = Reading::unframed;
  exchange_ = context_.exchanges.take(context_);
  const auto colon = address_.text.rfind(':');
  exchange_->refuse(*this, head_bytes, 403,
                    "clients from " + address_.text.substr(0, colon) +
                        " are not allowed: no block in clients.allow of this proxy's "
                        "configuration holds that address; add it there to allow them",
                    ErrorType::http_request_denied);
}

void ClientSession::begin_exchange(std::string_view head_bytes) {
  if (!address_.allowed) return deny(head_bytes);
  used_ = true;
  timer_.cancel();
  exchange_ = context_.exchanges.take(context_);
  const auto& head = context_.head;
  client_persists_ = http::is_persistent(head.version, head.fields);
  keep_alive_ = may_persist() && client_persists_ && address_.placed;
  const auto framing = http::request_framing(head);
  if (!framing) {
    reading_ = Reading::unframed;
    exchange_->refuse(*this, head_bytes, framing.error().status_code, framing.error().reason);
    return;
  }
  using Kind = http::BodyFraming::Kind;
  reading_ = framing->kind == Kind::length    ? Reading::fixed
             : framing->kind == Kind::chunked ? Reading::chunked
                                              : Reading::nothing;
  body_left_ = framing->length;
  if (reading_ == Reading::chunked)
    chunks_ = std::make_unique<http::ChunkedDecoder>(head_limits(context_.config->limits));
  exchange_->begin(*this, head_bytes, head, *framing);
}

std::size_t ClientSession::read_body(std::string_view bytes) {
  if (!exchange_->wants_body()) return 0;
  if (reading_ == Reading::chunked) return read_chunked(bytes);
  const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, bytes.size()));
  body_left_ -= n;
  if (body_left_ == 0) reading_ = Reading::nothing;
  exchange_->on_client_body(bytes.substr(0, n));
  if (exchange_ && life_ == Life::open && reading_ == Reading::nothing)
    exchange_->on_client_body_end({});
  return n;
}

std::size_t ClientSession::read_chunked(std::string_view bytes) {
  using Event = http::ChunkedDecoder::Event;
  const auto step = chunks_->step(bytes);
  switch (step.event) {
    case Event::need_more:
      break;
    case Event::data:
      exchange_->on_client_body(step.data);
      break;
    case Event::failed:
      exchange_->on_client_broken(step.reason);
      return bytes.size();
    case Event::end:
      reading_ = Reading::nothing;
      exchange_->on_client_body_end(chunks_->trailers());
      break;
  }
  return step.consumed;
}

void ClientSession::resume_reading() {
  if (life_ != Life::open) return;
  if (!input_.empty()) process_kept();
  if (life_ != Life::closed) update_watch();
}

/// A close() with unread input would reset the connection and could take the response with it
/// (F112).
void ClientSession::linger() {
  life_ = Life::lingering;
  ::shutdown(fd_.get(), SHUT_WR);
  timer_.set_after(linger_time);
  input_.clear();
  update_watch();
}

void ClientSession::client_gone() {
  if (output_.held() > 0) close_by_reset();  // it may have closed one direction only
  if (exchange_) {
    exchange_->on_client_gone();
    context_.exchanges.give(std::move(exchange_));
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
    context_.exchanges.give(std::move(exchange_));
  }
  close();
}

void ClientSession::close() {
  if (life_ == Life::closed) return;
  life_ = Life::closed;
  timer_.cancel();
  bound_.reset();
  output_.clear();
  held_for_client_.set(0);
  held_for_origin_.set(0);
  fd_.reset();
  owner_.on_session_closed(*this);
}

void ClientSession::on_timer() {
  if (output_blocked_) return check_taking();  // client_write
  if (backlog_.bytes() > 0 && look_again()) return;
  if (exchange_) return;
  if (life_ == Life::lingering) return close();
  if (waits_for_place_) return refuse_for_want_of_place();
  if (input_.empty())  // client_idle; the kernel need not go on for a response that nobody takes
    return bytes_in_socket(fd_.get()) > 0 ? abort() : close();
  exchange_ = context_.exchanges.take(context_);  // client_head
  exchange_->refuse(*this, input_.view().substr(0, 256), 408,
                    "the request's head was not complete within " +
                        time_text(context_.config->timeouts.client_head) +
                        " (timeouts.client_head)");
}

/// Whether the origin takes more of a request's body now.
bool ClientSession::is_uploading() const {
  return exchange_ && life_ == Life::open && reading_ != Reading::nothing && input_.empty() &&
         exchange_->wants_body();
}

bool ClientSession::wants_input() const {
  if (waits_for_place_) return false;
  if (life_ == Life::lingering || !exchange_) return true;
  // With a request in flight some input is taken, so that the usual case changes no registration.
  const auto most = context_.memory.tight() ? 1 : RequestBody::high_mark;
  return input_.size() < most && (reading_ == Reading::nothing || exchange_->wants_body());
}

void ClientSession::account() {
  held_for_client_.set(output_.held() + backlog_.bytes());
  held_for_origin_.set(input_.size() + (exchange_ ? exchange_->held() : 0));
}

void ClientSession::update_watch() {
  if (life_ == Life::closed || life_ == Life::tunnel) return;
  account();
  std::uint32_t wanted = 0;
  if (life_ != Life::lingering && !input_ended_) wanted |= EPOLLRDHUP;
  if (!input_ended_ && wants_input()) wanted |= EPOLLIN;
  if (output_blocked_) wanted |= EPOLLOUT;
  if (wanted == watched_) return;
  watched_ = wanted;
  context_.loop.rewatch(fd_.get(), wanted, *this);
}

}  // namespace ccnproxy::proxy
