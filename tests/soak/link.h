#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

#include "ccnproxy/net/event_loop.h"

namespace ccnproxy::soak {

/// The server's end of a connection, over TLS or plain, non-blocking.
class Link : public std::enable_shared_from_this<Link>, private IoHandler {
 public:
  enum class Ending : std::uint8_t { in_order, fin_only, reset };

  /// `ssl` (owned, may be null) is in accept state.
  Link(EventLoop& loop, UniqueFd fd, SSL* ssl);
  virtual ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  bool is_open() const { return static_cast<bool>(fd_); }
  /// At once; what has not been sent is lost. Tells nobody.
  void end(Ending how);
  /// It has had a request.
  virtual bool is_used() const = 0;

 protected:
  static constexpr std::size_t enough = 64 * 1024;  ///< of output at a time

  virtual void on_established() {}
  virtual void on_bytes(std::string_view bytes) = 0;
  /// There is room for more output.
  virtual void on_room() {}
  /// The other side has ended, or the connection is broken; it is closed when this returns.
  virtual void on_gone() = 0;

  void send(std::string_view bytes);
  std::size_t unsent() const { return output_.size() - sent_; }
  /// After all that has been sent.
  void end_after_output(Ending how);

 private:
  enum class Io : std::uint8_t { moved, wait, over };

  void on_io(std::uint32_t events) override;
  bool shake_hands();
  void read();
  Io read_some(char* into, std::size_t size, std::size_t& n);
  Io write_some(std::string_view bytes, std::size_t& n);
  Io judge(int result);
  void flush();
  void flush_now();
  void gone();
  void watch();

  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  EventLoop& loop_;
  UniqueFd fd_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  DeferredCall flush_task_;
  std::string output_;
  std::size_t sent_ = 0;
  std::uint32_t watched_ = EPOLLIN;
  bool established_ = false;
  bool blocked_ = false;
  bool flushing_ = false;
  bool ending_ = false;
  Ending how_ = Ending::in_order;
};

}  // namespace ccnproxy::soak
