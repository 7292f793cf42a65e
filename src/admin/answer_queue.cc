#include "ccnproxy/admin/answer_queue.h"

#include <algorithm>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ccnproxy::admin {

namespace asio = boost::asio;

namespace {

/// Two, so that a worker that is stuck does not hold up what needs no worker.
constexpr std::size_t at_once = 2;
/// Different targets; requests for one of them wait together.
constexpr std::size_t most_waiting = 16;

std::shared_ptr<const Page> refusal(unsigned status, const char* text) {
  auto page = std::make_shared<Page>();
  page->status = status;
  page->body = text;
  return page;
}

}  // namespace

struct AnswerQueue::Entry {
  Entry(const asio::any_io_executor& executor, std::string of)
      : target(std::move(of)), done(executor, asio::steady_timer::time_point::max()) {}

  const std::string target;
  asio::steady_timer done;  ///< cancelled when the page is there
  std::shared_ptr<const Page> page;
};

std::shared_ptr<AnswerQueue::Entry> AnswerQueue::join(const std::string& target) {
  const auto found = std::find_if(waiting_.begin(), waiting_.end(),
                                  [&](const auto& entry) { return entry->target == target; });
  if (found != waiting_.end()) return *found;
  if (waiting_.size() >= most_waiting) return nullptr;
  return waiting_.emplace_back(std::make_shared<Entry>(executor_, target));
}

asio::awaitable<std::shared_ptr<const Page>> AnswerQueue::get(const std::string& target) {
  const auto entry = join(target);
  if (!entry) co_return refusal(503, "Too many requests for large pages wait already.\n");
  start_next();
  while (!entry->page) co_await entry->done.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return entry->page;
}

void AnswerQueue::start_next() {
  while (running_ < at_once && !waiting_.empty()) {
    const auto entry = waiting_.front();
    waiting_.pop_front();
    ++running_;
    asio::co_spawn(executor_, make(entry), [this, entry](const std::exception_ptr&) {
      if (!entry->page) entry->page = refusal(500, "The page could not be made.\n");
      entry->done.cancel();
      --running_;
      start_next();
    });
  }
}

asio::awaitable<void> AnswerQueue::make(std::shared_ptr<Entry> entry) {
  Page page = co_await pages_.get(entry->target);
  entry->page = std::make_shared<const Page>(std::move(page));
}

}  // namespace ccnproxy::admin
