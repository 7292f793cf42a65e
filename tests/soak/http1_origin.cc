#include "http1_origin.h"

#include <charconv>

namespace ccnproxy::soak {
namespace {

using std::chrono::milliseconds;

/// What a client must never see as a response.
constexpr std::string_view forged =
    "HTTP/1.1 200 OK\r\nX-Token: forged\r\nContent-Length: 6\r\n\r\nforged";

std::uint64_t id_in(std::string_view head) {
  std::uint64_t id = 0;
  const auto at = head.find("/r/");
  if (at != head.npos) std::from_chars(head.data() + at + 3, head.data() + head.size(), id);
  return id;
}

}  // namespace

Http1Origin::Http1Origin(World& world, UniqueFd fd, SSL* ssl, const ConnectionPlan& plan,
                         bool logs_in)
    : Link(world.loop, std::move(fd), ssl),
      world_(world),
      connection_(plan),
      reader_(Delegate<void(std::string_view)>::to<&Http1Origin::take_body>(this)),
      logs_in_(logs_in) {}

void Http1Origin::after(Duration delay, void (Http1Origin::*call)()) {
  world_.later.after(delay, [weak = weak_from_this(), call, id = id_] {
    const auto self = std::static_pointer_cast<Http1Origin>(weak.lock());
    if (self && self->is_open() && self->id_ == id) (self.get()->*call)();
  });
}

void Http1Origin::take_body(std::string_view bytes) {
  if (!is_body(plan_.token, body_seen_, bytes))
    world_.ledger.violation("request " + std::to_string(id_) + ": its body is not its own");
  body_seen_ += bytes.size();
}

void Http1Origin::on_bytes(std::string_view bytes) {
  if (answering_ && reader_.state() == MessageReader::State::done) {
    input_ += bytes;
    return;
  }
  while (!bytes.empty() && is_open()) {
    bytes.remove_prefix(reader_.take(bytes));
    if (reader_.state() == MessageReader::State::bad)
      world_.ledger.violation("an HTTP/1.1 request is malformed: " + reader_.head());
    if (reader_.state() == MessageReader::State::bad) return end(Ending::reset);
    if (!has_head_ && reader_.state() != MessageReader::State::head) on_head();
    if (!is_open()) return;
    if (reader_.state() == MessageReader::State::done) {
      input_ = bytes;
      return on_request_end();
    }
  }
}

void Http1Origin::on_head() {
  has_head_ = true;
  id_ = id_in(reader_.head());
  plan_ = world_.plan(id_);
  ++requests_;
  body_seen_ = 0;
  if (id_ == 0 || reader_.field("x-token") != token_text(plan_.token))
    return world_.ledger.violation("a request without its token: " + reader_.head());
  if (logs_in_) take_credentials();
  world_.ledger.count_act(plan_.act);
  if (plan_.act == Act::drop) return end(Ending::reset);
  if (plan_.act == Act::refuse) return end(Ending::fin_only);
  if (plan_.act == Act::answer_early && plan_.has_body &&
      reader_.state() == MessageReader::State::body) {
    world_.ledger.executed(id_, plan_);
    answer();
  }
}

void Http1Origin::take_credentials() {
  constexpr std::string_view last_step = "NTLM 3 ";
  const std::string credentials(reader_.field("authorization"));
  const bool was_challenged = std::exchange(is_challenged_, credentials == "NTLM 1");
  if (is_challenged_) make_challenge(plan_);
  if (is_challenged_) user_.clear();
  if (credentials.starts_with(last_step) && was_challenged)
    user_ = credentials.substr(last_step.size());
}

void Http1Origin::on_request_end() {
  if (plan_.has_body && body_seen_ != plan_.body)
    world_.ledger.violation("request " + std::to_string(id_) +
                            ": its body was cut, and looks whole");
  if (answering_) return;
  world_.ledger.executed(id_, plan_);
  act();
}

void Http1Origin::act() {
  answering_ = true;
  switch (plan_.act) {
    case Act::reset_unanswered:
      return end(Ending::reset);
    case Act::stall:
      return;
    case Act::answer_late:
      return after(milliseconds(1 + plan_.token % 40), &Http1Origin::answer);
    case Act::inform_first:
      send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
      return answer();
    default:
      return answer();
  }
}

bool Http1Origin::last_one() const {
  return plan_.act == Act::go_away ||
         (connection_.most_requests > 0 && requests_ >= connection_.most_requests);
}

void Http1Origin::answer() {
  answering_ = true;
  body_sent_ = 0;
  body_end_ = plan_.visible();
  const bool cut = plan_.act == Act::truncate || plan_.act == Act::close_in_body ||
                   plan_.act == Act::stall_in_body;
  if (cut) body_end_ /= 2;
  std::uint64_t declared = plan_.answer;
  if (plan_.act == Act::too_short) declared += 10;
  std::string more;
  if (plan_.act == Act::malformed_head) more = "Bad Name: x\r\n";
  if (last_one()) more += "Connection: close\r\n";
  send_head(more, declared);
  bodies_flow_ = true;
  on_room();
}

void Http1Origin::send_head(const std::string& more, std::uint64_t declared) {
  std::string head = "HTTP/1.1 " + std::to_string(plan_.status) +
                     " Said\r\nX-Token: " + token_text(plan_.token) + "\r\n" + more;
  if (!user_.empty()) head += "X-User: " + user_ + "\r\n";
  if (is_challenged_) head += "WWW-Authenticate: NTLM 2\r\n";
  if (plan_.status != 204) {
    head += plan_.chunked_answer ? "Transfer-Encoding: chunked\r\n"
                                 : "Content-Length: " + std::to_string(declared) + "\r\n";
  }
  send(head + "\r\n");
}

void Http1Origin::on_room() {
  while (bodies_flow_ && !waiting_ && is_open() && unsent() < enough) {
    const auto step = plan_.act == Act::answer_slowly ? std::uint64_t{500} : std::uint64_t{16384};
    const auto n = static_cast<std::size_t>(std::min(step, body_end_ - body_sent_));
    std::string piece;
    char size[24];
    if (n > 0 && plan_.chunked_answer) {
      std::snprintf(size, sizeof size, "%zx\r\n", n);
      piece = size;
    }
    append_body(piece, plan_.token, body_sent_, n);
    if (n > 0 && plan_.chunked_answer) piece += "\r\n";
    body_sent_ += n;
    send(piece);
    if (body_sent_ == body_end_) return finish_answer();
    if (plan_.act == Act::answer_slowly && body_sent_ < 4000) {
      waiting_ = true;
      after(milliseconds(8), &Http1Origin::go_on);
    }
  }
}

void Http1Origin::go_on() {
  waiting_ = false;
  on_room();
}

void Http1Origin::finish_answer() {
  bodies_flow_ = false;
  const bool bodiless = plan_.method == "HEAD" || plan_.status == 204;
  switch (plan_.act) {
    case Act::truncate:
      return end_after_output(Ending::reset);
    case Act::close_in_body:
    case Act::too_short:
      return end_after_output(Ending::fin_only);
    case Act::stall_in_body:
      return;
    case Act::malformed_head:
    case Act::go_away_hard:
      return end_after_output(Ending::in_order);
    default:
      break;
  }
  if (plan_.chunked_answer && !bodiless)
    send(plan_.act == Act::add_trailers ? "0\r\nX-Sum: 1\r\n\r\n" : "0\r\n\r\n");
  if (plan_.act == Act::too_long || plan_.act == Act::unasked_bytes) send(forged);
  if (last_one())
    return end_after_output(connection_.in_order ? Ending::in_order : Ending::fin_only);
  next_request();
}

/// An early answer leaves the rest of its request to come.
void Http1Origin::next_request() {
  if (reader_.state() != MessageReader::State::done) return after_early();
  answering_ = has_head_ = false;
  reader_.reset();
  const auto idle_since = requests_;
  if (connection_.closes_when_idle > 0 && !world_.calm) {
    world_.later.after(milliseconds(connection_.closes_when_idle),
                       [weak = weak_from_this(), idle_since] {
                         if (const auto self = weak.lock())
                           static_cast<Http1Origin&>(*self).close_if_idle(idle_since);
                       });
  }
  if (connection_.closes_after_answer > 0 && !world_.calm) {
    world_.later.after(milliseconds(connection_.closes_after_answer), [weak = weak_from_this()] {
      if (const auto self = weak.lock(); self && self->is_open()) self->end(Ending::fin_only);
    });
  }
  if (input_.empty()) return;
  world_.ledger.violation("a second request before the first was answered");
  end(Ending::reset);
}

void Http1Origin::after_early() { end_after_output(Ending::in_order); }

void Http1Origin::close_if_idle(std::uint64_t since) {
  if (!is_open() || has_head_ || requests_ != since) return;
  end(connection_.in_order ? Ending::in_order : Ending::fin_only);
}

}  // namespace ccnproxy::soak
