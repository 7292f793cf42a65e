#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ccnproxy::origin {

/// Blocks of 1 KiB for what is seldom written, or never: four lie on a page of memory, which costs
/// nothing until one of them is written to. A page goes back to the system when its last block is
/// given back. Nothing is noted in the blocks themselves.
///
/// Not thread-safe. Blocks that were not given back end with it.
class QuietBlocks {
 public:
  static constexpr std::size_t block_bytes = 1024;

  QuietBlocks() = default;
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
  static constexpr std::size_t page_bytes = 4096;
  static constexpr std::size_t pages_each = 64;
  static constexpr std::size_t chunk_bytes = page_bytes * pages_each;
  static constexpr std::size_t blocks_each = chunk_bytes / block_bytes;

  struct Chunk {
    char* begin = nullptr;
    std::size_t taken = 0;
    std::array<std::uint8_t, pages_each>
        pages{};  ///< of each, one bit for each block that is taken
  };
  Chunk* find_room() noexcept;
  Chunk* map_chunk() noexcept;
  void* take_from(Chunk& chunk) noexcept;
  void unmap_if_unused(Chunk& chunk) noexcept;

  std::vector<Chunk> chunks_;
  std::size_t taken_ = 0;
};

/// For the rings of HPACK's tables, of all HTTP/2 sessions of a worker: those of requests, and of
/// responses. Who uses the one seldom uses the other: they do not share pages.
using Http2Rings = std::array<QuietBlocks, 2>;

}  // namespace ccnproxy::origin
