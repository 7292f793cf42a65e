#include "ccnproxy/tls/transport.h"

#include <cerrno>
#include <system_error>

#include <sys/socket.h>

namespace ccnproxy::tls {

IoResult PlainTransport::read(char* into, std::size_t size) {
  const auto n = ::recv(fd_.get(), into, size, 0);
  if (n > 0) return {IoStatus::ok, static_cast<std::size_t>(n)};
  if (n == 0) return {IoStatus::closed};
  if (errno == EAGAIN || errno == EINTR) return {IoStatus::would_block};
  errno_ = errno;
  return {IoStatus::failed};
}

IoResult PlainTransport::write(std::string_view bytes) {
  const auto n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (n > 0) return {IoStatus::ok, static_cast<std::size_t>(n)};
  if (n < 0 && errno != EAGAIN && errno != EINTR) {
    errno_ = errno;
    return {IoStatus::failed};
  }
  return {IoStatus::would_block};
}

std::string PlainTransport::failure() const { return std::generic_category().message(errno_); }

}  // namespace ccnproxy::tls
