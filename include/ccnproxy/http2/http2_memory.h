#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <nghttp2/nghttp2.h>

#include "ccnproxy/base/free_list.h"
#include "ccnproxy/http2/quiet_blocks.h"

namespace ccnproxy::http2 {

/// What the nghttp2 session of one connection allocates with; outlives it. What takes more memory
/// than all else of a session is not kept with it: frames are put together in one buffer for all
/// sessions of a worker, and the table of streams lies on pages of its own, which an idle
/// connection gives back to the system. The rings of HPACK's two tables lie where they cost nothing
/// until a table is used. Small blocks are the worker's, for the next requests of any connection.
///
/// nghttp2 puts a frame together and hands it out within one call of mem_send(), but for two: the
/// client's preface, which make_http2_session() takes out at once, and the head of a DATA frame
/// that is not copied, which write_data() makes itself. What a frame has no room for lies in blocks
/// of the session's own. So no session finds what another has left there.
///
/// Belongs to the connection's thread, as do all that it is made with, which outlive it.
class Http2Memory {
 public:
  /// The longest frame that is put together (WorkerBuffers::client_bytes), and what nghttp2 adds.
  static constexpr std::size_t frame_buffer_bytes = 256 * 1024 + 64;

  /// `frames`: so many bytes, for the frames of all sessions.
  Http2Memory(FreeList& small, Http2Rings& rings, char* frames) noexcept
      : small_(small), rings_(rings), frames_(frames) {}
  Http2Memory(const Http2Memory&) = delete;
  Http2Memory& operator=(const Http2Memory&) = delete;
  ~Http2Memory();

  /// To make the session with.
  nghttp2_mem functions() noexcept;
  /// Whether what is large and need not be zero is asked for to put frames together in. So it is at
  /// first, while the session is made.
  void expect_frame_buffer(bool expected) noexcept;
  /// Gives the pages back that hold nothing. Only while the session has no frame to send.
  void rest() noexcept;
  /// Bytes of large blocks, given back or not.
  std::size_t paged_bytes() const noexcept;

 private:
  struct Block {
    void* at = nullptr;
    std::size_t size = 0;
  };

  static void* allocate(std::size_t size, void* self);
  static void* allocate_zeroed(std::size_t count, std::size_t size, void* self);
  static void* reallocate(void* at, std::size_t size, void* self);
  static void release(void* at, void* self);

  void* allocate_apart(std::size_t size) noexcept;
  /// Zeroed; null if there is no place for one more.
  void* map(std::size_t size) noexcept;
  Block* find(const void* at) noexcept;
  /// Of what does not come from malloc; else 0.
  std::size_t size_of(const void* at) noexcept;
  /// Whether it was a ring, which it is no more.
  bool give_ring(const void* at) noexcept;

  /// Few of a session are large; what finds no place here comes from malloc.
  std::array<Block, 2> blocks_{};
  FreeList& small_;
  Http2Rings& rings_;
  char* frames_;
  std::array<void*, 2> own_rings_{};
  bool frames_expected_ = true;
};

}  // namespace ccnproxy::http2
