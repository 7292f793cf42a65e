#pragma once

#include <string>

#include "fakes/service.h"

namespace ccnproxy::fakes {

/// One HTTP/1.1 connection of a Service, one request after the other.
class Http1Service {
 public:
  Http1Service(OriginConnection& connection, Service::Shared& shared)
      : connection_(connection), shared_(shared) {}

  /// Until the client closes, or a response ends the connection.
  void run();

 private:
  bool serve(Request request);
  bool send(const Request& request, const Response& response, bool last);
  void send_body(const Response& response, std::uint64_t size);
  std::string head(const Response& response, bool last) const;

  OriginConnection& connection_;
  Service::Shared& shared_;
  std::size_t served_ = 0;
};

}  // namespace ccnproxy::fakes
