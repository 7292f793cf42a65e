#pragma once

#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "ccnproxy/net/coroutine.h"

#include "origin/happy_eyeballs.h"
#include "unit/origin/places.h"

namespace ccnproxy::origin {

/// The kernel refuses to connect TCP to it, without a packet.
inline Endpoint unroutable() { return Endpoint::from_literal("255.255.255.255", 443).value(); }

inline std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

class HappyEyeballsTest : public testing::Test {
 protected:
  using milliseconds = std::chrono::milliseconds;

  /// Patient by default, so that only what a test is about can end a wait.
  static HappyEyeballs::Options patient() {
    HappyEyeballs::Options options;
    options.deadline = std::chrono::seconds(30);
    options.stagger = std::chrono::hours(1);
    return options;
  }

  void start(std::vector<Endpoint> addresses, HappyEyeballs::Options options) {
    steps_ = std::make_unique<Coroutine>(loop_);
    race_ =
        std::make_unique<HappyEyeballs>(loop_, *steps_, std::move(addresses), std::move(options));
    steps_->start(await());
  }
  void run(std::vector<Endpoint> addresses, HappyEyeballs::Options options = patient()) {
    start(std::move(addresses), std::move(options));
    EXPECT_EQ(ends_, 0) << "run from within the call";
    finish();
  }
  void finish() {
    const auto limit = EventLoop::read_clock() + std::chrono::seconds(20);
    while (ends_ == 0 && EventLoop::read_clock() < limit) loop_.run_once(milliseconds(100));
    for (int i = 0; i < 3; ++i) loop_.run_once(Duration(0));
    ASSERT_EQ(ends_, 1);
  }
  /// As the object does of which the race is a part.
  void destroy() {
    steps_.reset();
    race_.reset();
  }
  Error error() const { return result_->error(); }

  EventLoop loop_;
  std::unique_ptr<HappyEyeballs> race_;
  std::unique_ptr<Coroutine> steps_;
  std::optional<Result<Connected>> result_;
  int ends_ = 0;

 private:
  boost::asio::awaitable<void> await() {
    result_ = co_await race_->run();
    ++ends_;
  }
};

}  // namespace ccnproxy::origin
