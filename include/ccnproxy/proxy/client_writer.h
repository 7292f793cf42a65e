#pragma once

#include <cstddef>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/config/config.h"
#include "ccnproxy/proxy/client_output.h"
#include "ccnproxy/proxy/min_rate_timer.h"
#include "ccnproxy/proxy/proxy_context.h"
#include "ccnproxy/proxy/socket_backlog.h"

namespace ccnproxy::proxy {

/// The way from a client's output into its socket, as fast as the client takes it. The socket is
/// its session's, which waits for it to be writable.
class ClientWriter {
 public:
  explicit ClientWriter(ProxyContext& context) : context_(context), output_(context.output_steps) {}

  ClientOutput& output() noexcept { return output_; }
  const ClientOutput& output() const noexcept { return output_; }
  /// While the socket is full the client owes: it must take bytes (timeouts.client_write,
  /// limits.min_rate).
  ClientOutput::Outcome flush(int fd, const config::Config& config);
  /// What our socket has taken says little: it holds much, and takes more only when a good part has
  /// gone. So the kernel is asked.
  void look(int fd);
  /// Asked when due().
  bool is_too_slow(int fd);
  TimePoint due() const noexcept { return taking_.due(); }

  /// The socket has refused bytes.
  bool is_blocked() const noexcept { return blocked_; }
  /// The socket is known to hold much.
  bool has_backlog() const noexcept { return backlog_.bytes() > 0; }
  /// Bytes here and in the socket, as far as known.
  std::size_t held() const noexcept { return output_.held() + backlog_.bytes(); }
  /// When the client took something last, as far as looks tell.
  TimePoint moved_at() const noexcept { return backlog_.moved_at(); }
  /// Another one goes on with the socket, which can't know what it was set to.
  void let_go(int fd);

 private:
  void limit_unsent(int fd);

  ProxyContext& context_;
  ClientOutput output_;
  MinRateTimer taking_;  ///< of the client, while its socket is full
  SocketBacklog backlog_;
  bool blocked_ = false;
  bool unsent_capped_ = false;  ///< as memory is under pressure
};

}  // namespace ccnproxy::proxy
