#include "ccnproxy/base/startup_memory.h"

#include <cstdint>

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ccnproxy/base/free_heap.h"

namespace ccnproxy {
namespace {

/// Code only: other pages of a file may have been changed, by relocation for one.
bool is_code(const ElfW(Phdr) & segment) {
  return segment.p_type == PT_LOAD && (segment.p_flags & PF_X) && !(segment.p_flags & PF_W);
}

/// A segment's pages are its own: linkers align segments to the largest page of the architecture.
int release_code(dl_phdr_info* object, std::size_t, void* sum) {
  static const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (!is_code(segment)) continue;
    const auto begin = (object->dlpi_addr + segment.p_vaddr) / page * page;
    const auto size = object->dlpi_addr + segment.p_vaddr + segment.p_memsz - begin;
    if (::madvise(reinterpret_cast<void*>(begin), size, MADV_DONTNEED) == 0)
      *static_cast<std::size_t*>(sum) += size;
  }
  return 0;
}

}  // namespace

std::size_t release_startup_memory() noexcept {
  release_free_heap();
  std::size_t released = 0;
  ::dl_iterate_phdr(release_code, &released);
  return released;
}

}  // namespace ccnproxy
