#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "ccnproxy/base/connection_budget.h"
#include "ccnproxy/net/event_loop.h"
#include "ccnproxy/net/ip_address.h"
#include "ccnproxy/origin/address_probes.h"
#include "ccnproxy/origin/origin.h"
#include "ccnproxy/origin/origin_settings.h"
#include "ccnproxy/tls/socket_reader.h"

namespace ccnproxy::origin {

/// Asks by a TLS handshake: only a process that runs can answer it. At most one in ten seconds for
/// an address; one that is not answered is repeated each `timeouts.tls`, for a minute at most,
/// until something is heard.
///
/// Belongs to the loop's thread. May be destroyed at any time but from within a probe's own event.
class TlsAddressProbes final : public AddressProbes {
 public:
  struct Context {
    EventLoop& loop;
    tls::CipherBuffer& buffer;
    std::function<bool(const Endpoint&)>
        permitted;                       ///< see HappyEyeballs::Options; empty permits all
    ConnectionBudget* budget = nullptr;  ///< without room in it nothing is asked
  };
  TlsAddressProbes(Context context, Origin origin, const OriginSettings& settings);
  ~TlsAddressProbes() override;

  void ask(const std::string& address) override;
  std::optional<TimePoint> unanswered_since(std::string_view address) const override;
  void heard(std::string_view address) override;

 private:
  class Probe;
  struct Asked {
    std::string address;
    TimePoint begun;
    std::optional<TimePoint> unanswered_since;
    std::unique_ptr<Probe> probe;  ///< under way
  };
  void begin(Asked& asked, const Endpoint& endpoint);
  void end(Asked& asked);
  void on_taken(Probe& probe);
  void on_answered(Probe& probe);
  void on_silent(Probe& probe);
  Asked* find(std::string_view address);
  Asked& entry_of(const Probe& probe);

  Context context_;
  Origin origin_;
  std::shared_ptr<const tls::TlsContext> tls_;
  Duration connect_timeout_;
  Duration tls_timeout_;
  std::vector<Asked> asked_;
};

}  // namespace ccnproxy::origin
