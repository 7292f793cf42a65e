#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "ccnproxy/config/config.h"
#include "ccnproxy/observe/access_record.h"

namespace ccnproxy::observe {

/// The access log of the process. Workers only copy the few hundred bytes of a record into a
/// bounded buffer of their own; one thread of this class formats and writes. A stuck stdout or a
/// full disk therefore never stops traffic: records that find the buffer full are counted and
/// dropped, and the count is logged as soon as writing works again (F105).
///
/// Where the log is a folder, its files are those of LogRotation; the next one begins with the
/// first record of its time.
///
/// The thread sleeps while nothing is logged. Woken by a record, it lingers a moment and writes all
/// that came with one write(2); so lines of several workers are in order for each, not over all.
///
/// Made and destroyed by the daemon's main thread, destroyed after the workers ended. Destruction
/// writes what is buffered, but waits no longer than `flush_deadline` for a sink that does not
/// move.
class AccessLog {
 public:
  class Writer;  ///< one for each worker, used by that worker's thread only

  /// Throws std::system_error if what `settings.to` names can't be opened; a folder is made if
  /// missing.
  AccessLog(const config::AccessLog& settings, std::chrono::milliseconds flush_deadline);
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  /// Owned by this log; valid as long as it. Called while starting, before the workers run.
  Writer& make_writer();
  /// Reopens the file (after it was moved). Any thread; returns at once: for a moment records may
  /// still go to the old file. If it can't be opened, the old one is kept, and the log says so.
  void reopen();
  /// Records dropped so far because their sink did not keep up or failed. Any thread.
  std::uint64_t dropped() const noexcept;

 private:
  struct State;
  std::shared_ptr<State>
      state_;  ///< shared with the thread, which outlives us if its sink is stuck
  std::thread thread_;
};

/// A worker's end of the log. Never blocks, never allocates in steady state.
class AccessLog::Writer {
 public:
  virtual ~Writer() = default;
  virtual void write(const AccessRecord& record) = 0;
  /// False where `log.access.to` is none: callers can then leave out the work for a record.
  virtual bool enabled() const noexcept = 0;
};

}  // namespace ccnproxy::observe
