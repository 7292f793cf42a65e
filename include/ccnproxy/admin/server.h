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
  using Time = std::chrono::milliseconds;

  std::size_t connections = 64;  ///< at once; for one more the one silent for longest makes room
  std::size_t head_bytes = 8 * 1024;
  Time first_byte = std::chrono::seconds(2);  ///< of the first request
  Time head = std::chrono::seconds(2);        ///< from a request's first byte to its head's last
  Time idle = std::chrono::seconds(30);       ///< kept alive without a request
  Time answer = std::chrono::seconds(1);      ///< the workers may take so long
  Time stall = std::chrono::seconds(5);       ///< the client takes no byte of an answer
  Time write = std::chrono::seconds(60);      ///< the client takes an answer
};

/// The operator's HTTP/1.1 endpoint: GET and HEAD, POST where something can be set, no bodies. Runs
/// on the main thread's io_context, beside signals, never on a worker. Health checks are answered
/// whatever other connections do: these are let go when they are silent, slow, or too many
/// (connection_to_evict), and large pages are made a few at a time (AnswerQueue).
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
