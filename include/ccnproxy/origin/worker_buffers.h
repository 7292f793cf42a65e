#pragma once

#include <cstddef>
#include <memory>

#include "ccnproxy/base/memory_budget.h"
#include "ccnproxy/net/not_sent_lowat.h"
#include "ccnproxy/tls/cipher_buffer.h"

namespace ccnproxy::origin {

/// Memory that all connections of one worker share, and that outlives them. They borrow the buffers
/// while they read or write and keep none beyond that step: an idle connection holds none, and
/// bodies are passed on from where they were read. Used by that worker's thread only.
struct WorkerBuffers {
  static constexpr std::size_t read_bytes =
      256 * 1024;  ///< a batch of TLS records: fewer, larger writes to clients
  static constexpr std::size_t write_bytes = 64 * 1024;
  static constexpr std::size_t frame_head = 9;  ///< RFC 9113 §4.1
  /// With the head of an HTTP/2 frame it fills TLS records, with no small one at the end.
  static constexpr std::size_t client_bytes = 256 * 1024 - frame_head;

  tls::CipherBuffer cipher{};                            ///< from origins, encrypted
  std::unique_ptr<char[]> read{new char[read_bytes]};    ///< from origins, plain
  std::unique_ptr<char[]> write{new char[write_bytes]};  ///< to origins, before encryption
  /// From clients. In front of it is room for the head of the frame that carries it on.
  char* client() noexcept { return client_memory.get() + frame_head; }
  std::unique_ptr<char[]> client_memory{new char[frame_head + client_bytes]};

  int unsent_room = NotSentLowat::room_of_worker;
  MemoryBudget held{};  ///< what is kept beyond a turn all the same, of all kinds (limits.memory)
};

}  // namespace ccnproxy::origin
