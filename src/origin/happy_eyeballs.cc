#include "happy_eyeballs.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <system_error>

#include <sys/socket.h>

#include "ccnproxy/base/quantity_text.h"
#include "ccnproxy/net/socket_options.h"

namespace ccnproxy::origin {
namespace {

namespace asio = boost::asio;

/// `detail` ends up in a header field and a log line; eight addresses tell what is wrong.
constexpr std::size_t described_at_most = 8;

int pending_error(int fd) noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ? errno : error;
}

}  // namespace

/// One socket that is connecting.
struct HappyEyeballs::Attempt {
  Attempt(EventLoop& loop, Entry& to, UniqueFd socket, ConnectionLease its)
      : entry(to), lease(std::move(its)), fd(std::move(socket)), steps(loop) {}

  Entry& entry;
  ConnectionLease lease;  ///< of a socket beside the first
  UniqueFd fd;
  Coroutine steps;
  bool ended = false;  ///< connected or failed
};

HappyEyeballs::HappyEyeballs(EventLoop& loop, Coroutine& caller, std::vector<Endpoint> addresses,
                             Options options)
    : loop_(loop), caller_(caller), options_(std::move(options)) {
  for (const auto& address : addresses) entries_.push_back({address, Outcome::not_tried, 0});
}

HappyEyeballs::~HappyEyeballs() = default;

asio::awaitable<Result<Connected>> HappyEyeballs::run() {
  const auto deadline = loop_.now() + options_.deadline;
  start_next({});
  while (!attempts_.empty()) {
    co_await caller_.notified(std::min(next_at_, deadline));
    while (auto attempt = take_ended()) {
      auto& entry = attempt->entry;
      entry.reason = pending_error(attempt->fd.get());
      if (entry.reason == 0) {
        report_health(entry);
        attempts_.clear();
        co_return Connected{std::move(attempt->fd), entry.address};
      }
      entry.outcome = outcome_of(entry.address, entry.reason);
      attempt->fd.reset();
      start_next(std::move(attempt->lease));
    }
    if (loop_.now() >= deadline) give_up();
    if (loop_.now() >= next_at_) start_another();
  }
  co_return failure();
}

/// The next address at which there is something to wait for.
void HappyEyeballs::start_next(ConnectionLease lease) {
  while (next_ < entries_.size() && !start(entries_[next_++], lease)) {
  }
  next_at_ = next_ < entries_.size() ? loop_.now() + options_.stagger : Coroutine::never;
}

/// Of no more addresses at once than there is room for.
void HappyEyeballs::start_another() {
  ConnectionLease lease;
  if (!attempts_.empty() && options_.budget) {
    lease = options_.budget->take(ConnectionBudget::For::ahead);
    if (!lease) {
      next_at_ = loop_.now() + options_.stagger;
      return;
    }
  }
  start_next(std::move(lease));
}

/// Whether there is now something to wait for at this address.
bool HappyEyeballs::start(Entry& entry, ConnectionLease& lease) {
  if (options_.permitted && !options_.permitted(entry.address)) {
    entry.outcome = Outcome::prohibited;
    return false;
  }
  auto fd = open_origin_socket(entry.address);
  const bool begun = fd && (::connect(fd.get(), entry.address.data(), entry.address.size()) == 0 ||
                            errno == EINPROGRESS);
  if (!begun) {
    entry.reason = errno;
    entry.outcome = outcome_of(entry.address, entry.reason);
    return false;
  }
  entry.outcome = Outcome::connecting;
  auto& attempt = attempts_.emplace_back(
      std::make_unique<Attempt>(loop_, entry, std::move(fd), std::move(lease)));
  attempt->steps.start(connect(*attempt));
  return true;
}

/// A connection that stands already is writable, too.
asio::awaitable<void> HappyEyeballs::connect(Attempt& attempt) {
  attempt.ended = co_await attempt.steps.writable(attempt.fd.get(), Coroutine::never);
  caller_.notify();
}

std::unique_ptr<HappyEyeballs::Attempt> HappyEyeballs::take_ended() {
  const auto found = std::find_if(attempts_.begin(), attempts_.end(),
                                  [](const auto& attempt) { return attempt->ended; });
  if (found == attempts_.end()) return nullptr;
  auto ended = std::move(*found);
  attempts_.erase(found);
  return ended;
}

