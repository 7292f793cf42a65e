#include "prober.h"

#include "ccnproxy/base/quantity_text.h"
#include "ccnproxy/config/overrides.h"
#include "ccnproxy/daemon/connection_factory.h"

namespace ccnproxy::cli {
namespace {

constexpr auto turn = std::chrono::seconds(1);
/// For a connection's end to be told; nothing is waited for on the network.
constexpr int closing_turns = 3;

const config::Tls& profile_of(const config::Config& config, const origin::Origin& origin) {
  const auto* entry = config::find_override(config, origin.host, origin.port);
  return entry ? entry->tls : config.tls;
}

origin::OriginSettings settings_of(const daemon::WorkerConfig& worker_config,
                                   const origin::Origin& origin, tls::HandshakeWitness witness) {
  auto settings = *worker_config.settings_for(origin);
  settings.tls = std::make_shared<const tls::TlsContext>(profile_of(worker_config.config(), origin),
                                                         std::move(witness));
  return settings;
}

http::HeadLimits head_limits(const config::Limits& limits) {
  return {limits.head_bytes, limits.headers, limits.target_bytes};
}

}  // namespace

Prober::Prober(const daemon::WorkerConfig& worker_config, origin::Origin origin,
               const std::string& target)
    : authority_(origin.authority()),
      target_(target),
      settings_(
          settings_of(worker_config, origin, [this](const auto& facts) { result_.tls = facts; })),
      acl_(worker_config.address_acl()),
      resolver_(loop_, worker_config.config().dns),
      response_timer_(loop_.timers(), Delegate<void()>::to<&Prober::on_response_timeout>(this)) {
  request_.method = "HEAD";
  request_.scheme = origin.scheme == origin::Scheme::https ? "https" : "http";
  request_.authority = authority_;
  request_.path = target_;
  request_.fields = {{"user-agent", "ccnproxy-probe/" CCNPROXY_VERSION}, {"accept", "*/*"}};
  const origin::ConnectionContext connections{
      loop_, buffers_, head_limits(worker_config.config().limits), settings_.timeouts.tls};
  dialer_.emplace(std::make_shared<const origin::DialContext>(
                      origin::DialContext{connections, daemon::connection_factory(http2_memory_),
                                          resolver_, health_, last_serial_, acl_}),
                  std::move(origin), std::make_shared<const origin::OriginSettings>(settings_));
}

Prober::~Prober() { close(); }

ProbeResult Prober::connect() {
  close();
  result_ = {};
  done_ = closed_ = false;
  dial_ = dialer_->dial(*this, Delegate<void(origin::DialResult)>::to<&Prober::on_dialed>(this));
  run_until_done();
  loop_.defer_delete(std::move(dial_));
  return result_;
}

std::optional<ProbeResult> Prober::repeat() {
  if (!connection_ || closed_ || connection_->capacity() == 0) return std::nullopt;
  result_.status = 0;
  result_.error.reset();
  done_ = false;
  ask();
  run_until_done();
  return result_;
}

void Prober::on_dialed(origin::DialResult result) {
  if (!result) return finish(result.error());
  connection_ = std::move(*result);
  result_.connection = connection_->info();
  ask();
}

void Prober::ask() {
  asked_ = EventLoop::read_clock();
  stream_ = &connection_->open(request_, *this);
  response_timer_.set_after(settings_.timeouts.response_head);
}

void Prober::on_response(const http::ResponseHead& head, const http::BodyFraming&) {
  result_.first_byte = EventLoop::read_clock() - asked_;
  result_.status = head.status;
}

void Prober::on_response_timeout() {
  if (stream_) stream_->cancel();
  finish(Error{ErrorType::http_response_timeout, Side::origin, Phase::response, Proof::unknown,
               "no response head within " + time_text(settings_.timeouts.response_head) +
                   " (timeouts.response_head)"});
}

void Prober::finish(std::optional<Error> error) {
  response_timer_.cancel();
  stream_ = nullptr;
  result_.error = std::move(error);
  done_ = true;
}

void Prober::run_until_done() {
  while (!done_) loop_.run_once(turn);
}

void Prober::close() {
  if (!connection_) return;
  connection_->drain("the probe is over");
  for (int i = 0; i < closing_turns && !closed_; ++i) loop_.run_once(turn);
  loop_.defer_delete(std::move(connection_));
  loop_.run_once(Duration(0));
}

}  // namespace ccnproxy::cli
