#include "link.h"

#include <cerrno>

#include <netinet/in.h>
#include <openssl/err.h>
#include <sys/socket.h>

namespace ccnproxy::soak {

Link::Link(EventLoop& loop, UniqueFd fd, SSL* ssl)
    : loop_(loop),
      fd_(std::move(fd)),
      ssl_(ssl),
      flush_task_(Delegate<void()>::to<&Link::flush>(this)) {
  if (ssl_) SSL_set_fd(ssl_.get(), fd_.get());
  loop_.watch(fd_.get(), watched_, *this);
}

Link::~Link() { loop_.cancel(flush_task_); }

void Link::end(Ending how) {
  if (!fd_) return;
  loop_.cancel(flush_task_);
  if (how == Ending::reset) {
    const linger at_once{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  if (how == Ending::in_order && ssl_ && established_) SSL_shutdown(ssl_.get());
  ERR_clear_error();
  fd_.reset();
}

void Link::send(std::string_view bytes) {
  if (!fd_ || ending_) return;
  output_ += bytes;
  loop_.defer(flush_task_);
}

void Link::end_after_output(Ending how) {
  if (!fd_ || ending_) return;
  ending_ = true;
  how_ = how;
  loop_.defer(flush_task_);
}

void Link::on_io(std::uint32_t events) {
  const auto alive = shared_from_this();
  if (!fd_ || !shake_hands()) return;
  if (events & EPOLLOUT) blocked_ = false;
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read();
  if (fd_) flush();
}

bool Link::shake_hands() {
  if (established_) return true;
  if (ssl_) {
    const auto io = judge(SSL_accept(ssl_.get()));
    if (io == Io::over) gone();
    if (io != Io::moved) return false;
  }
  established_ = true;
  on_established();
  return is_open();
}

Link::Io Link::judge(int result) {
  if (result > 0) return Io::moved;
  const auto error = SSL_get_error(ssl_.get(), result);
  ERR_clear_error();
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? Io::wait : Io::over;
}

Link::Io Link::read_some(char* into, std::size_t size, std::size_t& n) {
  if (ssl_) return judge(SSL_read_ex(ssl_.get(), into, size, &n));
  const auto r = ::recv(fd_.get(), into, size, 0);
  n = r > 0 ? static_cast<std::size_t>(r) : 0;
  if (r > 0) return Io::moved;
  return r < 0 && errno == EAGAIN ? Io::wait : Io::over;
}

Link::Io Link::write_some(std::string_view bytes, std::size_t& n) {
  if (ssl_) return judge(SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &n));
  const auto r = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  n = r > 0 ? static_cast<std::size_t>(r) : 0;
  if (r > 0) return Io::moved;
  return r < 0 && errno == EAGAIN ? Io::wait : Io::over;
}

void Link::read() {
  static thread_local char buffer[64 * 1024];
  while (fd_) {
    std::size_t n = 0;
    const auto io = read_some(buffer, sizeof buffer, n);
    if (io == Io::over) return gone();
    if (io == Io::wait) return;
    on_bytes({buffer, n});
  }
}

void Link::flush() {
  if (flushing_ || !fd_) return;
  const auto alive = shared_from_this();
  flushing_ = true;
  flush_now();
  flushing_ = false;
}

void Link::flush_now() {
  while (fd_ && !blocked_) {
    if (unsent() == 0) {
      output_.clear();
      sent_ = 0;
      if (ending_) return end(how_);
      on_room();
      if (!fd_ || (unsent() == 0 && !ending_)) return;
      continue;
    }
    std::size_t n = 0;
    const auto io = write_some(std::string_view(output_).substr(sent_), n);
    if (io == Io::over) return gone();
    if (io == Io::wait) blocked_ = true;
    if (io == Io::moved) sent_ += n;
  }
  if (fd_) watch();
}

void Link::gone() {
  if (!fd_) return;
  on_gone();
  end(Ending::fin_only);
}

void Link::watch() {
  if (!fd_) return;
  const std::uint32_t wanted = EPOLLIN | (blocked_ ? EPOLLOUT : 0u);
  if (wanted == watched_) return;
  watched_ = wanted;
  loop_.rewatch(fd_.get(), wanted, *this);
}

}  // namespace ccnproxy::soak
