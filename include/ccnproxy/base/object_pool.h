#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace ccnproxy {

/// An object pool: reuses objects with the memory that they have grown, so that steady state
/// allocates nothing. give() clears a T (`clear()`) and keeps it unless it has grown too large
/// (`is_worth_keeping()`).
///
/// Belongs to one thread.
template <typename T>
class ObjectPool {
 public:
  std::unique_ptr<T> take() {
    if (free_.empty()) return std::make_unique<T>();
    auto one = std::move(free_.back());
    free_.pop_back();
    return one;
  }
  void give(std::unique_ptr<T> one) {
    one->clear();
    if (free_.size() < most && one->is_worth_keeping()) free_.push_back(std::move(one));
  }

 private:
  static constexpr std::size_t most = 256;

  std::vector<std::unique_ptr<T>> free_;
};

}  // namespace ccnproxy
