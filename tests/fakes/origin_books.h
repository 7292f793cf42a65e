#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "fakes/message.h"
#include "fakes/tally.h"

namespace ccnproxy::fakes {

/// What a ScriptedOrigin has seen so far. A copy is a snapshot.
struct OriginCounts {
  std::size_t accepts = 0;            ///< TCP connections
  std::size_t handshakes = 0;         ///< TLS handshakes completed
  std::size_t failed_handshakes = 0;  ///< the client refused us, or left
  std::size_t resumed = 0;            ///< of `handshakes`
  std::size_t requests = 0;           ///< request heads read by read_request() or Service
  std::size_t open = 0;               ///< connections whose script still runs
  std::vector<std::string> handshake_errors;
  std::vector<std::string> sni;  ///< of each ClientHello, "" where none was sent
};

/// The counts and requests of one origin, shared by its threads.
class OriginBooks {
 public:
  void note(const std::function<void(OriginCounts&)>& change) { counts_.update(change); }
  OriginCounts counts() const { return counts_.copy(); }
  /// Waits until `reached` says so; throws Failure with all counts when the deadline passes.
  OriginCounts wait_for(const std::string& awaited,
                        const std::function<bool(const OriginCounts&)>& reached,
                        Deadline deadline) const;

 private:
  Tally<OriginCounts> counts_;
};

}  // namespace ccnproxy::fakes
