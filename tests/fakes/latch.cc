#include "fakes/latch.h"

#include <cstdint>
#include <string>

#include <poll.h>
#include <sys/eventfd.h>

#include "fakes/failure.h"

namespace ccnproxy::fakes {

Latch::Latch() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_) throw Failure("no eventfd for a latch");
}

void Latch::open() {
  open_ = true;
  const std::uint64_t one = 1;
  if (::write(event_.get(), &one, sizeof one) < 0) return;  // full counter: it is readable already
}

void Latch::wait(const char* awaited, Deadline deadline) const {
  while (!open_) {
    pollfd entry{event_.get(), POLLIN, 0};
    if (::poll(&entry, 1, deadline.poll_timeout()) == 0 && !open_)
      throw Failure(std::string("awaited ") + awaited + ": the deadline passed");
  }
}

}  // namespace ccnproxy::fakes
