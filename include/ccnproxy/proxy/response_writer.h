#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ccnproxy/config/config.h"
#include "ccnproxy/http/framing.h"
#include "ccnproxy/http/head.h"
#include "ccnproxy/origin/origin_connection.h"
#include "ccnproxy/proxy/client_output.h"
#include "ccnproxy/proxy/request_plan.h"

namespace ccnproxy::proxy {

/// Puts one response into its client's output, framed and named as that client takes it. A value: a
/// new response is a new one. What it refers to lives as long as the response.
class ResponseWriter {
 public:
  enum class State : std::uint8_t {
    nothing,  ///< interim responses at most
    begun,    ///< a final head is in the output
    flushed,  ///< and has been sent, at least in part: no other response can take its place
  };
  /// What a head says besides what the origin said.
  struct Manner {
    std::string_view date;          ///< for a response without one (RFC 9110 §6.6.1)
    std::string_view debug_fields;  ///< whole lines
    bool may_persist = true;        ///< the client's connection may carry another request
  };

  ResponseWriter() = default;
  ResponseWriter(ClientOutput& output, const RequestPlan& plan, const config::Config& config,
                 std::string_view via) noexcept
      : output_(&output), plan_(&plan), config_(&config), via_(via) {}

  /// HTTP/1.1 clients get 103 and the like; HTTP/1.0 has no such thing (RFC 9110 §15.2). An
  /// origin's 100 answers nothing that we asked, unless the client's Expect was passed on.
  void interim(const http::ResponseHead& head, origin::Protocol protocol);
  void begin(const http::ResponseHead& head, const http::BodyFraming& framing,
             origin::Protocol protocol, const Manner& manner);
  /// The origin's 101.
  void switch_protocols(const http::ResponseHead& head, origin::Protocol protocol);
  /// Borrowed until the output is flushed. Only where expects_body().
  void body(std::string_view bytes) {
    bytes_ += bytes.size();
    output_->add_body(bytes);
  }
  /// False: the body's length is not what was declared.
  bool end(const http::Fields& trailers);
  /// What the output holds is being sent.
  void flushed() noexcept {
    if (state_ == State::begun) state_ = State::flushed;
  }

  /// Before a reply of our own. An origin's head that never left makes room: an honest status can
  /// still be given (F085). What was sent before it, interim responses, is sent to its end first,
  /// and a client that has not taken that gets no further response (F155).
  void make_room();
  void reply(const LocalReply& reply, std::string_view date,
             std::string_view type = "text/plain; charset=utf-8");
  /// Bytes that went by in a tunnel.
  void add_bytes(std::uint64_t n) noexcept { bytes_ += n; }

  /// The client's connection ends after this response.
  void end_connection() noexcept { keep_alive_ = false; }
  bool keeps_alive() const noexcept { return keep_alive_; }
  State state() const noexcept { return state_; }
  bool has_begun() const noexcept { return state_ != State::nothing; }
  bool expects_body() const noexcept { return body_ != Body::none; }
  /// As the origin declared it.
  std::optional<std::uint64_t> length() const noexcept { return length_; }
  /// Of the body, so far.
  std::uint64_t bytes() const noexcept { return bytes_; }

 private:
  enum class Body : std::uint8_t { none, sized, chunked, until_close };

  bool takes_body(std::uint16_t status) const;
  void append_field(std::string& out, const http::Field& field) const;
  bool append_fields(std::string& out, const http::Fields& fields) const;
  void append_own_fields(std::string& out) const;
  void append_body_framing(std::string& out, const http::ResponseHead& head,
                           const http::BodyFraming& framing);
  void choose_names(origin::Protocol protocol);
  bool persists() const;

  ClientOutput* output_ = nullptr;
  const RequestPlan* plan_ = nullptr;
  const config::Config* config_ = nullptr;
  std::string_view via_;
  std::uint64_t bytes_ = 0;
  std::optional<std::uint64_t> length_;
  State state_ = State::nothing;
  Body body_ = Body::none;
  bool keep_alive_ = true;
  bool canonical_names_ = false;
};

}  // namespace ccnproxy::proxy
