#pragma once

#include <memory>

#include "ccnproxy/base/delegate.h"
#include "ccnproxy/base/error.h"
#include "ccnproxy/origin/origin_connection.h"

namespace ccnproxy::origin {

/// A connection on its way. Destroying it gives it up; its callback is then never called. Destroyed
/// only between turns once it has called back.
class Dial : public DeferredDelete {};

using DialResult = Result<std::unique_ptr<OriginConnection>>;

/// This machine had no descriptor for a connection (EMFILE, ENFILE), or no memory for its socket:
/// nothing is known of the origin.
inline bool is_lack_of_descriptors(const Error& error) noexcept {
  return error.type == ErrorType::connection_limit_reached && error.side == Side::us &&
         error.phase != Phase::queue;
}

/// A phase of the dial was not over in time: the name, TCP or TLS.
inline bool is_dial_timeout(const Error& error) noexcept {
  return error.type == ErrorType::dns_timeout || error.type == ErrorType::connection_timeout;
}

/// Where connections to an origin can lead.
struct DialAddresses {
  std::size_t known = 0;   ///< addresses that it has, without those that failed lately
  std::size_t unused = 0;  ///< of these, to which no connection leads, nor a dial that has chosen
};

/// Opens connections to one origin: name, TCP, TLS, protocol. Used by one worker's thread.
class Dialer {
 public:
  virtual ~Dialer() = default;
  /// Starts one. `on_result` is called exactly once, later, never from within dial(). The
  /// connection tells `listener` of its life from then on.
  virtual std::unique_ptr<Dial> dial(ConnectionListener& listener,
                                     Delegate<void(DialResult)> on_result) = 0;
  /// Whether DNS has ceased to name this address (ip:port) of a connection. Asking keeps what is
  /// known of the name up to date.
  virtual bool is_withdrawn(const std::string& address) = 0;
  /// Whether no connection may be made to this address (ip:port) as things stand now.
  virtual bool is_prohibited(const std::string& /*address*/) { return false; }
  /// As far as it is known without a lookup; nothing before the first dial.
  virtual DialAddresses addresses() { return {}; }
  /// Whether connections offer HTTP/1.1 and nothing else from now on, those under way included that
  /// have not come to TLS.
  virtual void offer_only_http1(bool /*only*/) {}
  /// What another process knew of the streams at once that the origin allows.
  virtual void recall_stream_limit(std::uint32_t limit) = 0;
  /// What was recalled, or what the origin said last to connections of this dialer.
  virtual std::uint32_t stream_limit() const = 0;
};

}  // namespace ccnproxy::origin
