#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/logger.h>

#include "ccnproxy/admin/collector.h"
#include "ccnproxy/admin/origin_watch.h"

namespace ccnproxy::daemon {

/// Looks at the health of all origins at intervals and logs what OriginWatch says of it: a warning
/// when one becomes failing or unreachable, a line when it has recovered.
///
/// A look costs each worker a loop iteration (2 to 4 ms for 2,000 pools), so the intervals grow
/// with what one took. A look that a worker does not answer in time counts for nothing: half of
/// what is known of an origin is no ground for a verdict.
///
/// Lives on the main thread; must outlive `io`'s run.
class OriginMonitor {
 public:
  struct Times {
    Duration least_pause = std::chrono::seconds(10);
    Duration most_pause = std::chrono::minutes(1);
    std::chrono::milliseconds worker_deadline = std::chrono::seconds(1);
  };

  OriginMonitor(boost::asio::io_context& io, admin::Source& source, spdlog::logger& log,
                Times times);

  void begin();
  /// No more looks: the workers are about to end.
  void stop();

 private:
  boost::asio::awaitable<void> run();
  void log(const std::vector<admin::OriginWatch::Line>& lines);

  boost::asio::io_context& io_;
  spdlog::logger& log_;
  const Times times_;
  admin::Collector collector_;
  admin::OriginWatch watch_;
  boost::asio::steady_timer timer_;
  bool stopped_ = false;
};

/// How long to wait after a look that took so long: it is to be one part in a thousand of the time.
Duration pause_after(Duration look, const OriginMonitor::Times& times);

}  // namespace ccnproxy::daemon
