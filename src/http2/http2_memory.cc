#include "ccnproxy/http2/http2_memory.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <sys/mman.h>

namespace ccnproxy::http2 {
namespace {

/// Blocks from this size on are mapped by themselves. The kernel rounds what it is told up to its
/// own pages, larger ones, too, and there is nothing else in them.
constexpr std::size_t page = 4096;
/// nghttp2's buffer for a frame is of that size at least.
constexpr std::size_t frame = 16 * 1024;
constexpr std::size_t largest = std::size_t{1} << 30;
/// Each of HPACK's two tables has a ring of pointers to its entries, 128 of them. nghttp2 makes
/// that of requests first.
constexpr std::size_t ring = 128 * sizeof(void*);
static_assert(ring == QuietBlocks::block_bytes);

Http2Memory& memory(void* self) noexcept { return *static_cast<Http2Memory*>(self); }

bool is_zero(const void* at, std::size_t size) noexcept {
  const auto* words = static_cast<const std::uint64_t*>(at);
  return std::all_of(words, words + size / sizeof *words, [](auto word) { return word == 0; });
}

}  // namespace

Http2Memory::~Http2Memory() {
  for (const auto& block : blocks_)
    if (block.at) ::munmap(block.at, block.size);
  for (const auto* own : own_rings_)
    if (own) give_ring(own);
}

nghttp2_mem Http2Memory::functions() noexcept {
  return {this, allocate, release, allocate_zeroed, reallocate};
}

void Http2Memory::expect_frame_buffer(bool expected) noexcept { frames_expected_ = expected; }

void Http2Memory::rest() noexcept {
  for (const auto& block : blocks_)
    if (block.at && is_zero(block.at, block.size)) ::madvise(block.at, block.size, MADV_DONTNEED);
}

std::size_t Http2Memory::paged_bytes() const noexcept {
  std::size_t sum = 0;
  for (const auto& block : blocks_) sum += block.size;
  return sum;
}

void* Http2Memory::map(std::size_t size) noexcept {
  auto* block = find(nullptr);
  if (!block || size > largest) return nullptr;
  const auto whole = (size + page - 1) / page * page;
  void* at = ::mmap(nullptr, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) return nullptr;
  *block = {at, whole};
  return at;
}

Http2Memory::Block* Http2Memory::find(const void* at) noexcept {
  for (auto& block : blocks_)
    if (block.at == at) return &block;
  return nullptr;
}

std::size_t Http2Memory::size_of(const void* at) noexcept {
  if (at == frames_) return frame_buffer_bytes;
  if (std::find(own_rings_.begin(), own_rings_.end(), at) != own_rings_.end()) return ring;
  const auto* block = find(at);
  return block ? block->size : 0;
}

void* Http2Memory::allocate(std::size_t size, void* self) {
  auto& own = memory(self);
  void* at = own.frames_expected_ ? own.allocate_apart(size) : nullptr;
  return at ? at : own.small_.take(size);
}

/// Null for what is like any other block. Which ring is which matters for memory alone.
void* Http2Memory::allocate_apart(std::size_t size) noexcept {
  if (size >= frame) return size <= frame_buffer_bytes ? frames_ : nullptr;
  if (size != ring) return nullptr;
  for (std::size_t i = 0; i < own_rings_.size(); ++i)
    if (!own_rings_[i]) return own_rings_[i] = rings_[i].take();
  return nullptr;
}

bool Http2Memory::give_ring(const void* at) noexcept {
  for (std::size_t i = 0; i < own_rings_.size(); ++i) {
    if (own_rings_[i] != at) continue;
    rings_[i].give(std::exchange(own_rings_[i], nullptr));
    return true;
  }
  return false;
}

void* Http2Memory::allocate_zeroed(std::size_t count, std::size_t size, void* self) {
  const bool fits = size != 0 && count <= SIZE_MAX / 2 / size;
  if (!fits) return nullptr;
  if (count * size >= page)
    if (void* at = memory(self).map(count * size)) return at;
  if (count * size > FreeList::largest_block) return std::calloc(count, size);
  void* at = memory(self).small_.take(count * size);
  if (at) std::memset(at, 0, count * size);
  return at;
}

void* Http2Memory::reallocate(void* at, std::size_t size, void* self) {
  if (!at) return allocate(size, self);
  const auto held = memory(self).size_of(at);
  if (held == 0) return std::realloc(at, size);
  void* other = std::malloc(size);
  if (!other) return nullptr;
  std::memcpy(other, at, std::min(size, held));
  release(at, self);
  return other;
}

void Http2Memory::release(void* at, void* self) {
  auto& own = memory(self);
  if (!at || at == own.frames_ || own.give_ring(at)) return;
  const bool may_be_mapped = reinterpret_cast<std::uintptr_t>(at) % page == 0;
  auto* block = may_be_mapped ? own.find(at) : nullptr;
  if (!block) return own.small_.give(at);
  ::munmap(block->at, block->size);
  *block = {};
}

}  // namespace ccnproxy::http2
