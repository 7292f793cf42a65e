#include "ccnproxy/base/byte_queue.h"

#include <algorithm>

namespace ccnproxy {

char* ByteQueue::prepare(std::size_t n) {
  if (capacity_ - end_ >= n) return data_.get() + end_;
  const auto used = size();
  if (begin_ >= used && capacity_ - used >= n) {  // moving down is cheap: no more than what is left
    std::memmove(data_.get(), data_.get() + begin_, used);
  } else {
    const auto capacity = std::max({capacity_ * 2, used + n, std::size_t{1024}});
    std::unique_ptr<char[]> grown(new char[capacity]);
    if (used > 0) std::memcpy(grown.get(), data_.get() + begin_, used);
    data_ = std::move(grown);
    capacity_ = capacity;
  }
  begin_ = 0;
  end_ = used;
  return data_.get() + end_;
}

}  // namespace ccnproxy
