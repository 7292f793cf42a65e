#pragma once

#include <cstddef>
#include <memory>

namespace ccnproxy::tls {

class SocketReader;

/// Memory into which the connections of one worker receive, one at a time: a batch of TLS records
/// costs one system call, and an idle connection holds none of it. What a connection leaves unread
/// moves to memory of its own when the next one wants to receive.
struct CipherBuffer {
  static constexpr std::size_t size = 256 * 1024;
  std::unique_ptr<char[]> bytes{new char[size]};
  SocketReader* owner = nullptr;  ///< whose bytes are in it
};

}  // namespace ccnproxy::tls
