#include "ccnproxy/base/free_list.h"

#include <cstdlib>
#include <new>

#include <malloc.h>

namespace ccnproxy {

void* FreeList::take(std::size_t size) noexcept {
  if (!keeps || size == 0 || size > largest_block) return std::malloc(size);
  const auto slot = slot_for(size);
  auto* block = slots_[slot];
  if (!block) return std::malloc(bytes_of(slot));
  slots_[slot] = block->next;
  kept_ -= bytes_of(slot);
  return block;
}

void FreeList::give(void* block) noexcept {
  if (!block) return;
  const auto size = keeps ? ::malloc_usable_size(block) : 0;
  const auto slot = size < smallest ? slots_.size() : (size - smallest) / step;
  if (slot >= slots_.size() || kept_ + bytes_of(slot) > most_kept) return std::free(block);
  slots_[slot] = new (block) Block{slots_[slot]};
  kept_ += bytes_of(slot);
}

void FreeList::clear() noexcept {
  for (auto& slot : slots_)
    while (auto* block = slot) {
      slot = block->next;
      std::free(block);
    }
  kept_ = 0;
}

}  // namespace ccnproxy
