#include "tun_device.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>

namespace ccnproxy::wan {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

FileDescriptor open_file(const std::string& path, int flags) {
  FileDescriptor file(::open(path.c_str(), flags | O_CLOEXEC));
  if (file.get() < 0) fail("open " + path);
  return file;
}

/// Moves the thread into a network namespace, and back when it goes.
class NamespaceVisit {
 public:
  explicit NamespaceVisit(const std::string& name)
      : home_(open_file("/proc/self/ns/net", O_RDONLY)) {
    if (name.empty()) return;
    const FileDescriptor there = open_file("/run/netns/" + name, O_RDONLY);
    if (::setns(there.get(), CLONE_NEWNET) < 0) fail("enter namespace " + name);
  }
  NamespaceVisit(const NamespaceVisit&) = delete;
  NamespaceVisit& operator=(const NamespaceVisit&) = delete;
  // Going back to where we came from can't be refused to one who was allowed to leave.
  ~NamespaceVisit() { static_cast<void>(::setns(home_.get(), CLONE_NEWNET)); }

 private:
  FileDescriptor home_;
};

}  // namespace

FileDescriptor open_tun(const std::string& network_namespace, const std::string& device) {
  if (device.empty() || device.size() >= IFNAMSIZ) {
    errno = EINVAL;
    fail("device name '" + device + "'");
  }
  const NamespaceVisit visit(network_namespace);
  FileDescriptor tun = open_file("/dev/net/tun", O_RDWR | O_NONBLOCK);
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  device.copy(request.ifr_name, IFNAMSIZ - 1);
  if (::ioctl(tun.get(), TUNSETIFF, &request) < 0) fail("make device " + device);
  return tun;
}

}  // namespace ccnproxy::wan
