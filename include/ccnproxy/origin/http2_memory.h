#pragma once

#include <array>
#include <cstddef>

#include <nghttp2/nghttp2.h>

#include "ccnproxy/origin/block_shelf.h"

namespace ccnproxy::origin {

/// What the nghttp2 session of one connection allocates with; outlives it. Its large blocks get
/// pages of their own, which an idle connection gives back to the system: the buffer for the
/// largest frame, and the table of streams, take more memory than all else of a session. Small
/// ones are kept for the next requests, until it is idle.
///
/// Belongs to the connection's thread.
class Http2Memory {
 public:
  Http2Memory() = default;
  Http2Memory(const Http2Memory&) = delete;
  Http2Memory& operator=(const Http2Memory&) = delete;
  ~Http2Memory();

  /// To make the session with.
  nghttp2_mem functions() noexcept;
  /// The session is made. What is large and was not asked to be zero until now is where nghttp2
  /// puts a frame together: between two frames its content means nothing.
  void on_session_made() noexcept;
  /// Gives the pages back that hold nothing. Only while the session has no frame to send.
  void rest() noexcept;
  /// Bytes of large blocks, given back or not.
  std::size_t paged_bytes() const noexcept;

 private:
  struct Block {
    void* at = nullptr;
    std::size_t size = 0;
    bool holds_frames = false;
  };

  static void* allocate(std::size_t size, void* self);
  static void* allocate_zeroed(std::size_t count, std::size_t size, void* self);
  static void* reallocate(void* at, std::size_t size, void* self);
  static void release(void* at, void* self);

  /// Zeroed; null if there is no place for one more.
  void* map(std::size_t size, bool holds_frames) noexcept;
  Block* find(const void* at) noexcept;

  /// Few of a session are large; what finds no place here comes from malloc.
  std::array<Block, 4> blocks_{};
  BlockShelf small_;
  bool session_is_made_ = false;
};

}  // namespace ccnproxy::origin
