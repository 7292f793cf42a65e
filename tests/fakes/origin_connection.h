#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fakes/message.h"
#include "fakes/stream.h"

namespace ccnproxy::fakes {

class OriginBooks;

/// What the client offered and what was agreed; complete before a script sees the connection.
struct TlsFacts {
  std::string sni;  ///< empty: none was sent
  bool sent_sni = false;
  std::vector<std::string> offered_alpn;
  bool offered_early_data = false;  ///< the ClientHello asked for 0-RTT
  int hellos = 0;                   ///< ClientHellos: 2 after a HelloRetryRequest
  std::string first_shares;         ///< the first one's key_share extension as it came
  std::string alpn;                 ///< agreed; empty: none
  std::string version;              ///< "TLSv1.3"
  bool resumed = false;
  std::string client_subject;  ///< CN of the client's certificate, if it had to send one
};

/// One connection of a client to a ScriptedOrigin, handled by a script (on its own thread) or by
/// the test (from ScriptedOrigin::accept()). One thread at a time.
///
///   [](OriginConnection& c) {
///     const Request request = c.read_request();
///     c.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
///   }
///
/// When a script returns, the connection is closed in order; when the test drops its pointer, too.
class OriginConnection {
 public:
  OriginConnection(Descriptor socket, std::shared_ptr<Latch> stop, std::size_t number,
                   std::shared_ptr<OriginBooks> books);
  ~OriginConnection();
  OriginConnection(const OriginConnection&) = delete;
  OriginConnection& operator=(const OriginConnection&) = delete;

  /// From 0, in the order of accepts.
  std::size_t number() const { return number_; }
  const TlsFacts& tls() const { return tls_; }
  const std::string& alpn() const { return tls_.alpn; }
  const std::string& sni() const { return tls_.sni; }
  bool resumed() const { return tls_.resumed; }
  bool is_h2() const { return tls_.alpn == "h2"; }

  /// HTTP/1: a whole request. Throws PeerGone where the client leaves first.
  Request read_request(Deadline deadline = {});
  /// The same, but waits as long as the origin lives; empty when the client closed between
  /// requests.
  std::optional<Request> next_request();
  /// Head only; the body is read by read_body(), or by hand.
  Request read_request_head(Deadline deadline = {});
  /// Keeps only the first `keep` bytes in request.body; all of them count in request.digest.
  void read_body(Request& request, Deadline deadline = {},
                 std::size_t keep = std::numeric_limits<std::size_t>::max());

  std::string read_until(std::string_view delimiter, Deadline deadline = {}) {
    return stream_.read_until(delimiter, deadline);
  }
  std::string read_exact(std::size_t size, Deadline deadline = {}) {
    return stream_.read_exact(size, deadline);
  }
  std::string read_to_end(Deadline deadline = {}) { return stream_.read_to_end(deadline); }
  /// Waits until the client has ended its side and returns how; fails if it sends anything first.
  StreamEnd wait_for_end(Deadline deadline = {});

  void write(std::string_view bytes, Deadline deadline = {}) { stream_.write(bytes, deadline); }
  void write_slowly(std::string_view bytes, std::size_t piece, Patience pause) {
    stream_.write_slowly(bytes, piece, pause);
  }
  /// status line, Content-Length and body
  void respond(int status, std::string_view body = "", const Fields& fields = {});

  void finish_writing() { stream_.finish_writing(); }
  void close() { stream_.close(); }
  void close_without_notify() { stream_.close_without_notify(); }
  void reset() { stream_.reset(); }
  /// TLS 1.3: sends one more session ticket now (what a client may see on an idle connection).
  void send_session_ticket();

  /// Asks for the client's certificate now, as an origin does that protects a path: TLS 1.3
  /// post-handshake authentication, TLS 1.2 renegotiation. Returns its CN. Throws PeerGone where
  /// the client ends the connection instead, Failure where it did not offer to be asked.
  std::string ask_certificate(Deadline deadline = {});

  Stream& stream() { return stream_; }
  OriginBooks& books() { return *books_; }

 private:
  friend class ScriptedOrigin;
  Stream stream_;
  TlsFacts tls_;
  std::size_t number_;
  std::shared_ptr<OriginBooks> books_;
};

}  // namespace ccnproxy::fakes
