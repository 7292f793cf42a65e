#include "ccnproxy/observe/doorbell.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

namespace ccnproxy::observe {
namespace {

using namespace std::chrono_literals;

// No test here measures time: a wake-up that is lost shows as a test that never ends.

TEST(Doorbell, does_not_sleep_when_there_is_work) {
  Doorbell bell;
  bell.wait([] { return false; });
  bell.linger(24h, [] { return false; });
}

TEST(Doorbell, loses_no_wake_up_between_the_last_look_and_sleep) {
  Doorbell bell;
  bell.wait([&bell] {
    bell.ring();
    return true;
  });
  bell.linger(24h, [&bell] {
    bell.ring_urgently();
    return true;
  });
}

TEST(Doorbell, lingers_no_longer_than_told) {
  Doorbell bell;
  bell.linger(1ms, [] { return true; });
}

TEST(Doorbell, wakes_the_sleeper_for_each_piece_of_work) {
  constexpr int count = 20000;
  Doorbell bell;
  std::atomic<int> made = 0;
  std::atomic<int> taken = 0;
  std::thread maker([&] {
    for (int i = 1; i <= count; ++i) {
      made.store(i, std::memory_order_seq_cst);
      bell.ring();
      while (taken.load() != i) std::this_thread::yield();
    }
  });
  while (taken.load() != count) {
    bell.wait([&] { return made.load(std::memory_order_seq_cst) == taken.load(); });
    taken.store(made.load());
  }
  maker.join();
}

TEST(Doorbell, ends_lingering_only_when_it_is_urgent) {
  Doorbell bell;
  std::atomic<bool> urgent = false;
  std::atomic<bool> lingers = false;
  std::thread sleeper([&] {
    bell.linger(24h, [&] {
      lingers = true;
      return !urgent.load(std::memory_order_seq_cst);
    });
    EXPECT_TRUE(urgent) << "woken by what could wait";
  });
  while (!lingers) std::this_thread::yield();
  for (int i = 0; i < 1000; ++i) bell.ring();
  urgent.store(true, std::memory_order_seq_cst);
  bell.ring_urgently();
  sleeper.join();
}

}  // namespace
}  // namespace ccnproxy::observe
