#include "ccnproxy/net/notifier.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

namespace ccnproxy {
namespace {

using namespace std::chrono_literals;

// No test here measures time: a wake-up that is lost shows as a test that never ends.

TEST(Notifier, does_not_sleep_when_there_is_work) {
  Notifier notifier;
  notifier.wait([] { return false; });
  notifier.linger(24h, [] { return false; });
}

TEST(Notifier, loses_no_wake_up_between_the_last_look_and_sleep) {
  Notifier notifier;
  notifier.wait([&notifier] {
    notifier.notify();
    return true;
  });
  notifier.linger(24h, [&notifier] {
    notifier.notify_urgently();
    return true;
  });
}

TEST(Notifier, lingers_no_longer_than_told) {
  Notifier notifier;
  notifier.linger(1ms, [] { return true; });
}

TEST(Notifier, wakes_the_sleeper_for_each_piece_of_work) {
  constexpr int count = 20000;
  Notifier notifier;
  std::atomic<int> made = 0;
  std::atomic<int> taken = 0;
  std::thread maker([&] {
    for (int i = 1; i <= count; ++i) {
      made.store(i, std::memory_order_seq_cst);
      notifier.notify();
      while (taken.load() != i) std::this_thread::yield();
    }
  });
  while (taken.load() != count) {
    notifier.wait([&] { return made.load(std::memory_order_seq_cst) == taken.load(); });
    taken.store(made.load());
  }
  maker.join();
}

TEST(Notifier, ends_lingering_only_when_it_is_urgent) {
  Notifier notifier;
  std::atomic<bool> urgent = false;
  std::atomic<bool> lingers = false;
  std::thread sleeper([&] {
    notifier.linger(24h, [&] {
      lingers = true;
      return !urgent.load(std::memory_order_seq_cst);
    });
    EXPECT_TRUE(urgent) << "woken by what could wait";
  });
  while (!lingers) std::this_thread::yield();
  for (int i = 0; i < 1000; ++i) notifier.notify();
  urgent.store(true, std::memory_order_seq_cst);
  notifier.notify_urgently();
  sleeper.join();
}

}  // namespace
}  // namespace ccnproxy
