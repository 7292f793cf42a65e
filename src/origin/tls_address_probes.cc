#include "tls_address_probes.h"

#include <algorithm>

#include "ccnproxy/net/coroutine.h"
#include "ccnproxy/tls/tls_transport.h"

#include "happy_eyeballs.h"

namespace ccnproxy::origin {
namespace {

namespace asio = boost::asio;

constexpr Duration asked_at_most_each = std::chrono::seconds(10);
constexpr Duration given_up_after = std::chrono::minutes(1);
constexpr std::size_t most_addresses = 16;

}  // namespace

/// One handshake. Tells its owner when TCP has taken the question, and then either that it was
/// answered (by whatever: an alert and a reset are signs of life too) or that it was not.
class TlsAddressProbes::Probe final : public DeferredDelete {
 public:
  Probe(TlsAddressProbes& owner, const Endpoint& endpoint, ConnectionLease lease)
      : owner_(owner),
        loop_(owner.context_.loop),
        lease_(std::move(lease)),
        race_(loop_, steps_, {endpoint}, options()),
        steps_(loop_) {
    steps_.start(run());
  }
  /// Its owner will not hear of it any more.
  void forget() {
    steps_.end();
    if (tls_) tls_->close();
  }

 private:
  HappyEyeballs::Options options() const {
    HappyEyeballs::Options options;
    options.deadline = owner_.connect_timeout_;
    options.permitted = owner_.context_.permitted;
    return options;
  }

  asio::awaitable<void> run() {
    auto connected = co_await race_.run();
    // Whose connections TCP knows to be dead; or nothing is known of the address.
    if (!connected || !begin_tls(std::move(connected->fd))) co_return owner_.on_answered(*this);
    owner_.on_taken(*this);
    const auto until = loop_.now() + owner_.tls_timeout_;
    // The first flight always fits into an empty socket.
    while (is_unanswered(tls_->handshake())) {
      if (!co_await steps_.readable(tls_->fd(), until)) co_return owner_.on_silent(*this);
    }
    owner_.on_answered(*this);
  }

  bool begin_tls(UniqueFd fd) {
    try {
      tls_ = owner_.tls_->connect(std::move(fd), {owner_.origin_.host, owner_.origin_.port},
                                  owner_.context_.buffer);
    } catch (const std::exception&) {
      return false;
    }
    return true;
  }

  static bool is_unanswered(tls::TlsTransport::Handshake state) {
    return state != tls::TlsTransport::Handshake::done &&
           state != tls::TlsTransport::Handshake::failed;
  }

  TlsAddressProbes& owner_;
  EventLoop& loop_;
  ConnectionLease lease_;
  HappyEyeballs race_;
  std::unique_ptr<tls::TlsTransport> tls_;
  Coroutine steps_;
};

TlsAddressProbes::TlsAddressProbes(Context context, Origin origin, const OriginSettings& settings)
    : context_(std::move(context)),
      origin_(std::move(origin)),
      tls_(settings.tls),
      connect_timeout_(settings.timeouts.connect),
      tls_timeout_(settings.timeouts.tls) {}

TlsAddressProbes::~TlsAddressProbes() {
  for (auto& asked : asked_) end(asked);
}

void TlsAddressProbes::ask(const std::string& address) {
  const auto now = context_.loop.now();
  std::erase_if(asked_, [&](const auto& asked) {
    return !asked.probe && now - asked.begun >= asked_at_most_each;
  });
  const auto endpoint = Endpoint::parse(address);
  if (!endpoint || find(address) || asked_.size() >= most_addresses) return;
  begin(asked_.emplace_back(Asked{address, now, std::nullopt, nullptr}), *endpoint);
}

/// Where there is no room for its connection, nothing is known of the address.
void TlsAddressProbes::begin(Asked& asked, const Endpoint& endpoint) {
  ConnectionLease lease;
  if (context_.budget) {
    lease = context_.budget->take(ConnectionBudget::For::ahead);
    if (!lease) return asked.unanswered_since.reset();
  }
  asked.probe = std::make_unique<Probe>(*this, endpoint, std::move(lease));
}

void TlsAddressProbes::end(Asked& asked) {
  asked.unanswered_since.reset();
  if (!asked.probe) return;
  asked.probe->forget();
  context_.loop.defer_delete(std::move(asked.probe));
}

std::optional<TimePoint> TlsAddressProbes::unanswered_since(std::string_view address) const {
  for (const auto& asked : asked_) {
    if (asked.address == address) return asked.unanswered_since;
  }
  return std::nullopt;
}

void TlsAddressProbes::heard(std::string_view address) {
  if (asked_.empty()) return;
  if (auto* asked = find(address)) end(*asked);
}

void TlsAddressProbes::on_taken(Probe& probe) {
  auto& asked = entry_of(probe);
  if (!asked.unanswered_since) asked.unanswered_since = context_.loop.now();
}

void TlsAddressProbes::on_answered(Probe& probe) { end(entry_of(probe)); }

void TlsAddressProbes::on_silent(Probe& probe) {
  auto& asked = entry_of(probe);
  if (context_.loop.now() - asked.begun >= given_up_after) return end(asked);
  const auto since = asked.unanswered_since;
  end(asked);
  asked.unanswered_since = since;
  begin(asked, *Endpoint::parse(asked.address));
}

TlsAddressProbes::Asked* TlsAddressProbes::find(std::string_view address) {
  const auto found = std::find_if(asked_.begin(), asked_.end(),
                                  [&](const auto& asked) { return asked.address == address; });
  return found == asked_.end() ? nullptr : &*found;
}

TlsAddressProbes::Asked& TlsAddressProbes::entry_of(const Probe& probe) {
  return *std::find_if(asked_.begin(), asked_.end(),
                       [&](const auto& asked) { return asked.probe.get() == &probe; });
}

}  // namespace ccnproxy::origin
