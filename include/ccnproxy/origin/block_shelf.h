#pragma once

#include <array>
#include <cstddef>

namespace ccnproxy::origin {

// A sanitizer sees the use of what was freed only if it is freed.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CCNPROXY_BLOCK_SHELF_KEEPS false
#elif defined(__has_feature)
#define CCNPROXY_BLOCK_SHELF_KEEPS \
  (!__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer))
#else
#define CCNPROXY_BLOCK_SHELF_KEEPS true
#endif

/// Small blocks of malloc that one owner has done with, for its next ones: a request takes and
/// gives back some twenty, of the same few sizes, many requests at a time. Not thread-safe.
class BlockShelf {
 public:
  static constexpr bool keeps = CCNPROXY_BLOCK_SHELF_KEEPS;
  static constexpr std::size_t largest_block = 512;
  static constexpr std::size_t most_kept = 64 * 1024;  ///< bytes

  BlockShelf() = default;
  BlockShelf(const BlockShelf&) = delete;
  BlockShelf& operator=(const BlockShelf&) = delete;
  ~BlockShelf() { clear(); }

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
  static constexpr std::size_t step = 32;

  /// By size: those in slot i hold (i + 1) * step bytes at least.
  std::array<Block*, largest_block / step> slots_{};
  std::size_t kept_ = 0;
};

#undef CCNPROXY_BLOCK_SHELF_KEEPS

}  // namespace ccnproxy::origin
