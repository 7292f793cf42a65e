#pragma once

#include <chrono>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "ccnproxy/admin/source.h"

namespace ccnproxy::admin {

/// The collector of the workers' reports: asks all workers and waits for at most its deadline. A
/// worker that hangs is listed as silent and delays no caller further.
///
/// A report costs its worker a loop iteration. So one round runs at a time; callers that ask while
/// it runs get its result.
///
/// Lives on the main thread; must outlive its coroutines' execution, not their frames.
class Collector {
 public:
  Collector(boost::asio::any_io_executor executor, Source& source,
            std::chrono::milliseconds deadline);

  boost::asio::awaitable<std::shared_ptr<const Reports>> collect();

 private:
  struct Round;
  std::shared_ptr<Round> begin();

  boost::asio::any_io_executor executor_;
  Source& source_;
  std::chrono::milliseconds deadline_;
  std::shared_ptr<Round> running_;
};

}  // namespace ccnproxy::admin
