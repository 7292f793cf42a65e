#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ccnproxy/base/error.h"
#include "ccnproxy/config/config.h"
#include "ccnproxy/http/framing.h"
#include "ccnproxy/http/head.h"
#include "ccnproxy/http/outgoing_request.h"
#include "ccnproxy/origin/origin.h"
#include "ccnproxy/proxy/request_ids.h"
#include "ccnproxy/route/label_table.h"

namespace ccnproxy::proxy {

/// What the client gets from this proxy itself, and why.
struct LocalReply {
  std::uint16_t status = 200;
  std::string text;                     ///< one line for a person at curl
  std::optional<ErrorType> error = {};  ///< nothing: it is no error
  Side side = Side::client;
  Phase phase = Phase::request;
  std::uint32_t retry_after = 1;  ///< seconds; told with 503
};

/// What becomes of one request, by its head, its framing and the configuration: what its origin
/// gets, or the reply that the client gets instead. Does no I/O.
///
/// Owns a copy of the head, which its views are of, so it stays where it is; what it has grown to
/// serves the next request.
class RequestPlan {
 public:
  /// What it goes by besides the request. Valid for the call that takes it.
  struct Terms {
    const config::Config& config;
    const route::LabelTable& labels;
    std::string_view via;             ///< as a Via field has it; our pseudonym is its last word
    std::uint16_t listener_port = 0;  ///< 0 on a unix socket
    bool tells_statistics = false;    ///< there are some of chocon's form
    bool draining = false;            ///< /hc says so
    RequestIds& ids;                  ///< of requests that bring none
  };
  enum class Outcome : std::uint8_t {
    forward,     ///< outgoing() goes to origin()
    reply,       ///< the client gets reply()
    statistics,  ///< it asks for chocon's statistics
  };

  /// `head` is of `bytes`.
  Outcome plan(std::string_view bytes, const http::RequestHead& head,
               const http::BodyFraming& framing, const Terms& terms);
  /// A request that can't be understood, or not from this client: of `bytes` the log gets as much
  /// of the request line as can be told.
  void refuse(std::string_view bytes);

  const http::RequestHead& head() const noexcept { return head_; }
  std::string_view host() const;
  std::string_view request_id() const noexcept { return request_id_; }
  /// With Outcome::reply.
  const LocalReply& reply() const { return *reply_; }

  // With Outcome::forward.
  const origin::Origin& origin() const noexcept { return origin_; }
  /// Whether the origin was found.
  bool has_origin() const noexcept { return !authority_.empty(); }
  const http::OutgoingRequest& outgoing() const noexcept { return outgoing_; }
  bool is_upgrade() const noexcept { return !upgrade_.empty(); }
  /// May be done twice, by its method or an Idempotency-Key.
  bool idempotent() const noexcept { return traits_.idempotent; }
  /// The client waits for a 100 before it sends the body.
  bool expects_continue() const noexcept { return traits_.expects_continue; }
  /// The client asks how it went (X-Ccnproxy-Debug).
  bool wants_debug() const noexcept { return traits_.debug; }
  /// Its credentials log the origin's connection in.
  bool is_login() const noexcept { return traits_.login; }

  bool is_head() const noexcept { return head_.method == "HEAD"; }
  bool is_get_or_head() const noexcept { return head_.method == "GET" || is_head(); }
  /// Bytes of it in memory.
  std::size_t held() const noexcept { return bytes_.size(); }

 private:
  struct Traits {
    bool idempotent = false;
    bool expects_continue = false;
    bool debug = false;
    bool login = false;
  };

  void begin(std::string_view bytes, const http::RequestHead& head);
  Outcome fail(std::uint16_t status, std::string_view reason, Phase phase = Phase::request,
               ErrorType type = ErrorType::http_request_error);
  void choose_request_id(const Terms& terms);
  Outcome map(const Terms& terms, bool has_body);
  Outcome own_path(const Terms& terms, bool has_body);
  Outcome check_served(const http::BodyFraming& framing, const config::Config& config);
  Outcome check_forwards();
  bool is_loop(std::string_view pseudonym) const;
  void build(const http::BodyFraming& framing, const Terms& terms);
  void add_field(const http::Field& field, const Terms& terms);

  std::string bytes_;
  http::RequestHead head_;
  std::string authority_;
  std::string path_;           ///< only where the target needs a slash before it
  std::string forwards_left_;  ///< Max-Forwards as the origin gets it; empty: as the client sent it
  std::string upgrade_;        ///< what the connection is to become; empty: nothing else
  std::string request_id_;
  origin::Origin origin_;
  http::OutgoingRequest outgoing_;
  Traits traits_;
  std::optional<LocalReply> reply_;
};

/// What the client is told of a body beyond limits.body_bytes.
LocalReply body_too_large(std::uint64_t limit);

}  // namespace ccnproxy::proxy
