#include "ccnproxy/origin/block_shelf.h"

#include <algorithm>
#include <cstdlib>
#include <new>

#include <malloc.h>

namespace ccnproxy::origin {

void* BlockShelf::take(std::size_t size) noexcept {
  if (!keeps || size == 0 || size > largest_block) return std::malloc(size);
  const auto slot = (size - 1) / step;
  auto* block = slots_[slot];
  if (!block) return std::malloc((slot + 1) * step);
  slots_[slot] = block->next;
  kept_ -= (slot + 1) * step;
  return block;
}

void BlockShelf::give(void* block) noexcept {
  if (!block) return;
  const auto steps = keeps ? ::malloc_usable_size(block) / step : 0;
  if (steps == 0 || steps > slots_.size() + 1 || kept_ + steps * step > most_kept)
    return std::free(block);
  const auto slot = std::min(steps, slots_.size()) - 1;
  slots_[slot] = new (block) Block{slots_[slot]};
  kept_ += (slot + 1) * step;
}

void BlockShelf::clear() noexcept {
  for (auto& slot : slots_)
    while (auto* block = slot) {
      slot = block->next;
      std::free(block);
    }
  kept_ = 0;
}

}  // namespace ccnproxy::origin
