#include "ccnproxy/daemon/client_capacity.h"

#include <algorithm>

namespace ccnproxy::daemon {
namespace {

/// Standard streams, logs, signals, the admin endpoint and who asks it, the state file.
constexpr std::size_t own = 32;
/// epoll, its waker, a listener or two, DNS over UDP and TCP.
constexpr std::size_t each_worker = 16;

}  // namespace

std::size_t client_capacity(std::size_t wanted, std::size_t descriptors, std::size_t workers) {
  if (descriptors == 0) return wanted;
  const auto taken = std::min(descriptors, own + each_worker * workers);
  const auto rest = descriptors - taken;
  return std::max<std::size_t>(1, std::min(wanted, rest - rest / 4));
}

}  // namespace ccnproxy::daemon
