#pragma once

#include <memory>

#include "ccnproxy/base/free_list.h"
#include "ccnproxy/base/object_pool.h"
#include "ccnproxy/http2/http2_header_block.h"
#include "ccnproxy/http2/http2_memory.h"
#include "ccnproxy/http2/quiet_blocks.h"
#include "ccnproxy/http2/window_policy.h"
#include "ccnproxy/origin/worker_buffers.h"

namespace ccnproxy::http2 {

/// What the HTTP/2 connections of one worker share, beside its WorkerBuffers. Outlives them. Used
/// by that worker's thread only.
struct WorkerMemory {
  ObjectPool<Http2HeaderBlock> header_blocks{};  ///< of responses that arrive
  FreeList small_blocks{};                       ///< what sessions have done with
  Http2Rings rings{};                            ///< see Http2Memory, too
  /// Where sessions put their frames together: with a byte for padding, nghttp2 says.
  static_assert(Http2Memory::frame_buffer_bytes >=
                origin::WorkerBuffers::frame_head + 1 + origin::WorkerBuffers::client_bytes);
  std::unique_ptr<char[]> frames{new char[Http2Memory::frame_buffer_bytes]};
  WindowBudget windows{};
};

}  // namespace ccnproxy::http2
