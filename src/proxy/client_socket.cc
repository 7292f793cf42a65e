#include "ccnproxy/proxy/client_socket.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace ccnproxy::proxy {

std::size_t bytes_in_socket(int fd) {
  int bytes = 0;
  return ::ioctl(fd, SIOCOUTQ, &bytes) < 0 || bytes < 0 ? 0 : static_cast<std::size_t>(bytes);
}

}  // namespace ccnproxy::proxy
