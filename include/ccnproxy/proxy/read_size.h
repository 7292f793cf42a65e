#pragma once

#include <cstddef>
#include <cstdint>

#include "ccnproxy/origin/worker_buffers.h"

namespace ccnproxy::proxy {

/// How much is read of a client at once: of an upload that the origin takes as it comes up to four
/// times as much, since each call into the kernel costs about 5 µs. What the origin refuses has to
/// be kept, so it is the usual again from then on. Pure.
class ReadSize {
 public:
  static constexpr std::size_t usual = 64 * 1024 - origin::WorkerBuffers::frame_head;
  static constexpr std::size_t most = origin::WorkerBuffers::client_bytes;

  /// With the head of an HTTP/2 frame in front it fills TLS records (RFC 8446 §5.1).
  std::size_t next() const noexcept {
    return (usual_record_bytes << doublings_) - origin::WorkerBuffers::frame_head;
  }
  /// So much was read. `takes_more`: it is of an upload whose origin has taken it, and wants more.
  void after(std::size_t bytes, bool takes_more) noexcept {
    if (!takes_more)
      doublings_ = 0;
    else if (bytes == next() && next() < most)
      ++doublings_;
  }

 private:
  static constexpr std::size_t usual_record_bytes = usual + origin::WorkerBuffers::frame_head;
  std::uint8_t doublings_ = 0;
};

}  // namespace ccnproxy::proxy
