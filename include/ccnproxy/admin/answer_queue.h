#pragma once

#include <deque>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "ccnproxy/admin/pages.h"

namespace ccnproxy::admin {

/// The queue of pages that cost the main thread milliseconds: makes a few at a time, so that a
/// health check in between waits for no more than these. Requests for one target that wait together
/// get one answer, made after the last of them arrived.
///
/// Lives on the main thread; must outlive its coroutines' execution, not their frames.
class AnswerQueue {
 public:
  /// `pages` must outlive it.
  AnswerQueue(boost::asio::any_io_executor executor, Pages& pages)
      : executor_(std::move(executor)), pages_(pages) {}

  /// 503 where too many different targets wait. `target` must live until this ends.
  boost::asio::awaitable<std::shared_ptr<const Page>> get(const std::string& target);

 private:
  struct Entry;
  std::shared_ptr<Entry> join(const std::string& target);
  void start_next();
  boost::asio::awaitable<void> make(std::shared_ptr<Entry> entry);

  boost::asio::any_io_executor executor_;
  Pages& pages_;
  std::deque<std::shared_ptr<Entry>> waiting_;  ///< not begun
  std::size_t running_ = 0;
};

}  // namespace ccnproxy::admin
