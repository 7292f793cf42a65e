#pragma once

#include <cstddef>

#include "ccnproxy/base/byte_queue.h"
#include "ccnproxy/tls/cipher_buffer.h"

struct bio_st;

namespace ccnproxy::tls {

/// OpenSSL's way to a socket (a BIO). Receives in large pieces into the worker's buffer and hands
/// them out as asked: OpenSSL's own read-ahead moves all it holds for every record that it takes,
/// which cost a quarter of the proxy's time on large responses. Knows when the socket is drained,
/// so that no call is made only to hear that nothing is there. Used by one thread.
class SocketReader {
 public:
  SocketReader(int fd, CipherBuffer& shared) : fd_(fd), shared_(shared) {}
  SocketReader(const SocketReader&) = delete;
  SocketReader& operator=(const SocketReader&) = delete;
  ~SocketReader();

  /// A BIO over this, to be owned by an SSL; this must outlive it.
  bio_st* make_bio();
  /// Whether bytes are here, or may be in the socket although it will not be reported readable
  /// anew.
  bool has_bytes() const noexcept { return held() > 0 || !drained_; }
  /// Received and not handed out.
  std::size_t held() const noexcept { return own_.size() + (end_ - begin_); }
  /// The next read asks the socket again.
  void rearm() noexcept { drained_ = false; }
  /// Whether another write comes at once after the next: the kernel then sends what fills packets
  /// (MSG_MORE), and wakes the peer less often.
  void more_follows(bool more) noexcept { more_follows_ = more; }

 private:
  friend struct SocketBio;
  int read(char* into, int size);
  bool receive();
  int take(char* into, int size);
  void move_out();

  int fd_;
  CipherBuffer& shared_;
  std::size_t begin_ = 0;  ///< ours in the shared buffer, while we are its owner
  std::size_t end_ = 0;
  ByteQueue own_;  ///< what was ours there when another connection needed it
  bool drained_ = false;
  bool ended_ = false;
  bool would_block_ = false;
  bool more_follows_ = false;
};

}  // namespace ccnproxy::tls
