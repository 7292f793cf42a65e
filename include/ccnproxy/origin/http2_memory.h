#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <nghttp2/nghttp2.h>

#include "ccnproxy/origin/block_shelf.h"
#include "ccnproxy/origin/quiet_blocks.h"

namespace ccnproxy::origin {

/// What the nghttp2 session of one connection allocates with; outlives it. Its large blocks get
/// pages of their own, which an idle connection gives back to the system: the buffer for the
/// largest frame, and the table of streams, take more memory than all else of a session. The rings
/// of HPACK's two tables lie where they cost nothing until a table is used. Small
/// blocks are the worker's, for the next requests of any connection.
///
/// Belongs to the connection's thread, as do `small` and `rings`, which outlive it.
class Http2Memory {
 public:
  Http2Memory(BlockShelf& small, Http2Rings& rings) noexcept : small_(small), rings_(rings) {}
  Http2Memory(const Http2Memory&) = delete;
  Http2Memory& operator=(const Http2Memory&) = delete;
  ~Http2Memory();

  /// To make the session with.
  nghttp2_mem functions() noexcept;
  /// Whether what is large and need not be zero is asked for to put frames together in: between
  /// two frames its content means nothing. So it is at first, while the session is made.
  void expect_frame_buffer(bool expected) noexcept;
  /// Gives the pages back that hold nothing. Only while the session has no frame to send.
  void rest() noexcept;
  /// Bytes of large blocks, given back or not.
  std::size_t paged_bytes() const noexcept;

 private:
  struct Block {
    void* at = nullptr;
    std::uint32_t size = 0;
    bool holds_frames = false;
  };

  static void* allocate(std::size_t size, void* self);
  static void* allocate_zeroed(std::size_t count, std::size_t size, void* self);
  static void* reallocate(void* at, std::size_t size, void* self);
  static void release(void* at, void* self);

  void* allocate_apart(std::size_t size) noexcept;
  /// Zeroed; null if there is no place for one more.
  void* map(std::size_t size, bool holds_frames) noexcept;
  Block* find(const void* at) noexcept;
  /// Whether it was a ring, which it is no more.
  bool give_ring(const void* at) noexcept;

  /// Few of a session are large; what finds no place here comes from malloc.
  std::array<Block, 4> blocks_{};
  BlockShelf& small_;
  Http2Rings& rings_;
  std::array<void*, 2> own_rings_{};
  bool frames_expected_ = true;
};

}  // namespace ccnproxy::origin
