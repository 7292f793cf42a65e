#pragma once

#include <memory>
#include <optional>
#include <string>

#include "fakes/http2_peer.h"
#include "fakes/scripted_origin.h"

namespace ccnproxy::integration {

/// One connection that the daemon opened to an origin without a script, spoken to by the test in a
/// straight line, in whichever protocol ALPN chose. One thread.
class OriginSide {
 public:
  /// Waits for the next connection.
  explicit OriginSide(fakes::ScriptedOrigin& origin, const fakes::h2::SettingsMap& settings = {})
      : connection_(origin.accept()) {
    if (!connection_->is_h2()) return;
    peer_.emplace(*connection_);
    peer_->greet(settings);
  }

  fakes::OriginConnection& connection() { return *connection_; }
  /// HTTP/2 only.
  fakes::Http2Peer& peer() { return peer_.value(); }
  bool is_h2() const { return peer_.has_value(); }

  /// A whole request; respond() answers the last one.
  fakes::Request read_request() {
    fakes::Request request = is_h2() ? peer_->want_request() : connection_->read_request();
    stream_ = request.stream_id;
    return request;
  }
  /// Until some of a request is there, and no further.
  void read_some_of_a_request() {
    if (is_h2()) {
      stream_ = peer_->want_headers().stream;
    } else {
      connection_->read_exact(1);
    }
  }
  void respond(int status, const std::string& body = "") {
    if (!is_h2()) return connection_->respond(status, body);
    peer_->write_headers(stream_, {{":status", std::to_string(status)},
                                   {"content-length", std::to_string(body.size())}});
    peer_->write_data(stream_, body, fakes::h2::EndStream);
  }
  std::uint32_t stream() const { return stream_; }

 private:
  std::shared_ptr<fakes::OriginConnection> connection_;
  std::optional<fakes::Http2Peer> peer_;
  std::uint32_t stream_ = 0;
};

/// For parametrised tests' names.
inline std::string protocol_name(const std::string& alpn) { return alpn == "h2" ? "h2" : "http1"; }

}  // namespace ccnproxy::integration
