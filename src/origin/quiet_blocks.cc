#include "ccnproxy/origin/quiet_blocks.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <new>
#include <utility>

#include <sys/mman.h>

namespace ccnproxy::origin {
namespace {

constexpr std::uint8_t all_taken = 0b1111;

}  // namespace

QuietBlocks::~QuietBlocks() {
  for (const auto& chunk : chunks_) ::munmap(chunk.begin, chunk_bytes);
}

void* QuietBlocks::take() noexcept {
  auto* chunk = find_room();
  if (!chunk) chunk = map_chunk();
  return chunk ? take_from(*chunk) : nullptr;
}

/// The first that has some, so that the others empty as blocks come and go.
QuietBlocks::Chunk* QuietBlocks::find_room() noexcept {
  const auto found = std::find_if(chunks_.begin(), chunks_.end(),
                                  [](const Chunk& c) { return c.taken < blocks_each; });
  return found == chunks_.end() ? nullptr : &*found;
}

/// Not of huge pages, of which the first write to a block would take one.
QuietBlocks::Chunk* QuietBlocks::map_chunk() noexcept {
  void* at =
      ::mmap(nullptr, chunk_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) return nullptr;
  ::madvise(at, chunk_bytes, MADV_NOHUGEPAGE);
  try {
    chunks_.push_back({static_cast<char*>(at)});
  } catch (const std::bad_alloc&) {
    ::munmap(at, chunk_bytes);
    return nullptr;
  }
  return &chunks_.back();
}

/// The first that is free: pages of which blocks are taken fill up before others are begun.
void* QuietBlocks::take_from(Chunk& chunk) noexcept {
  const auto page = std::find_if(chunk.pages.begin(), chunk.pages.end(),
                                 [](std::uint8_t taken) { return taken != all_taken; });
  assert(page != chunk.pages.end());
  const auto block = static_cast<std::size_t>(std::countr_one(*page));
  *page = static_cast<std::uint8_t>(*page | (1u << block));
  ++chunk.taken;
  ++taken_;
  const auto page_index = static_cast<std::size_t>(page - chunk.pages.begin());
  return chunk.begin + page_index * page_bytes + block * block_bytes;
}

void QuietBlocks::give(void* block) noexcept {
  auto* const at = static_cast<char*>(block);
  const auto chunk = std::find_if(chunks_.begin(), chunks_.end(), [&](const Chunk& c) {
    return at >= c.begin && at < c.begin + chunk_bytes;
  });
  assert(chunk != chunks_.end());
  const auto offset = static_cast<std::size_t>(at - chunk->begin);
  auto& page = chunk->pages[offset / page_bytes];
  const auto bit = 1u << (offset % page_bytes / block_bytes);
  assert((page & bit) != 0);
  page = static_cast<std::uint8_t>(page & ~bit);
  --chunk->taken;
  --taken_;
  if (page == 0) ::madvise(at - offset % page_bytes, page_bytes, MADV_DONTNEED);
  unmap_if_unused(*chunk);
}

/// One is kept: the next block is not far.
void QuietBlocks::unmap_if_unused(Chunk& chunk) noexcept {
  if (chunk.taken > 0 || chunks_.size() == 1) return;
  ::munmap(chunk.begin, chunk_bytes);
  std::swap(chunk, chunks_.back());
  chunks_.pop_back();
}

}  // namespace ccnproxy::origin
