#pragma once

#include <chrono>
#include <memory>

#include <boost/asio/io_context.hpp>

#include "ccnproxy/admin/source.h"
#include "ccnproxy/base/unique_fd.h"
#include "ccnproxy/config/config.h"

namespace ccnproxy::admin {

/// Bounds of the endpoint; tests make them short.
struct ServerOptions {
  std::size_t connections = 64;  ///< at once; more wait in the kernel
  std::size_t head_bytes = 8 * 1024;
  std::chrono::milliseconds request = std::chrono::seconds(10);  ///< from first byte to answered
  std::chrono::milliseconds idle = std::chrono::seconds(30);     ///< kept alive without a request
  std::chrono::milliseconds answer = std::chrono::seconds(1);    ///< the workers may take so long
};

/// The operator's HTTP/1.1 endpoint: GET and HEAD, POST where something can be set, no bodies. Runs
/// on the main thread's io_context, beside signals, never on a worker.
///
/// Destruction stops accepting; connections end with the io_context. `source` and `config` must
/// live as long as that runs.
class Server {
 public:
  /// `listener` is bound, listening and non-blocking: TCP or unix.
  Server(boost::asio::io_context& io, UniqueFd listener, Source& source,
         ServerOptions options = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with the coroutines' frames, which io destroys
};

}  // namespace ccnproxy::admin
