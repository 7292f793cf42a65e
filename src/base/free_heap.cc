#include "ccnproxy/base/free_heap.h"

#include <malloc.h>

namespace ccnproxy {
namespace {

constexpr int most_free = 1 << 20;

}  // namespace

void bound_free_heap() noexcept {
  ::mallopt(M_MMAP_THRESHOLD, most_free);
  ::mallopt(M_TRIM_THRESHOLD, most_free);
}

void release_free_heap() noexcept { ::malloc_trim(0); }

}  // namespace ccnproxy
