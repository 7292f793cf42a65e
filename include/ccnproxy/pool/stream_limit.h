#pragma once

#include <algorithm>
#include <cstdint>

#include "ccnproxy/pool/pool_environment.h"

namespace ccnproxy::pool {

/// Carries what SETTINGS said of the streams at once from the dialer, whose connections hear it, to
/// the process's OriginState, and from there to the dialers of other workers.
class StreamLimit {
 public:
  explicit StreamLimit(PoolEnvironment& env) : env_(env) {}

  /// What was said to connections of this worker; it may come when a connection stands already, or
  /// change.
  void note() {
    const auto heard = env_.dialer->stream_limit();
    if (heard == told_) return;
    told_ = heard;
    env_.known().note_streams_each(std::min(heard, origin::streams_before_settings));
  }
  /// What was said to other workers'. Of what its own connections heard the dialer knows.
  void tell() {
    note();
    const auto each = static_cast<std::uint32_t>(env_.known().streams_each());
    const bool is_known = each == std::min(told_, origin::streams_before_settings);
    if (is_known || env_.known().protocol() != origin::Protocol::http2) return;
    env_.dialer->recall_stream_limit(each);
    told_ = env_.dialer->stream_limit();
  }
  /// There is another dialer.
  void forget() { told_ = env_.dialer->stream_limit(); }

 private:
  PoolEnvironment& env_;
  std::uint32_t told_ = origin::streams_before_settings;  ///< what the dialer knows of them
};

}  // namespace ccnproxy::pool
