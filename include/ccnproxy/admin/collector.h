#pragma once

#include <chrono>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "ccnproxy/admin/source.h"

namespace ccnproxy::admin {

/// Asks all workers and waits for their reports, but no longer than its deadline: a worker that is
/// stuck is named as silent and holds up nobody.
///
/// A report costs its worker a turn that serves nobody else. So there is one round at a time: who
/// asks while one runs gets what it brings.
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
