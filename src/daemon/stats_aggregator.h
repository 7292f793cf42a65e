#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "ccnproxy/admin/collector.h"
#include "ccnproxy/admin/http_stats.h"

namespace ccnproxy::daemon {

/// The aggregator of process-wide statistics for clients of the traffic listeners: chocon's
/// /.api/http-stats. It asks the workers at most once a second, since each pays for its report with
/// a loop iteration; requests in between get the previous result.
///
/// Lives on the main thread; must outlive `io`'s run and the workers' threads.
class StatsAggregator {
 public:
  StatsAggregator(boost::asio::io_context& io, admin::Source& source);

  /// `answer` is called later, on the main thread; never, if the daemon ends before that. Any
  /// thread.
  void ask(std::function<void(const std::string& json)> answer);

 private:
  using Answer = std::function<void(const std::string&)>;

  void take(Answer answer);
  boost::asio::awaitable<void> look();

  boost::asio::io_context& io_;
  admin::Collector collector_;
  admin::HttpStats stats_;
  std::vector<Answer> asking_;
  std::string last_;
  std::chrono::steady_clock::time_point looked_at_;
};

}  // namespace ccnproxy::daemon
