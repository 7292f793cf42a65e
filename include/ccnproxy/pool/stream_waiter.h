#pragma once

#include <boost/intrusive/list.hpp>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/base/error.h"
#include "ccnproxy/observe/metrics.h"
#include "ccnproxy/origin/origin_connection.h"

namespace ccnproxy::pool {

class SharedOrigin;

/// What a request needs of its connection.
struct StreamNeed {
  std::uint64_t avoid = 0;  ///< serial of a connection that must not be used again
  bool bulk = false;        ///< its body is large
  TimePoint apart_until{};  ///< until then it waits for a connection without other large bodies

  bool waits_apart(TimePoint now) const noexcept { return now < apart_until; }
};

/// A request that wants one stream of an origin. Leaves the queue by itself when destroyed.
class StreamWaiter : public boost::intrusive::list_base_hook<
                         boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  /// `connection` has room for a stream, which is to be opened within this call. `found` tells what
  /// there was when the stream was asked for.
  virtual void on_connection(origin::OriginConnection& connection, observe::WaitResult found) = 0;
  virtual void on_no_connection(Error error) = 0;

  /// Gives up waiting, if it does.
  void leave_queue() noexcept;
  const StreamNeed& need() const noexcept { return need_; }
  /// When it began to wait.
  TimePoint since() const noexcept { return since_; }
  /// Whether it waits no longer than a dial that timed out while it waited.
  bool is_bounded_by_dial() const noexcept { return bounded_by_dial_; }

 protected:
  StreamWaiter() = default;
  StreamWaiter(const StreamWaiter&) = delete;
  StreamWaiter& operator=(const StreamWaiter&) = delete;
  ~StreamWaiter() { leave_queue(); }

 private:
  friend class WaitQueue;
  SharedOrigin* counted_ = nullptr;  ///< where it is counted as waiting
  StreamNeed need_;
  TimePoint since_{};
  TimePoint deadline_{};
  bool bounded_by_dial_ = false;
};

}  // namespace ccnproxy::pool
