#pragma once

#include <cstddef>
#include <memory>

namespace ccnproxy::tls {

class SocketReader;

/// The receive buffer that the connections of one worker share: a batch of TLS records costs one
/// system call, and an idle connection holds no memory. What a connection leaves unread moves to
/// memory of its own before the next one receives.
struct CipherBuffer {
  static constexpr std::size_t size = 256 * 1024;
  std::unique_ptr<char[]> bytes{new char[size]};
  SocketReader* owner = nullptr;  ///< of the bytes in it
};

}  // namespace ccnproxy::tls
