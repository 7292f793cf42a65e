#include "ccnproxy/origin/http2_memory.h"

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include <sys/mman.h>

namespace ccnproxy::origin {
namespace {

constexpr std::size_t large = 16 * 1024;

/// Before each block; as long as malloc's alignment, so that it keeps that of the block.
struct alignas(std::max_align_t) Prefix {
  std::size_t mapped = 0;  ///< bytes that were mapped for it, this included; 0: from malloc
  std::size_t size = 0;    ///< of the block
};

void* block_of(void* memory, std::size_t mapped, std::size_t size) noexcept {
  return new (memory) Prefix{mapped, size} + 1;
}
Prefix* prefix_of(void* block) noexcept { return static_cast<Prefix*>(block) - 1; }

void* allocate(std::size_t size, void*) {
  const auto whole = size + sizeof(Prefix);
  if (whole < size) return nullptr;
  if (size >= large) {
    void* memory =
        ::mmap(nullptr, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) return block_of(memory, whole, size);
  }
  void* memory = std::malloc(whole);
  return memory ? block_of(memory, 0, size) : nullptr;
}

void release(void* block, void*) {
  if (!block) return;
  auto* prefix = prefix_of(block);
  prefix->mapped > 0 ? static_cast<void>(::munmap(prefix, prefix->mapped)) : std::free(prefix);
}

void* allocate_zeroed(std::size_t count, std::size_t size, void* user) {
  if (size != 0 && count > SIZE_MAX / size) return nullptr;
  void* block = allocate(count * size, user);
  if (block) std::memset(block, 0, count * size);
  return block;
}

void* reallocate(void* block, std::size_t size, void* user) {
  if (!block) return allocate(size, user);
  void* other = allocate(size, user);
  if (!other) return nullptr;
  std::memcpy(other, block, size < prefix_of(block)->size ? size : prefix_of(block)->size);
  release(block, user);
  return other;
}

}  // namespace

nghttp2_mem* http2_memory() noexcept {
  static nghttp2_mem memory{nullptr, allocate, release, allocate_zeroed, reallocate};
  return &memory;
}

}  // namespace ccnproxy::origin
