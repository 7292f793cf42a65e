#include "ccnproxy/observe/record_ring.h"

#include <bit>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace ccnproxy::observe {
namespace {

/// After so many bytes it is worth a look across whether the ring is empty.
constexpr std::uint64_t look_every = 32 * 1024;
constexpr std::uint64_t skipped = std::numeric_limits<std::uint64_t>::max();

void put_length(std::byte* at, std::uint64_t length) noexcept {
  std::memcpy(at, &length, sizeof length);
}

std::uint64_t length_at(const std::byte* at) noexcept {
  std::uint64_t length = 0;
  std::memcpy(&length, at, sizeof length);
  return length;
}

std::size_t checked(std::size_t capacity) {
  if (capacity < 64 || !std::has_single_bit(capacity)) {
    throw std::invalid_argument("a ring's capacity is a power of two of at least 64");
  }
  return capacity;
}

/// With its length, padded.
constexpr std::size_t space_of(std::size_t size) noexcept {
  return (size + sizeof(std::uint64_t) + 7) & ~std::size_t{7};
}

}  // namespace

RecordRing::RecordRing(std::size_t capacity)
    : capacity_(checked(capacity)), memory_(new std::byte[capacity]) {}

bool RecordRing::has_room(std::size_t size) noexcept {
  const auto tail = tail_.load(std::memory_order_relaxed);
  if (tail + size - known_head_ <= capacity_) return true;
  known_head_ = head_.load(std::memory_order_acquire);
  return tail + size - known_head_ <= capacity_;
}

void RecordRing::return_to_front(std::uint64_t tail) noexcept {
  look_again_ = tail + look_every;
  known_head_ = head_.load(std::memory_order_acquire);
  if (known_head_ == tail) shift_ = 0 - tail;
}

std::byte* RecordRing::reserve(std::size_t size) noexcept {
  if (size > max_entry()) return nullptr;
  const auto tail = tail_.load(std::memory_order_relaxed);
  if (tail >= look_again_) return_to_front(tail);
  const std::size_t space = space_of(size);
  const std::size_t skip = space <= to_end(tail) ? 0 : to_end(tail);
  if (!has_room(skip + space)) return nullptr;
  if (skip != 0) put_length(place(tail), skipped);
  put_length(place(tail + skip), size);
  reserved_ = tail + skip + space;
  return place(tail + skip) + header_size;
}

void RecordRing::commit() noexcept { tail_.store(reserved_, std::memory_order_seq_cst); }

bool RecordRing::is_filling_up() noexcept { return !has_room(capacity_ / 2); }

std::span<const std::byte> RecordRing::front() noexcept {
  auto head = head_.load(std::memory_order_relaxed);
  if (head == tail_.load(std::memory_order_acquire)) return {};
  if (length_at(place(head)) == skipped) {
    // An entry was published together with the skip, so there is one after it.
    head += to_end(head);
    head_.store(head, std::memory_order_release);
  }
  return {place(head) + header_size, static_cast<std::size_t>(length_at(place(head)))};
}

void RecordRing::pop() noexcept {
  const auto head = head_.load(std::memory_order_relaxed);
  head_.store(head + space_of(static_cast<std::size_t>(length_at(place(head)))),
              std::memory_order_release);
}

}  // namespace ccnproxy::observe
