#include "client.h"

#include <algorithm>
#include <cerrno>

#include <netinet/in.h>
#include <sys/socket.h>

#include "fakes/endpoint.h"
#include "fakes/failure.h"
#include "token.h"

namespace ccnproxy::soak {
namespace {

constexpr std::size_t slow_piece = 8 * 1024;

std::string chunked(const std::string& body) {
  std::string text;
  for (std::size_t at = 0; at < body.size(); at += 5000) {
    const auto piece = std::string_view(body).substr(at, 5000);
    char size[24];
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    text.append(size).append(piece).append("\r\n");
  }
  return text + "0\r\n\r\n";
}

std::string error_type(const MessageReader& reader) {
  const auto value = reader.field("proxy-status");
  const auto at = value.find("error=");
  if (at == std::string::npos) return "";
  return value.substr(at + 6, value.find(';', at) - at - 6);
}

}  // namespace

Client::Client(World& world, std::string daemon)
    : world_(world),
      daemon_(std::move(daemon)),
      reader_(Delegate<void(std::string_view)>::to<&Client::take_body>(this)),
      timeout_(world.loop.timers(), Delegate<void()>::to<&Client::on_timeout>(this)),
      slow_(world.loop.timers(), Delegate<void()>::to<&Client::read_again>(this)) {}

void Client::start() {
  if (stopping_) return;
  plan_ = client_plan(world_.seed, world_.next_client++);
  connect();
}

void Client::start_probe(Place place) {
  stopping_ = true;
  plan_ = ClientPlan{};
  plan_.place = place;
  probe_ = Probe::running;
  connect();
}

void Client::connect() {
  output_.clear();
  written_ = leave_at_ = sent_requests_ = interim_ = 0;
  received_ = 0;
  closing_ = is_logged_in_ = false;
  previous_.clear();
  expected_.clear();
  const int small = plan_.kind == ClientKind::slow_reader ? 16 * 1024 : 0;
  try {
    fd_ = UniqueFd(fakes::connect_to(daemon_, {}, small).release());
  } catch (const fakes::Failure& failure) {
    stopping_ = true;
    if (probe_ == Probe::running) probe_ = Probe::failed;
    return world_.ledger.violation(failure.what());
  }
  watched_ = EPOLLIN;
  world_.loop.watch(fd_.get(), watched_, *this);
  timeout_.set_after(patience);
  next_turn();
}

bool Client::leaves() const {
  return plan_.kind == ClientKind::leaves_in_head || plan_.kind == ClientKind::leaves_in_body;
}

/// The next request, or all of them where they are pipelined.
void Client::next_turn() {
  const auto until = plan_.kind == ClientKind::pipelined ? plan_.requests : sent_requests_ + 1;
  while (sent_requests_ < until) add_request(sent_requests_ + 1 == plan_.requests);
  reader_.reset(expected_.front().plan.method == "HEAD");
  body_is_own_ = true;
  write();
}

void Client::add_request(bool last) {
  ++sent_requests_;
  const auto id = world_.next_request++;
  auto plan = world_.plan(id);
  if (probe_ == Probe::running) plan.act = Act::answer;
  const bool logs_in = plan_.place == Place::login && plan_.user > 0 && sent_requests_ <= 2;
  const auto step = logs_in ? sent_requests_ : 0;
  if (step == 1) make_challenge(plan);
  const bool http10 = plan_.kind == ClientKind::http10;
  std::string text(plan.method);
  text += " /r/" + std::to_string(id) + (http10 ? " HTTP/1.0" : " HTTP/1.1");
  text.append("\r\nHost: ").append(name_of(plan_.place)).append(".").append(label_of(plan_.place));
  text += "\r\nX-Token: " + token_text(plan.token) + "\r\n";
  if (step == 1) text += "Authorization: NTLM 1\r\n";
  if (step == 2) text += "Authorization: NTLM 3 " + std::to_string(plan_.user) + "\r\n";
  if (plan_.kind == ClientKind::one_request) text += "Connection: close\r\n";
  const bool in_chunks = plan.chunked && !http10;
  if (in_chunks) text += "Transfer-Encoding: chunked\r\n";
  if (plan.has_body && !in_chunks) text += "Content-Length: " + std::to_string(plan.body) + "\r\n";
  text += "\r\n";
  const auto head = text.size();
  std::string body;
  append_body(body, plan.token, 0, plan.body);
  if (plan.has_body) text += in_chunks ? chunked(body) : body;
  if (last && leaves()) {
    const auto part = plan_.kind == ClientKind::leaves_in_head ? head : text.size();
    leave_at_ = output_.size() + std::max<std::size_t>(1, plan_.leaves_after % part);
  }
  output_ += text;
  expected_.push_back({id, plan, step});
}

void Client::on_io(std::uint32_t events) {
  if (!fd_) return;
  if (events & EPOLLOUT) write();
  if (fd_ && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) read();
}

void Client::write() {
  while (fd_ && written_ < output_.size()) {
    auto rest = std::string_view(output_).substr(written_);
    if (leave_at_ > 0) rest = rest.substr(0, leave_at_ - written_);
    const auto n = ::send(fd_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) break;  // the reader will see why
    if (n < 0) return watch();
    written_ += static_cast<std::size_t>(n);
    if (leave_at_ > 0 && written_ == leave_at_) return leave();
  }
  if (!fd_) return;
  output_.clear();
  written_ = 0;
  watch();
}

void Client::watch() {
  const bool resting = slow_.armed();
  const std::uint32_t wanted =
      (resting ? 0u : EPOLLIN) | (written_ < output_.size() ? EPOLLOUT : 0u);
  if (wanted == watched_) return;
  watched_ = wanted;
  world_.loop.rewatch(fd_.get(), wanted, *this);
}

void Client::read() {
  static thread_local char buffer[64 * 1024];
  const bool slow = plan_.kind == ClientKind::slow_reader;
  while (fd_) {
    const auto n = ::recv(fd_.get(), buffer, slow ? slow_piece : sizeof buffer, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) return on_ended(n == 0);
    timeout_.set_after(patience);
    take({buffer, static_cast<std::size_t>(n)});
    if (!slow || !fd_) continue;
    slow_.set_after(std::chrono::milliseconds(4));
    return watch();
  }
}

void Client::read_again() {
  if (!fd_) return;
  watch();
  read();
}

void Client::take(std::string_view bytes) {
  const auto leaves_response =
      plan_.kind == ClientKind::leaves_in_response && sent_requests_ == plan_.requests;
  while (!bytes.empty() && fd_) {
    if (expected_.empty()) {
      world_.ledger.violation("bytes after the last response: " + std::string(bytes.substr(0, 80)));
      return finish();
    }
    const auto n = reader_.take(bytes);
    bytes.remove_prefix(n);
    if (leaves_response && (received_ += n) > plan_.leaves_after) return leave();
    if (reader_.state() == MessageReader::State::bad) {
      world_.ledger.violation(name_of_request() + ": a malformed response: " + reader_.head());
      return finish();
    }
    if (reader_.state() == MessageReader::State::done) on_message();
  }
}

void Client::take_body(std::string_view bytes) {
  if (!reader_.field("x-token").empty() && body_is_own_)
    body_is_own_ =
        is_body(expected_.front().plan.token, reader_.body_bytes() - bytes.size(), bytes);
}

std::string Client::name_of_request() const {
  if (expected_.empty()) return "no request";
  const auto& front = expected_.front();
  return std::string(front.plan.method) + " " + std::to_string(front.id) + " to " +
         std::string(name_of(plan_.place)) + ", act " +
         std::to_string(static_cast<int>(front.plan.act)) + ", client " +
         std::to_string(static_cast<int>(plan_.kind)) + ", request " +
         std::to_string(sent_requests_ - expected_.size() + 1) + " of " +
         std::to_string(plan_.requests) + (previous_.empty() ? "" : " after " + previous_);
}

void Client::on_message() {
  if (reader_.status() < 200) {  // 103, or 100
    if (++interim_ > 20) world_.ledger.violation(name_of_request() + ": interim without end");
    return reader_.reset(expected_.front().plan.method == "HEAD");
  }
  judge(expected_.front());
  if (!fd_) return;
  previous_.clear();
  previous_ = name_of_request() + " (" + std::to_string(reader_.status()) + ")";
  expected_.pop_front();
  closing_ = closing_ || reader_.field("connection") == "close";
  const bool single = plan_.kind == ClientKind::one_request || plan_.kind == ClientKind::http10;
  if (closing_ || single || (expected_.empty() && sent_requests_ == plan_.requests))
    return finish();
  if (expected_.empty()) return next_turn();
  reader_.reset(expected_.front().plan.method == "HEAD");
  body_is_own_ = true;
}

void Client::judge(const Expected& expected) {
  const auto type = error_type(reader_);
  if (reader_.field("x-token").empty()) {
    if (type.empty())
      return world_.ledger.violation(name_of_request() + ": nobody's answer: " + reader_.head());
    if (probe_ == Probe::running) probe_ = Probe::failed;
    world_.ledger.count(Outcome::own_error);
    return world_.ledger.count_own_error(type);
  }
  judge_answer(expected);
}

void Client::judge_answer(const Expected& expected) {
  const auto& plan = expected.plan;
  if (reader_.field("x-token") != token_text(plan.token) || !body_is_own_)
    return world_.ledger.violation(name_of_request() + ": a crossed response: " + reader_.head());
  if (reader_.body_bytes() != plan.visible())
    return world_.ledger.violation(name_of_request() + ": looks whole with " +
                                   std::to_string(reader_.body_bytes()) + " of " +
                                   std::to_string(plan.visible()) + " bytes: " + reader_.head());
  if (reader_.status() != plan.status)
    return world_.ledger.violation(name_of_request() + ": another status: " + reader_.head());
  judge_user(expected);
  if (probe_ == Probe::running) probe_ = Probe::succeeded;
  world_.ledger.count(Outcome::answered);
}

/// F123: an answer is for the client's own session, or for none.
void Client::judge_user(const Expected& expected) {
  const std::string user(reader_.field("x-user"));
  const auto own = plan_.user > 0 && plan_.place == Place::login ? std::to_string(plan_.user) : "";
  if (!user.empty() && user != own)
    return world_.ledger.violation(name_of_request() + ": an answer for user " + user +
                                   ", not for " + (own.empty() ? "none" : own));
  if (is_logged_in_ && user.empty())
    return world_.ledger.violation(name_of_request() + ": its login is lost");
  if (expected.login_step == 2 && user == own) {
    is_logged_in_ = true;
    world_.ledger.count_login();
  }
}

void Client::on_ended(bool in_order) {
  if (expected_.empty()) return finish();
  if (in_order) reader_.on_end();
  if (reader_.state() == MessageReader::State::done) return on_message();
  // Between two requests a kept connection may end at any time; never before the first answer.
  if (!reader_.started() && previous_.empty() && leave_at_ == 0)
    world_.ledger.violation(name_of_request() + ": no answer at all" +
                            (in_order ? " (FIN)" : " (RST)"));
  world_.ledger.count(Outcome::cut);
  if (probe_ == Probe::running) probe_ = Probe::failed;
  finish();
}

/// In the middle of something. The requests before it on this connection may have been answered or
/// not; nobody knows.
void Client::leave() {
  for (std::size_t i = 0; i < expected_.size(); ++i) world_.ledger.count(Outcome::left);
  if (plan_.leaves_by_reset) {
    const linger at_once{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  finish();
}

void Client::finish() {
  timeout_.cancel();
  slow_.cancel();
  fd_.reset();
  expected_.clear();
  if (stopping_) return;
  world_.later.after(Duration(0), [this] { start(); });
}

void Client::on_timeout() {
  world_.ledger.violation(name_of_request() + ": no end within a minute");
  if (probe_ == Probe::running) probe_ = Probe::failed;
  finish();
}

}  // namespace ccnproxy::soak
