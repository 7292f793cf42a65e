#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/ssl.h>

#include "fakes/certificate.h"
#include "fakes/response_parser.h"
#include "fakes/stream.h"

namespace ccnproxy::fakes {

/// A session that a client may resume with.
using TlsSession = std::shared_ptr<SSL_SESSION>;

struct RawClientOptions {
  int receive_buffer = 0;     ///< SO_RCVBUF in bytes, for a client that reads slowly; 0: default
  bool tls = false;           ///< what follows is for TLS only
  std::string ca_file{};      ///< verify against this; empty: anything goes
  std::string server_name{};  ///< SNI and the name to verify
  std::vector<std::string> alpn{};
  Certificate certificate{};  ///< to show to the server, if any
  TlsSession session{};       ///< to resume
};

/// A client that sends what it is told, byte for byte, and judges strictly what comes back.
///
///   RawClient client(daemon.address());
///   client.send("GET / HTTP/1.1\r\nHost: a.test.ccnproxy-https\r\n\r\n");
///   EXPECT_EQ(client.read_response().status, 200);
///
/// One thread at a time. Deadlines throw Failure.
class RawClient {
 public:
  /// "127.0.0.1:80", "[::1]:80" or "unix:/path".
  explicit RawClient(const std::string& endpoint, RawClientOptions options = {});

  void send(std::string_view bytes, Deadline deadline = {}) { stream_.write(bytes, deadline); }
  void send_slowly(std::string_view bytes, std::size_t piece, Patience pause) {
    stream_.write_slowly(bytes, piece, pause);
  }
  /// Sends as much of endless pattern() bytes as the other side takes, until it takes no more for
  /// `quiet`; returns how many. For finding that back-pressure works.
  std::uint64_t send_until_blocked(Patience quiet, std::uint64_t limit);

  /// One response to a request with this method. Never throws for what the server does: the end is
  /// in the result. Bytes after it stay for the next call.
  ReceivedResponse read_response(const std::string& method = "GET", Deadline deadline = {});
  /// As read_response, without keeping the body: the result has its digest.
  ReceivedResponse digest_response(const std::string& method = "GET", Deadline deadline = {});
  /// send() and read_response() in one.
  ReceivedResponse roundtrip(std::string_view request, const std::string& method = "GET");
  /// GET with a Host and the fields that are given.
  ReceivedResponse get(const std::string& host, const std::string& target = "/",
                       const Fields& fields = {});

  std::string read_until(std::string_view delimiter, Deadline deadline = {}) {
    return stream_.read_until(delimiter, deadline);
  }
  std::string read_exact(std::size_t size, Deadline deadline = {}) {
    return stream_.read_exact(size, deadline);
  }
  /// Everything until the server ends the connection; end() says how it did.
  std::string read_to_end(Deadline deadline = {}) { return stream_.read_to_end(deadline); }
  StreamEnd end() const { return stream_.end(); }

  void finish_writing() { stream_.finish_writing(); }
  void close() { stream_.close(); }
  void reset() { stream_.reset(); }

  std::string alpn() const;
  bool resumed() const;
  /// The last session ticket that came, or null.
  TlsSession session() const { return *session_; }
  Stream& stream() { return stream_; }

 private:
  void start_tls(const RawClientOptions& options);
  ReceivedResponse read(ResponseParser parser, Deadline deadline);

  std::shared_ptr<SSL_CTX> context_;
  std::shared_ptr<TlsSession> session_ = std::make_shared<TlsSession>();
  Stream stream_;
};

}  // namespace ccnproxy::fakes
