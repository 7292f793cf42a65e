#include "ccnproxy/observe/ring_writer.h"

#include <utility>

#include "ccnproxy/observe/json_text.h"
#include "ccnproxy/observe/record_codec.h"

namespace ccnproxy::observe {
namespace {

// About 3000 records: a tenth of a second at 30000 requests a second and worker, while the thread
// comes round every 50 ms, and at once when half of it is used.
constexpr std::size_t ring_bytes = std::size_t{1} << 20;
static_assert(19 * max_logged_string + 1024 < ring_bytes / 2, "any record fits");

}  // namespace

RingWriter::RingWriter(Notifier& notifier, bool with_query, std::unique_ptr<RingWriter> next)
    : notifier_(notifier), with_query_(with_query), ring_(ring_bytes), next_(std::move(next)) {}

void RingWriter::write(const AccessRecord& record) {
  AccessRecord kept = record;
  // What is not to be logged is not kept in memory either.
  if (!with_query_) kept.target = without_query(kept.target);
  std::byte* to = ring_.reserve(packed_size(kept));
  if (to == nullptr) return count_dropped();
  pack(kept, to);
  ring_.commit();
  if (ring_.is_filling_up()) {
    notifier_.notify_urgently();
  } else {
    notifier_.notify();
  }
}

void RingWriter::count_dropped() noexcept {
  dropped_.store(dropped_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  notifier_.notify_urgently();
}

}  // namespace ccnproxy::observe
