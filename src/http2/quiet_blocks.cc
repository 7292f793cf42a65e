#include "ccnproxy/http2/quiet_blocks.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <new>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

namespace ccnproxy::http2 {
namespace {

std::size_t system_page() noexcept {
  const auto size = ::sysconf(_SC_PAGESIZE);
  return size > 0 ? static_cast<std::size_t>(size) : 4096;
}

constexpr std::uint64_t low_bits(std::size_t n) noexcept {
  return n >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1;
}

}  // namespace

QuietBlocks::QuietBlocks() : QuietBlocks(system_page()) {}

QuietBlocks::QuietBlocks(std::size_t page_bytes) noexcept
    : page_bytes_(std::min(page_bytes, largest_page)),
      all_taken_(low_bits(page_bytes_ / block_bytes)),
      gives_back_(page_bytes <= largest_page) {}

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
  const auto end = chunk.pages.begin() + chunk_bytes / page_bytes_;
  const auto page =
      std::find_if(chunk.pages.begin(), end, [this](auto taken) { return taken != all_taken_; });
  assert(page != end);
  const auto block = static_cast<std::size_t>(std::countr_one(*page));
  *page |= std::uint64_t{1} << block;
  ++chunk.taken;
  ++taken_;
  const auto page_index = static_cast<std::size_t>(page - chunk.pages.begin());
  return chunk.begin + page_index * page_bytes_ + block * block_bytes;
}

void QuietBlocks::give(void* block) noexcept {
  auto* const at = static_cast<char*>(block);
  const auto chunk = std::find_if(chunks_.begin(), chunks_.end(), [&](const Chunk& c) {
    return at >= c.begin && at < c.begin + chunk_bytes;
  });
  assert(chunk != chunks_.end());
  const auto offset = static_cast<std::size_t>(at - chunk->begin);
  auto& page = chunk->pages[offset / page_bytes_];
  const auto bit = std::uint64_t{1} << (offset % page_bytes_ / block_bytes);
  assert((page & bit) != 0);
  page &= ~bit;
  --chunk->taken;
  --taken_;
  if (page == 0 && gives_back_) ::madvise(at - offset % page_bytes_, page_bytes_, MADV_DONTNEED);
  unmap_if_unused(*chunk);
}

/// One is kept: the next block is not far.
void QuietBlocks::unmap_if_unused(Chunk& chunk) noexcept {
  if (chunk.taken > 0 || chunks_.size() == 1) return;
  ::munmap(chunk.begin, chunk_bytes);
  std::swap(chunk, chunks_.back());
  chunks_.pop_back();
}

}  // namespace ccnproxy::http2
