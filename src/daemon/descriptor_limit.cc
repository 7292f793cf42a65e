#include "descriptor_limit.h"

#include <algorithm>
#include <filesystem>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace ccnproxy::daemon {

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

std::size_t descriptor_limit() {
  rlimit limit{};
  const bool known = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  return known ? limit.rlim_cur : 0;
}

std::size_t open_descriptors() {
  std::error_code ignored;
  std::filesystem::directory_iterator entries("/proc/self/fd", ignored);
  const auto count = std::distance(entries, std::filesystem::directory_iterator());
  return count > 0 ? static_cast<std::size_t>(count - 1) : 3;  // but the one that reads them
}

void widen_descriptor_table() {
  constexpr std::size_t most = 65536;
  const auto limit = descriptor_limit();
  const auto size = limit == 0 ? most : std::min(limit, most);
  const int any = ::open("/", O_PATH | O_CLOEXEC);
  if (any < 0 || size == 0) return;
  const int last = ::fcntl(any, F_DUPFD_CLOEXEC, static_cast<int>(size - 1));
  if (last >= 0) ::close(last);
  ::close(any);
}

}  // namespace ccnproxy::daemon
