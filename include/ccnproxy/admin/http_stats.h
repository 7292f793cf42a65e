#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "ccnproxy/admin/worker_report.h"

namespace ccnproxy::admin {

/// The writer of chocon's /.api/http-stats: its JSON keys, times in seconds (docs/from-chocon.md).
/// Counters never go backwards: a worker that does not answer counts with its last report. Times
/// are of requests that ended in the last one or two minutes.
///
/// Lives on the main thread.
class HttpStats {
 public:
  /// One line, with its end.
  std::string render(const Reports& reports);

 private:
  using ByStatus = std::map<std::uint16_t, std::uint64_t>;
  std::map<std::size_t, ByStatus> requests_;  ///< by worker, as each said last
};

}  // namespace ccnproxy::admin
