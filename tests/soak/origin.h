#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fakes/certificate.h"
#include "fakes/tls_context.h"
#include "link.h"
#include "world.h"

namespace ccnproxy::soak {

/// One place where the daemon connects to: a listener on loopback, and its connections.
class Origin final : private IoHandler {
 public:
  Origin(World& world, Place place, const fakes::Certificate& certificate);

  /// "127.0.0.1:40123"
  const std::string& endpoint() const { return endpoint_; }
  std::size_t open_connections();
  /// No more connections, and an end in order to those that there are.
  void close();

 private:
  void on_io(std::uint32_t events) override;
  void take(UniqueFd fd);
  bool is_flawed(UniqueFd& fd, Flaw flaw);
  void plan_end(const std::shared_ptr<Link>& link, const ConnectionPlan& plan);
  void keep(std::shared_ptr<Link> link);

  World& world_;
  Place place_;
  fakes::TlsContext only_h2_, only_http1_;
  UniqueFd listener_;
  std::string endpoint_;
  std::vector<std::shared_ptr<Link>> links_;
  std::vector<UniqueFd> silent_;  ///< connections that nobody answers
};

}  // namespace ccnproxy::soak
