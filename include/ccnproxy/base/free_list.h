#pragma once

#include <array>
#include <cstddef>

namespace ccnproxy {

// A sanitizer sees the use of what was freed only if it is freed.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CCNPROXY_FREE_LIST_KEEPS false
#elif defined(__has_feature)
#define CCNPROXY_FREE_LIST_KEEPS \
  (!__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer))
#else
#define CCNPROXY_FREE_LIST_KEEPS true
#endif

/// Small blocks of malloc that were given back, for the next of the same few sizes: an HTTP/2
/// request takes and gives back some twenty, many requests at a time. One for all sessions of a
/// worker, so that what stays idle keeps nothing. Not thread-safe.
class FreeList {
 public:
  static constexpr bool keeps = CCNPROXY_FREE_LIST_KEEPS;
  static constexpr std::size_t largest_block = 512;
  static constexpr std::size_t most_kept = 256 * 1024;  ///< bytes: of a hundred requests

  FreeList() = default;
  FreeList(const FreeList&) = delete;
  FreeList& operator=(const FreeList&) = delete;
  ~FreeList() { clear(); }

  /// As malloc(), and so is the result: std::realloc and malloc_usable_size may be used with it.
  void* take(std::size_t size) noexcept;
  /// Anything that malloc gave; what is too large or too much is freed.
  void give(void* block) noexcept;
  /// Frees what is kept.
  void clear() noexcept;
  std::size_t kept_bytes() const noexcept { return kept_; }

 private:
  struct Block {
    Block* next;
  };
  // The sizes of glibc's malloc, so that a block which is kept for long wastes nothing.
  static constexpr std::size_t smallest = 24;
  static constexpr std::size_t step = 16;
  static constexpr std::size_t bytes_of(std::size_t slot) noexcept {
    return smallest + slot * step;
  }
  static constexpr std::size_t slot_for(std::size_t size) noexcept {
    return size <= smallest ? 0 : (size - smallest + step - 1) / step;
  }

  /// By size: those in slot i hold bytes_of(i) at least.
  std::array<Block*, (largest_block - smallest) / step + 2> slots_{};
  std::size_t kept_ = 0;
};

#undef CCNPROXY_FREE_LIST_KEEPS

}  // namespace ccnproxy
