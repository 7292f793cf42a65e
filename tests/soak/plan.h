#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ccnproxy::soak {

/// Numbers drawn one after the other, the same ones for the same start.
class Dice {
 public:
  explicit Dice(std::uint64_t start) : state_(start) {}
  std::uint64_t next();
  /// From 0 to `n` - 1.
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(next() % n); }
  /// Small ones mostly, now and then one up to `largest`.
  std::uint32_t size(std::uint32_t largest);
  bool one_in(std::uint32_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

/// The origins, each a name and a port of its own.
enum class Place : std::uint8_t {
  h2,
  http1,
  either,  ///< another protocol with each connection
  plain,   ///< HTTP/1.1 without TLS
  login,   ///< the same, and logs connections in, as NTLM does
};
inline constexpr std::array places{Place::h2, Place::http1, Place::either, Place::plain,
                                   Place::login};
/// Without TLS.
constexpr bool is_plain(Place place) { return place == Place::plain || place == Place::login; }
std::string_view name_of(Place) noexcept;   ///< "h2.test"
std::string_view label_of(Place) noexcept;  ///< "ccnproxy-https"

/// What an origin does with one request.
enum class Act : std::uint8_t {
  answer,
  answer_late,
  answer_slowly,  ///< the body in pieces with pauses
  answer_early,   ///< before the request's body is there; the rest is not wanted
  inform_first,   ///< 103 before the response
  add_trailers,
  error_status,
  no_content,
  refuse,            ///< REFUSED_STREAM; HTTP/1: FIN without a byte
  reset_unanswered,  ///< RST_STREAM or RST without a byte
  truncate,          ///< head and half of the body, then the stream or connection is reset
  close_in_body,     ///< the same, but FIN (without close_notify)
  stall,             ///< no answer at all
  stall_in_body,
  too_long,        ///< more bytes than the declared length, which look like a response
  too_short,       ///< fewer bytes than that
  malformed_head,  ///< a field that no HTTP allows
  go_away,         ///< answer, then let the connection end in order
  go_away_hard,    ///< GOAWAY that leaves out all later streams, then the end without their answers
  drop,            ///< the connection is reset at once, whatever is open on it
  unasked_bytes,   ///< HTTP/1: bytes after the response, on the idle connection
};

/// One request, as its client sends it and its origin answers it: all of it follows from the seed
/// and the number.
struct RequestPlan {
  std::uint64_t token = 0;
  std::string_view method;
  bool has_body = false;
  bool chunked = false;    ///< the request's body
  std::uint32_t body = 0;  ///< bytes of it
  Act act = Act::answer;
  bool chunked_answer = false;
  std::uint32_t answer = 0;  ///< bytes of the response's body
  int status = 200;

  bool is_idempotent() const { return method != "POST"; }
  /// Body bytes that a client gets which sees the response end well.
  std::uint32_t visible() const { return method == "HEAD" || act == Act::no_content ? 0 : answer; }
};
/// The request is the first step of a login: its answer is the challenge, whatever was planned.
void make_challenge(RequestPlan& plan);
RequestPlan request_plan(std::uint64_t seed, std::uint64_t id);

/// What is wrong with one connection of an origin.
enum class Flaw : std::uint8_t {
  none,
  closed_at_once,
  no_tls,         ///< bytes that are not TLS
  silent,         ///< never answers the ClientHello
  late_settings,  ///< HTTP/2: held back for a while
  few_streams,    ///< HTTP/2: MAX_CONCURRENT_STREAMS 3
  small_windows,  ///< HTTP/2: INITIAL_WINDOW_SIZE 1000
  ends_after_tls,
};
struct ConnectionPlan {
  Flaw flaw = Flaw::none;
  bool speaks_h2 = false;                 ///< where the place leaves it open
  std::uint32_t closes_when_idle = 0;     ///< so many ms after its last request; 0: never
  std::uint32_t closes_unused = 0;        ///< so many ms without a first request; 0: never
  std::uint32_t closes_after_answer = 0;  ///< so many ms after any, without a word; 0: never
  std::uint32_t most_requests = 0;        ///< then GOAWAY or Connection: close; 0: any number
  bool in_order = true;                   ///< it closes with close_notify
};
ConnectionPlan connection_plan(std::uint64_t seed, std::uint64_t serial);

enum class ClientKind : std::uint8_t {
  keep_alive,
  one_request,  ///< Connection: close
  http10,
  pipelined,
  slow_reader,
  leaves_in_head,
  leaves_in_body,
  leaves_in_response,
};
struct ClientPlan {
  ClientKind kind = ClientKind::keep_alive;
  Place place = Place::h2;
  std::uint32_t requests = 1;
  std::uint32_t leaves_after = 0;  ///< bytes of the last request, or of its response
  bool leaves_by_reset = false;
  std::uint32_t user = 0;  ///< that it logs in as, where that is possible; 0: none
};
ClientPlan client_plan(std::uint64_t seed, std::uint64_t number);

}  // namespace ccnproxy::soak
