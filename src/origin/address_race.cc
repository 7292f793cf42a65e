#include "ccnproxy/origin/address_race.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <system_error>

#include <sys/socket.h>

#include "ccnproxy/base/quantity_text.h"
#include "ccnproxy/origin/socket_options.h"

namespace ccnproxy::origin {
namespace {

/// `detail` ends up in a header field and a log line; eight addresses tell what is wrong.
constexpr std::size_t described_at_most = 8;

int pending_error(int fd) noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0 ? errno : error;
}

}  // namespace

/// One socket that is connecting. Outlives its end until the turn is over, as the loop may still
/// hold an event for it.
class AddressRace::Attempt final : public IoHandler, public Retired {
 public:
  Attempt(AddressRace& race, std::size_t which, UniqueFd fd, ConnectionLease lease)
      : index(which), race_(&race), lease_(std::move(lease)), fd_(std::move(fd)) {}

  void watch() { race_->loop_.watch(fd_.get(), EPOLLOUT, *this); }
  void on_io(std::uint32_t) override {
    if (race_ == nullptr) return;
    const int error = pending_error(fd_.get());
    error == 0 ? race_->on_connected(*this) : race_->on_failed(*this, error);
  }
  UniqueFd take_fd() {
    race_->loop_.unwatch(fd_.get());
    return std::move(fd_);
  }
  ConnectionLease take_lease() { return std::move(lease_); }
  void end() noexcept {
    race_ = nullptr;
    fd_.reset();
  }

  const std::size_t index;  ///< of entries_

 private:
  AddressRace* race_;      ///< nullptr once it has ended
  ConnectionLease lease_;  ///< of a socket beside the first
  UniqueFd fd_;
};

AddressRace::AddressRace(EventLoop& loop, std::vector<Endpoint> addresses, Options options,
                         Callback callback)
    : loop_(loop),
      options_(std::move(options)),
      callback_(std::move(callback)),
      stagger_(loop.timers(), Delegate<void()>::to<&AddressRace::on_stagger>(this)),
      deadline_(loop.timers(), Delegate<void()>::to<&AddressRace::on_deadline>(this)),
      tell_soon_(loop, Delegate<void()>::to<&AddressRace::tell>(this)) {
  for (const auto& address : addresses) entries_.push_back({address, Outcome::not_tried, 0});
  deadline_.set_after(options_.deadline);
  start_next();
}

AddressRace::~AddressRace() { drop_all(); }

void AddressRace::start_next() {
  while (next_ < entries_.size()) {
    if (!start(next_++)) continue;
    if (next_ < entries_.size()) stagger_.set_after(options_.stagger);
    return;
  }
  if (attempts_.empty() && !result_) settle(failure());
}

/// Of no more addresses at once than there is room for.
void AddressRace::on_stagger() {
  if (attempts_.empty() || !options_.budget) return start_next();
  spare_ = options_.budget->take(ConnectionBudget::For::ahead);
  if (!spare_) return stagger_.set_after(options_.stagger);
  start_next();
  spare_.reset();
}

/// Whether there is now something to wait for at this address.
bool AddressRace::start(std::size_t index) {
  auto& entry = entries_[index];
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
  // A connection that stands already is writable: the loop says so like for any other.
  entry.outcome = Outcome::connecting;
  attempts_.push_back(
      std::make_unique<Attempt>(*this, index, std::move(fd), std::exchange(spare_, {})));
  attempts_.back()->watch();
  return true;
}

void AddressRace::on_connected(Attempt& attempt) {
  const auto index = attempt.index;
  auto fd = attempt.take_fd();
  report_health(index);
  settle(Connected{std::move(fd), entries_[index].address});
}

void AddressRace::on_failed(Attempt& attempt, int reason) {
  auto& entry = entries_[attempt.index];
  entry.reason = reason;
  entry.outcome = outcome_of(entry.address, reason);
  spare_ = attempt.take_lease();
  drop(attempt);
  stagger_.cancel();
  start_next();
  spare_.reset();
}

void AddressRace::on_deadline() {
  for (auto& entry : entries_) {
    if (entry.outcome == Outcome::connecting) entry.outcome = Outcome::no_answer;
  }
  late_ = true;
  settle(failure());
}

void AddressRace::settle(Result<Connected> result) {
  assert(!result_);
  stagger_.cancel();
  deadline_.cancel();
  drop_all();
  result_ = std::make_unique<Result<Connected>>(std::move(result));
  tell_soon_.ask();
}

void AddressRace::tell() {
  const auto callback = std::move(callback_);
  const auto result = std::move(result_);
  callback(std::move(*result));  // may destroy this
}

void AddressRace::drop(Attempt& attempt) {
  const auto found = std::find_if(attempts_.begin(), attempts_.end(),
                                  [&](const auto& a) { return a.get() == &attempt; });
  attempt.end();
  loop_.retire(std::move(*found));
  attempts_.erase(found);
}

void AddressRace::drop_all() {
  while (!attempts_.empty()) drop(*attempts_.back());
}

/// IPv6 is held to have failed where an IPv6 address had its head start, and an IPv4 address that
/// was started later connected nevertheless.
void AddressRace::report_health(std::size_t winner) {
  if (options_.health == nullptr) return;
  if (entries_[winner].address.is_v6()) return options_.health->note_v6_connected();
  for (std::size_t i = 0; i < winner; ++i) {
    const auto& [address, outcome, reason] = entries_[i];
    const bool silent = outcome == Outcome::connecting || outcome == Outcome::no_answer ||
                        outcome == Outcome::unroutable;
    if (address.is_v6() && silent) return options_.health->note_v6_failed(loop_.now());
  }
}

AddressRace::Outcome AddressRace::outcome_of(const Endpoint& address, int reason) noexcept {
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

bool AddressRace::any(Outcome outcome) const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& e) { return e.outcome == outcome; });
}

/// Without a descriptor nothing is known of an address: that is no failure of the origin, whatever
/// the others were.
ErrorType AddressRace::verdict() const {
  if (any(Outcome::no_descriptor)) return ErrorType::connection_limit_reached;
  if (any(Outcome::no_answer)) return ErrorType::connection_timeout;
  if (any(Outcome::refused)) return ErrorType::connection_refused;
  if (any(Outcome::unroutable)) return ErrorType::destination_ip_unroutable;
  if (any(Outcome::prohibited) && !any(Outcome::no_resources))
    return ErrorType::destination_ip_prohibited;
  return ErrorType::proxy_internal_error;
}

Error AddressRace::failure() const {
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

std::string AddressRace::describe(const Entry& entry) {
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

std::string AddressRace::summary() const {
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
