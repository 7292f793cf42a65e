#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/net/path_state.h"

namespace ccnproxy::origin {

/// How long a connection on which an answer is awaited may be silent, by its round-trip time.
struct LivenessTimes {
  Duration probe;    ///< then it is looked at, and sent a PING
  Duration arrival;  ///< a PING has arrived, and that is known here, within this
  Duration again;    ///< until then whether it has is looked at so often: a peer may delay that
  Duration answer;   ///< a PING that has arrived is answered within this
  Duration suspect;  ///< then it takes no new requests
  Duration stalled;  ///< then its requests may go elsewhere
};

/// `patience`: silences shorter than this are no reason to look.
constexpr LivenessTimes liveness_times(Duration rtt, Duration patience = {}) {
  using std::chrono::milliseconds;
  const auto probe = std::max<Duration>({milliseconds(300), rtt * 3, patience});
  const auto answer = std::max<Duration>(milliseconds(200), rtt * 2);
  return {probe,  answer * 3 / 5, answer / 4,
          answer, probe + answer, probe + std::max<Duration>(milliseconds(600), rtt * 4)};
}

/// What to do about a silent connection.
enum class LivenessStep : std::uint8_t {
  wait,      ///< nothing is wrong as far as one can tell: look again later
  probe,     ///< send a PING, look again at `suspect`
  suspect,   ///< no new requests; look again at `stalled`
  give_way,  ///< let its requests go elsewhere
};

struct LivenessFacts {
  Duration silent{};    ///< since the last byte from the peer, or since something is awaited
  bool probed = false;  ///< in this silence
  /// How long ago its TCP was first seen to have acknowledged our PING (or what was asked in its
  /// stead, AddressProbes); nothing if it has not, or if there was none.
  std::optional<Duration> ping_arrived;
  bool suspicious = false;
  PathState path;
};

/// A connection is suspicious if the peer's TCP does not acknowledge what was written, or if all
/// was acknowledged, a PING included, and no answer comes. A peer that acknowledges and can't be
/// asked (HTTP/1.1 without TLS) is slow, not dead; one that still takes an upload is busy.
constexpr LivenessStep liveness_step(const LivenessFacts& f, const LivenessTimes& times) {
  if (f.silent < times.probe) return LivenessStep::wait;
  if (!f.probed) return LivenessStep::probe;
  if (f.silent < times.suspect) return LivenessStep::probe;
  const bool unheard = f.path.outstanding > 0 && f.path.since_ack >= times.suspect;
  const bool unanswered = f.ping_arrived && *f.ping_arrived >= times.answer;
  if (!unheard && !unanswered) return LivenessStep::wait;
  if (f.suspicious && f.silent >= times.stalled) return LivenessStep::give_way;
  return LivenessStep::suspect;
}

}  // namespace ccnproxy::origin
