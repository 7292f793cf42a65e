#pragma once

#include <cstdint>

#include <sys/epoll.h>

#include "ccnproxy/base/unique_fd.h"

namespace ccnproxy {

/// The handler of a descriptor's readiness. It may be called once more in the iteration in which it
/// closed its descriptor, and must then do nothing.
class IoHandler {
 public:
  virtual void on_io(std::uint32_t epoll_events) = 0;

 protected:
  ~IoHandler() = default;
};

/// The descriptors of established connections, polled together: a level-triggered epoll set. It is
/// one descriptor to the loop that waits for it (EventLoop). Belongs to one thread.
class ReadySet {
 public:
  /// Throws std::system_error if the kernel has no descriptors left.
  ReadySet();

  /// Level-triggered. The descriptor must be closed or unwatched before the handler dies; closing
  /// it is enough to end the watch. Throws std::system_error where the kernel refuses.
  void watch(int fd, std::uint32_t events, IoHandler& handler);
  void rewatch(int fd, std::uint32_t events, IoHandler& handler);
  void unwatch(int fd) noexcept;

  /// Calls the handlers of up to some hundreds of ready descriptors; does not wait.
  void dispatch();
  /// Readable while anything is ready.
  int fd() const noexcept { return epoll_.get(); }

 private:
  UniqueFd epoll_;
};

}  // namespace ccnproxy
