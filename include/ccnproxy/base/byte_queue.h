#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace ccnproxy {

/// A buffer of bytes between two sides: appended at the back, taken from the front, always one
/// contiguous piece. Frees its memory when it runs empty, so that idle connections hold none. Its
/// callers bound its size.
class ByteQueue {
 public:
  std::size_t size() const noexcept { return end_ - begin_; }
  bool empty() const noexcept { return begin_ == end_; }
  std::string_view view() const noexcept { return {data_.get() + begin_, size()}; }

  void append(std::string_view bytes) {
    if (bytes.empty()) return;
    std::memcpy(prepare(bytes.size()), bytes.data(), bytes.size());
    commit(bytes.size());
  }
  /// Room for `n` bytes at the back, valid until the next call; commit() says how many were
  /// written.
  char* prepare(std::size_t n);
  void commit(std::size_t n) noexcept { end_ += n; }
  void consume(std::size_t n) noexcept {
    begin_ += n;
    if (begin_ == end_) clear();
  }
  void clear() noexcept {
    data_.reset();
    begin_ = end_ = capacity_ = 0;
  }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace ccnproxy
