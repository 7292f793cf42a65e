#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <sys/uio.h>

#include "ccnproxy/base/byte_queue.h"

namespace ccnproxy::proxy {

/// What is on its way to one client. A step of output is a head, pieces of body borrowed from where
/// they were read, and an end; flush() sends them with one system call and copies only what the
/// socket refuses.
class ClientOutput {
 public:
  /// Text that goes before this step's body (heads).
  std::string& front() noexcept { return front_; }
  /// Borrowed until flush().
  void add_body(std::string_view bytes);
  /// This step's body is framed as one chunk (RFC 9112 §7.1).
  void set_chunked(bool chunked) noexcept { chunked_ = chunked; }
  /// Text that goes after it: the last chunk and trailers.
  std::string& back() noexcept { return back_; }

  enum class Outcome : std::uint8_t { all_sent, held_back, failed };
  Outcome flush(int fd);

  /// Bytes that the socket has refused so far.
  std::size_t held() const noexcept { return held_.size(); }
  std::string_view held_bytes() const noexcept { return held_.view(); }
  /// Body bytes that have left since the last call.
  std::size_t take_credit() noexcept;
  bool has_step() const noexcept { return !front_.empty() || !back_.empty() || body_bytes_ > 0; }
  /// Ever accepted by the socket, framing included.
  std::uint64_t written() const noexcept { return written_; }
  void clear() noexcept;

 private:
  void frame_chunk();
  void hold_from(std::size_t skip);
  Outcome send_held(int fd);

  std::string front_;
  std::vector<std::string_view> body_;
  std::string back_;
  ByteQueue held_;
  std::size_t body_bytes_ = 0;
  std::size_t uncredited_ = 0;  ///< body bytes added and not yet known to have left
  std::uint64_t written_ = 0;
  bool chunked_ = false;
};

}  // namespace ccnproxy::proxy
