#pragma once

#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include "ccnproxy/tls/cipher_buffer.h"
#include "ccnproxy/tls/tls_context.h"
#include "ccnproxy/tls/tls_transport.h"

#include "fakes/endpoint.h"
#include "fakes/scripted_origin.h"
#include "fakes/test_pki.h"

namespace ccnproxy::tls {

/// A TLS origin on loopback whose certificates the test makes, and our side of connections to it.
class TlsFixture : public testing::Test {
 protected:
  static constexpr const char* name = "api.example.test";

  fakes::OriginOptions options() { return options(pki_.server({name})); }
  static fakes::OriginOptions options(fakes::Certificate certificate) {
    fakes::OriginOptions made;
    made.certificate = std::move(certificate);
    return made;
  }
  /// Our settings: trusts this test's root and nobody else.
  config::Tls settings() const {
    config::Tls made;
    made.ca_file = pki_.ca_file();
    return made;
  }

  std::unique_ptr<TlsTransport> dial(const fakes::ScriptedOrigin& origin, const config::Tls& ours,
                                     const std::string& host = name) {
    return dial(origin, TlsContext(ours), host);
  }
  std::unique_ptr<TlsTransport> dial(const fakes::ScriptedOrigin& origin, const TlsContext& context,
                                     const std::string& host = name) {
    UniqueFd fd(fakes::connect_to(origin.endpoint()).release());
    return context.connect(std::move(fd), {host, origin.port()}, buffer_);
  }

  /// Waits for the descriptor, long enough for a loaded machine.
  static bool await(const Transport& transport, short events) {
    pollfd p{transport.fd(), events, 0};
    return ::poll(&p, 1, 30'000) == 1;
  }

  static TlsTransport::Handshake shake(TlsTransport& transport) {
    using Handshake = TlsTransport::Handshake;
    for (;;) {
      const auto at = transport.handshake();
      if (at == Handshake::done || at == Handshake::failed) return at;
      if (!await(transport, at == Handshake::want_read ? POLLIN : POLLOUT)) return at;
    }
  }

  /// A connection that stands, from our side.
  std::unique_ptr<TlsTransport> establish(const fakes::ScriptedOrigin& origin) {
    auto transport = dial(origin, settings());
    EXPECT_EQ(shake(*transport), TlsTransport::Handshake::done)
        << transport->handshake_error().detail;
    return transport;
  }

  /// Reads until `size` bytes have come or the stream ends; `last` is what ended it.
  static std::string read(Transport& transport, std::size_t size, IoStatus& last) {
    std::string got;
    char buffer[16 * 1024];
    while (got.size() < size) {
      const auto r = transport.read(buffer, std::min(sizeof buffer, size - got.size()));
      last = r.status;
      if (r.status == IoStatus::ok) {
        got.append(buffer, r.bytes);
      } else if (r.status != IoStatus::would_block || !await(transport, POLLIN)) {
        break;
      }
    }
    return got;
  }
  static IoStatus read_to_end(Transport& transport) {
    auto last = IoStatus::ok;
    read(transport, std::string::npos, last);
    return last;
  }

  fakes::TestPki pki_;
  CipherBuffer buffer_;
};

}  // namespace ccnproxy::tls
