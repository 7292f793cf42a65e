#pragma once

#include <cstddef>
#include <memory>

#include "ccnproxy/base/memory_budget.h"
#include "ccnproxy/tls/cipher_buffer.h"

namespace ccnproxy::origin {

/// Memory that all connections of one worker borrow while they read or write and that nobody keeps
/// beyond a turn's step: an idle connection so holds no buffer, and bodies are passed on from where
/// they were read. Used by that worker's thread only.
struct WorkerBuffers {
  static constexpr std::size_t read_bytes =
      256 * 1024;  ///< a batch of TLS records: fewer, larger writes to clients
  static constexpr std::size_t write_bytes = 64 * 1024;
  static constexpr std::size_t client_bytes = 64 * 1024;

  tls::CipherBuffer cipher{};                              ///< from origins, encrypted
  std::unique_ptr<char[]> read{new char[read_bytes]};      ///< from origins, plain
  std::unique_ptr<char[]> write{new char[write_bytes]};    ///< to origins, before encryption
  std::unique_ptr<char[]> client{new char[client_bytes]};  ///< from clients
  MemoryBudget held{};  ///< what is kept beyond a turn all the same, of all kinds (limits.memory)
};

}  // namespace ccnproxy::origin