void HappyEyeballs::give_up() {
  for (auto& attempt : attempts_) attempt->entry.outcome = Outcome::no_answer;
  attempts_.clear();
  next_at_ = Coroutine::never;
  late_ = true;
}

/// IPv6 is held to have failed where an IPv6 address had its head start, and an IPv4 address that
/// was started later connected nevertheless.
void HappyEyeballs::report_health(const Entry& winner) {
  if (options_.health == nullptr) return;
  if (winner.address.is_v6()) return options_.health->note_v6_connected();
  for (const auto& [address, outcome, reason] : entries_) {
    if (&address == &winner.address) return;
    const bool silent = outcome == Outcome::connecting || outcome == Outcome::no_answer ||
                        outcome == Outcome::unroutable;
    if (address.is_v6() && silent) return options_.health->note_v6_failed(loop_.now());
  }
}

HappyEyeballs::Outcome HappyEyeballs::outcome_of(const Endpoint& address, int reason) noexcept {
  switch (reason) {
    case ECONNREFUSED:
    case ECONNRESET:
      return Outcome::refused;
    case ETIMEDOUT:
      return Outcome::no_answer;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ENOBUFS:
      return Outcome::no_descriptor;
    case EAGAIN:
      return Outcome::no_resources;
    // No port is left; but for IPv6 it says that this machine has no address to connect from.
    case EADDRNOTAVAIL:
      return address.is_v6() ? Outcome::unroutable : Outcome::no_resources;
    default:
      return Outcome::unroutable;  // no route, no such family here, forbidden by a firewall
  }
}

bool HappyEyeballs::any(Outcome outcome) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& e) { return e.outcome == outcome; });
}

/// Without a descriptor nothing is known of an address: that is no failure of the origin, whatever
/// the others were.
ErrorType HappyEyeballs::verdict() const {
  if (any(Outcome::no_descriptor)) return ErrorType::connection_limit_reached;
  if (any(Outcome::no_answer)) return ErrorType::connection_timeout;
  if (any(Outcome::refused)) return ErrorType::connection_refused;
  if (any(Outcome::unroutable)) return ErrorType::destination_ip_unroutable;
  if (any(Outcome::prohibited) && !any(Outcome::no_resources))
    return ErrorType::destination_ip_prohibited;
  return ErrorType::proxy_internal_error;
}

Error HappyEyeballs::failure() const {
  const auto type = verdict();
  const bool ours =
      type == ErrorType::proxy_internal_error || type == ErrorType::connection_limit_reached;
  const auto side = ours ? Side::us : Side::origin;
  auto detail = summary();
  if (late_) {
    detail += (entries_.size() == 1 ? " within " : "; given up after ") +
              time_text(options_.deadline) + " (timeouts.connect)";
  }
  return {type, side, Phase::tcp, Proof::not_sent, std::move(detail)};
}

std::string HappyEyeballs::describe(const Entry& entry) {
  auto text = entry.address.to_string() + ": ";
  switch (entry.outcome) {
    case Outcome::not_tried:
      return text + "not tried for lack of time";
    case Outcome::prohibited:
      return text + "prohibited";
    case Outcome::connecting:
    case Outcome::no_answer:
      return text + "no answer";
    case Outcome::refused:
      return text + "refused";
    case Outcome::no_descriptor:
      return text + std::system_category().message(entry.reason) +
             " (the limit of open files, or memory)";
    case Outcome::unroutable:
    case Outcome::no_resources:
      break;
  }
  return text + std::system_category().message(entry.reason);
}

std::string HappyEyeballs::summary() const {
  if (entries_.empty()) return "no address to connect to";
  std::string text;
  for (std::size_t i = 0; i < std::min(entries_.size(), described_at_most); ++i) {
    text += (i == 0 ? "" : ", ") + describe(entries_[i]);
  }
  if (entries_.size() > described_at_most) {
    text += ", and " + std::to_string(entries_.size() - described_at_most) + " more";
  }
  return text;
}

}  // namespace ccnproxy::origin
