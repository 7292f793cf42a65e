#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ccnproxy::http2 {

/// Blocks of 1 KiB for what is seldom written, or never: a page of memory, of which each holds four
/// (64 where pages have 64 KiB), costs nothing until one of them is written to. A page goes back to
/// the system when its last block is given back. Nothing is noted in the blocks themselves.
///
/// Not thread-safe. Blocks that were not given back end with it.
class QuietBlocks {
 public:
  static constexpr std::size_t block_bytes = 1024;

  /// With the system's pages.
  QuietBlocks();
  /// With pages of so many bytes: a power of two of the system's, from 4 KiB up. Where they are
  /// larger than 64 KiB none is given back before all blocks near it are.
  explicit QuietBlocks(std::size_t page_bytes) noexcept;
  QuietBlocks(const QuietBlocks&) = delete;
  QuietBlocks& operator=(const QuietBlocks&) = delete;
  ~QuietBlocks();

  /// Of any content. Null if there is no memory.
  void* take() noexcept;
  /// One that take() gave.
  void give(void* block) noexcept;
  std::size_t taken() const noexcept { return taken_; }
  /// Addresses that it occupies, with memory behind them or not.
  std::size_t mapped_bytes() const noexcept { return chunks_.size() * chunk_bytes; }

 private:
  static constexpr std::size_t most_pages = 64;
  static constexpr std::size_t chunk_bytes = std::size_t{4096} * most_pages;
  static constexpr std::size_t blocks_each = chunk_bytes / block_bytes;
  static constexpr std::size_t largest_page = 64 * block_bytes;  ///< a bit each

  struct Chunk {
    char* begin = nullptr;
    std::size_t taken = 0;
    std::array<std::uint64_t, most_pages>
        pages{};  ///< of each, one bit for each block that is taken
  };
  Chunk* find_room() noexcept;
  Chunk* map_chunk() noexcept;
  void* take_from(Chunk& chunk) noexcept;
  void unmap_if_unused(Chunk& chunk) noexcept;

  const std::size_t page_bytes_;  ///< of what one word of bits stands for
  const std::uint64_t all_taken_;
  const bool gives_back_;  ///< single pages; else chunks alone
  std::vector<Chunk> chunks_;
  std::size_t taken_ = 0;
};

/// For the rings of HPACK's tables, of all HTTP/2 sessions of a worker: those of requests, and of
/// responses. They are rarely used together, so they do not share pages.
using Http2Rings = std::array<QuietBlocks, 2>;

}  // namespace ccnproxy::http2
