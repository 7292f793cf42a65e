#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ccnproxy/base/unique_fd.h"

namespace ccnproxy::tls {

enum class IoStatus : std::uint8_t {
  ok,           ///< `bytes` moved, at least one
  would_block,  ///< nothing moved; wait for the descriptor
  closed,       ///< the peer ended its side in order (FIN; over TLS only with close_notify)
  truncated,  ///< TLS only: FIN without close_notify; what came may have been cut (RFC 8446 §6.1)
  failed,     ///< reset or a protocol error; failure() says what
};

struct IoResult {
  IoStatus status = IoStatus::would_block;
  std::size_t bytes = 0;
};

/// A connected, non-blocking byte stream to an origin. Used by one thread. Owns its descriptor.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual IoResult read(char* into, std::size_t size) = 0;
  /// Takes a prefix of `bytes`. After would_block the same bytes must come first in the next call.
  virtual IoResult write(std::string_view bytes) = 0;
  /// Whether read() may return more at once. False ends a batch of reads: the poller fires again
  /// when there is more. If you stop early, reschedule the read: the poller does not fire again.
  virtual bool has_more() = 0;
  /// Bytes that it has received and not given, as far as they take memory of this connection's.
  virtual std::size_t held() const noexcept { return 0; }
  /// Ends our side in order where that needs no waiting, and closes the descriptor.
  virtual void close() = 0;
  /// After `failed`: the cause in words. After `closed` or `truncated`: what may be the cause;
  /// mostly empty.
  virtual std::string failure() const = 0;
  int fd() const noexcept { return fd_.get(); }
  /// After a read() that would block: it waits until the descriptor is writable, not readable. TLS
  /// only, in a handshake that the origin asked for.
  bool read_awaits_room() const noexcept { return read_awaits_room_; }
  /// After a write() that would block: it waits until the descriptor is readable, not writable.
  bool write_awaits_bytes() const noexcept { return write_awaits_bytes_; }

 protected:
  explicit Transport(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
  bool read_awaits_room_ = false;
  bool write_awaits_bytes_ = false;
};

/// TCP without TLS, for http:// origins.
class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(UniqueFd fd) : Transport(std::move(fd)) {}
  IoResult read(char* into, std::size_t size) override;
  IoResult write(std::string_view bytes) override;
  bool has_more() override { return false; }
  void close() override { fd_.reset(); }
  std::string failure() const override;

 private:
  int errno_ = 0;
};

}  // namespace ccnproxy::tls
