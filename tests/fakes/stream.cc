#include "fakes/stream.h"

#include <array>
#include <cerrno>

#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include "fakes/endpoint.h"

namespace ccnproxy::fakes {
namespace {

constexpr std::size_t read_size = 64 * 1024;

std::string excerpt(const std::string& bytes) {
  constexpr std::size_t shown = 300;
  if (bytes.empty()) return "nothing";
  const std::string text = "'" + bytes.substr(0, shown) + "'";
  return bytes.size() <= shown ? text
                               : text + " and more, " + std::to_string(bytes.size()) + " bytes";
}

}  // namespace

const char* to_string(StreamEnd end) {
  switch (end) {
    case StreamEnd::Open:
      return "open";
    case StreamEnd::Fin:
      return "FIN";
    case StreamEnd::CloseNotify:
      return "close_notify";
    case StreamEnd::Reset:
      return "RST";
    case StreamEnd::TlsError:
      return "TLS error";
  }
  return "?";
}

Stream::Stream(Descriptor socket, std::shared_ptr<Latch> stop)
    : socket_(std::move(socket)), stop_(std::move(stop)) {
  ignore_sigpipe();
}

Stream::~Stream() = default;

void Stream::wait(short events, Deadline deadline, const std::string& awaited) {
  std::array<pollfd, 2> entries{pollfd{socket_.get(), events, 0},
                                pollfd{stop_ ? stop_->fd() : -1, POLLIN, 0}};
  const int ready = ::poll(entries.data(), entries.size(), deadline.poll_timeout());
  if (entries[1].revents != 0) throw Stopped("stopped while awaiting " + awaited);
  if (ready == 0 && deadline.passed())
    throw Failure("awaited " + awaited +
                  ": the deadline passed; arrived so far: " + excerpt(input_));
}

void Stream::start_tls(SSL* ssl, Deadline deadline) {
  ssl_.reset(ssl);
  if (SSL_set_fd(ssl, socket_.get()) != 1) throw Failure("SSL_set_fd failed");
  while (true) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl);
    if (result == 1) return;
    const int error = SSL_get_error(ssl, result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      note_error(result);
      throw PeerGone("TLS handshake: " + std::string(to_string(end_)) + " " + tls_error_);
    }
    wait(error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline, "the TLS handshake");
  }
}

void Stream::drive_tls(const std::function<bool()>& done, Deadline deadline) {
  while (true) {
    ERR_clear_error();
    char ignored = 0;
    const int result = SSL_peek(ssl_.get(), &ignored, 1);
    if (done()) return;
    if (result > 0) throw Failure("bytes of the client's where a handshake was awaited");
    const int error = SSL_get_error(ssl_.get(), result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
      note_error(result);
      throw PeerGone("a later TLS handshake: " + std::string(to_string(end_)) + " " + tls_error_);
    }
    wait(error == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline, "a later TLS handshake");
  }
}

void Stream::note_plain_error() {
  end_ = errno == ECONNRESET || errno == EPIPE ? StreamEnd::Reset : StreamEnd::Fin;
}

// The error queue is the thread's: each attempt clears it first, so what is there is its own.
void Stream::note_error(int result) {
  const int saved_errno = errno;
  const int error = SSL_get_error(ssl_.get(), result);
  const unsigned long reason = ERR_peek_error();
  if (error == SSL_ERROR_ZERO_RETURN) {
    end_ = StreamEnd::CloseNotify;
  } else if (error == SSL_ERROR_SSL &&
             ERR_GET_REASON(reason) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    end_ = StreamEnd::Fin;
  } else if (error == SSL_ERROR_SSL) {
    end_ = StreamEnd::TlsError;
    if (const char* text = ERR_reason_error_string(reason)) tls_error_ = text;
  } else {
    end_ = saved_errno == ECONNRESET || saved_errno == EPIPE ? StreamEnd::Reset : StreamEnd::Fin;
  }
  ERR_clear_error();
}

Stream::Attempt Stream::try_read(char* into, std::size_t size) {
  if (!socket_) throw Failure("reading a connection that the test closed");
  if (end_ != StreamEnd::Open) return {Outcome::Ended, 0};
  if (!ssl_) {
    const ssize_t got = ::recv(socket_.get(), into, size, 0);
    if (got > 0) return {Outcome::Moved, static_cast<std::size_t>(got)};
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return {};
    if (got == 0) errno = 0;
    note_plain_error();
    return {Outcome::Ended, 0};
  }
  ERR_clear_error();
  std::size_t got = 0;
  errno = 0;
  const int result = SSL_read_ex(ssl_.get(), into, size, &got);
  read_wants_write_ = false;
  if (result == 1) return {Outcome::Moved, got};
  const int error = SSL_get_error(ssl_.get(), result);
  read_wants_write_ = error == SSL_ERROR_WANT_WRITE;
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return {};
  note_error(result);
  return {Outcome::Ended, 0};
}

