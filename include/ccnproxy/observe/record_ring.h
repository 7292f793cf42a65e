#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace ccnproxy::observe {

/// A bounded queue of byte strings between one thread that adds and one that takes. Neither locks,
/// makes a system call or allocates; an entry is contiguous, so both work on it in place.
///
/// Offsets only grow; an offset, moved by `shift_`, modulo the capacity is a place in memory. Each
/// entry starts with its length, is padded to 8 bytes, and never wraps: where it does not fit
/// before the end of the memory, the rest is marked as skipped. A ring that is found empty goes on
/// at the front of its memory: as long as entries are taken in time, few pages are touched.
class RecordRing {
 public:
  /// `capacity` in bytes, a power of two of at least 64. Memory is touched only as it is used.
  explicit RecordRing(std::size_t capacity);
  RecordRing(const RecordRing&) = delete;
  RecordRing& operator=(const RecordRing&) = delete;

  /// Entries up to this size are sure to fit into an empty ring, wherever it stands.
  std::size_t max_entry() const noexcept { return capacity_ / 2 - header_size; }

  // The adding thread.

  /// Room for an entry of `size` bytes, aligned to 8, or nullptr if it does not fit now. Seen by
  /// the other side only after commit().
  std::byte* reserve(std::size_t size) noexcept;
  /// Publishes what reserve() gave.
  void commit() noexcept;
  /// More than half full, as far as this side knows without looking across too often.
  bool is_filling_up() noexcept;

  // The taking thread.

  /// The oldest entry, valid until pop(); no data() if there is none.
  std::span<const std::byte> front() noexcept;
  void pop() noexcept;

  /// Any thread.
  bool is_empty() const noexcept {
    return head_.load(std::memory_order_seq_cst) == tail_.load(std::memory_order_seq_cst);
  }

 private:
  static constexpr std::size_t header_size = 8;
  static constexpr std::size_t cache_line = 64;

  std::size_t index(std::uint64_t offset) const noexcept {
    return static_cast<std::size_t>((offset + shift_) & (capacity_ - 1));
  }
  std::byte* place(std::uint64_t offset) const noexcept { return memory_.get() + index(offset); }
  std::size_t to_end(std::uint64_t offset) const noexcept { return capacity_ - index(offset); }
  bool has_room(std::size_t size) noexcept;
  void return_to_front(std::uint64_t tail) noexcept;

  const std::size_t capacity_;
  const std::unique_ptr<std::byte[]> memory_;

  // Each side loads its own offset relaxed, as only it stores to it; the other's with acquire,
  // which pairs with release (head_) or stronger (tail_, for the notifier): what is between the two
  // is written before it is published and read before its room is given back.
  // The adding side's line of cache.
  alignas(cache_line) std::atomic<std::uint64_t> tail_ = 0;  ///< end of what is published
  std::uint64_t reserved_ = 0;                               ///< where commit() moves tail_ to
  std::uint64_t known_head_ = 0;                             ///< head_ when last looked at
  std::uint64_t look_again_ = 0;  ///< from this offset on, see return_to_front()
  /// Changed only while the ring is empty, so that the taking side, which reads it of entries only,
  /// never sees it change: tail_ publishes it with the entry, head_ tells that it is not in use.
  std::uint64_t shift_ = 0;

  // The taking side's.
  alignas(cache_line) std::atomic<std::uint64_t> head_ = 0;  ///< start of what is not yet taken
};

}  // namespace ccnproxy::observe
