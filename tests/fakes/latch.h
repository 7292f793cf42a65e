#pragma once

#include <atomic>

#include "fakes/deadline.h"
#include "fakes/descriptor.h"

namespace ccnproxy::fakes {

/// Closed at first; once opened it stays open. What waits for it can wait by poll(2) on fd() too,
/// which is how one thread waits for a connection and a latch together. Any thread.
class Latch {
 public:
  Latch();

  void open();
  bool is_open() const { return open_; }
  /// Returns once open; throws Failure, naming `awaited`, when the deadline passes before.
  void wait(const char* awaited = "a latch", Deadline deadline = {}) const;
  /// Readable when open. Only for poll(2).
  int fd() const { return event_.get(); }

 private:
  std::atomic<bool> open_ = false;
  Descriptor event_;
};

}  // namespace ccnproxy::fakes
