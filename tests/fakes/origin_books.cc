#include "fakes/origin_books.h"

namespace ccnproxy::fakes {
namespace {

std::string describe(const OriginCounts& counts) {
  std::string text = "accepts " + std::to_string(counts.accepts) + ", handshakes " +
                     std::to_string(counts.handshakes) + " (resumed " +
                     std::to_string(counts.resumed) + ", failed " +
                     std::to_string(counts.failed_handshakes) + "), requests " +
                     std::to_string(counts.requests) + ", open " + std::to_string(counts.open);
  for (const std::string& error : counts.handshake_errors) text += "; " + error;
  return text;
}

}  // namespace

OriginCounts OriginBooks::wait_for(const std::string& awaited,
                                   const std::function<bool(const OriginCounts&)>& reached,
                                   Deadline deadline) const {
  return counts_.wait(
      reached, [](const OriginCounts& counts) { return counts; },
      [&](const OriginCounts& counts) {
        return "awaited " + awaited + " at the origin; it saw: " + describe(counts);
      },
      deadline);
}

}  // namespace ccnproxy::fakes