Stream::Attempt Stream::try_write(std::string_view bytes) {
  if (!socket_) throw Failure("writing to a connection that the test closed");
  if (bytes.empty()) return {Outcome::Moved, 0};
  if (!ssl_) {
    const ssize_t put = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put >= 0) return {Outcome::Moved, static_cast<std::size_t>(put)};
    return {errno == EAGAIN || errno == EINTR ? Outcome::WouldBlock : Outcome::Ended, 0};
  }
  ERR_clear_error();
  std::size_t put = 0;
  const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &put);
  write_wants_read_ = false;
  if (result == 1) return {Outcome::Moved, put};
  const int error = SSL_get_error(ssl_.get(), result);
  write_wants_read_ = error == SSL_ERROR_WANT_READ;
  ERR_clear_error();
  const bool later = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
  return {later ? Outcome::WouldBlock : Outcome::Ended, 0};
}

short Stream::events(bool reading, bool writing) const {
  int events = 0;
  if (reading) events |= read_wants_write_ ? POLLOUT : POLLIN;
  if (writing) events |= write_wants_read_ ? POLLIN : POLLOUT;
  return static_cast<short>(events);
}

bool Stream::fill(Deadline deadline, const std::string& awaited) {
  std::array<char, read_size> buffer;
  while (true) {
    const Attempt attempt = try_read(buffer.data(), buffer.size());
    if (attempt.outcome == Outcome::Moved) {
      input_.append(buffer.data(), attempt.bytes);
      return true;
    }
    if (attempt.outcome == Outcome::Ended) return false;
    wait(events(true, false), deadline, awaited);
  }
}

std::string Stream::read_some(Deadline deadline) {
  if (input_.empty()) fill(deadline, "any byte");
  return std::exchange(input_, {});
}

std::string Stream::read_exact(std::size_t size, Deadline deadline) {
  const std::string awaited = std::to_string(size) + " bytes";
  while (input_.size() < size) {
    if (!fill(deadline, awaited))
      throw PeerGone("awaited " + awaited + ": " + to_string(end_) + " after " + excerpt(input_));
  }
  std::string taken = input_.substr(0, size);
  input_.erase(0, size);
  return taken;
}

std::string Stream::read_until(std::string_view delimiter, Deadline deadline) {
  std::size_t searched = 0;
  while (true) {
    const std::size_t found = input_.find(delimiter, searched);
    if (found != std::string::npos) return read_exact(found + delimiter.size());
    searched = input_.size() < delimiter.size() ? 0 : input_.size() - delimiter.size();
    const std::string awaited = "'" + std::string(delimiter) + "'";
    if (!fill(deadline, awaited))
      throw PeerGone("awaited " + awaited + ": " + to_string(end_) + " after " + excerpt(input_));
  }
}

std::string Stream::read_to_end(Deadline deadline) {
  while (fill(deadline, "the end of the connection")) continue;
  return std::exchange(input_, {});
}

void Stream::write(std::string_view bytes, Deadline deadline) {
  const std::size_t size = bytes.size();
  while (!bytes.empty()) {
    const Attempt attempt = try_write(bytes);
    bytes.remove_prefix(attempt.bytes);
    const std::string left =
        std::to_string(bytes.size()) + " of " + std::to_string(size) + " bytes";
    if (attempt.outcome == Outcome::Ended)
      throw PeerGone("connection gone with " + left + " unsent");
    if (attempt.outcome == Outcome::WouldBlock)
      wait(events(false, true), deadline, "room to send " + left);
  }
}

void Stream::write_slowly(std::string_view bytes, std::size_t piece, Patience pause_between) {
  while (!bytes.empty()) {
    write(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    if (!bytes.empty()) pause(pause_between);
  }
}

void Stream::pause(Patience duration) const {
  pollfd entry{stop_ ? stop_->fd() : -1, POLLIN, 0};
  if (::poll(&entry, 1, static_cast<int>(duration.count())) > 0)
    throw Stopped("stopped in a pause");
}

void Stream::hold_for(const Latch& latch) const {
  std::array<pollfd, 2> entries{pollfd{latch.fd(), POLLIN, 0},
                                pollfd{stop_ ? stop_->fd() : -1, POLLIN, 0}};
  ::poll(entries.data(), entries.size(), -1);
  if (entries[1].revents != 0) throw Stopped("stopped while held by the test");
}

void Stream::finish_writing() {
  if (ssl_ && SSL_is_init_finished(ssl_.get())) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  finish_writing_without_notify();
}

void Stream::finish_writing_without_notify() {
  if (socket_) ::shutdown(socket_.get(), SHUT_WR);
}

void Stream::close() {
  if (!socket_) return;
  finish_writing();
  close_without_notify();
}

// The kernel turns a close with unread input into a RST: what has come is read first.
void Stream::close_without_notify() {
  if (!socket_) return;
  finish_writing_without_notify();
  std::array<char, read_size> ignored;
  while (::recv(socket_.get(), ignored.data(), ignored.size(), MSG_DONTWAIT) > 0) continue;
  socket_.reset();
}

void Stream::reset() {
  if (!socket_) return;
  const linger now{1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  socket_.reset();
}

}  // namespace ccnproxy::fakes
