#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ccnproxy/base/error.h"
#include "ccnproxy/origin/origin.h"

namespace ccnproxy::route {

/// The meaning of a port in Host: always the origin's, always ignored, or
/// the origin's unless it is the port of the listener that took the request.
enum class PortInHost : std::uint8_t { origin, ignore, automatic };

/// The reason why a request has no origin. `reason` is one line of text, in printable ASCII without
/// quotes or backslashes, so that it can stand in Proxy-Status and in a body.
struct MapFailure {
  std::uint16_t status_code = 400;  ///< 400, or 405 for CONNECT
  std::string reason;
  /// The Host is well-formed (or absent) and carries no label: our own paths (/hc) may answer.
  bool no_label = false;
  /// The label that was probably meant by one that is unknown.
  std::string suggestion = {};
};

/// The parts of a request that mapping needs. Views; nothing is kept.
struct MapQuery {
  std::string_view method;
  std::string_view target;          ///< the request target as received
  std::string_view host;            ///< the Host field's value, empty if there is none
  std::uint16_t listener_port = 0;  ///< 0 on a unix socket
};

/// The origin of a request, with the target and Host to send.
struct Mapped {
  origin::Origin origin;
  /// The target to ask the origin for, byte for byte: a view into the query's target, or a static
  /// "/" or "*" if that had none (RFC 9112 §3.2.4).
  std::string_view target;
  /// The target was `http://host?query`: a "/" is to be written before `target` (RFC 9112 §3.2.1).
  /// A view can't hold it, and a copy would cost every request for what hardly any client sends.
  bool prepend_slash = false;
  /// The Host that the origin gets: a view into the query's Host or target. Empty: the origin's
  /// own.
  std::string_view host = {};
};

/// The mapping from the Host field or the absolute-form target to an origin
///, or from every request to one (`upstream`). Pure; made once from the
/// configuration and then only read, so that workers can share it.
class LabelTable {
 public:
  struct Options {
    std::map<std::string, origin::Scheme, std::less<>> labels;  ///< lower case, without dots
    PortInHost port_in_host = PortInHost::automatic;
    /// host or *.suffix: absolute-form http:// to these goes out as https
    std::vector<std::string> upgrade;
    /// The origin of all requests, with their Host unchanged; then nothing above counts.
    std::optional<origin::Origin> upstream;
  };
  explicit LabelTable(Options options);
  /// ccnproxy-https, ccnproxy-ssl, ccnproxy-secure → https; ccnproxy → http; automatic; nothing to
  /// upgrade.
  static Options defaults();

  /// The label that one part of this host is a misspelling of; empty if there is none.
  std::string_view suggest_label(std::string_view host) const;

  /// On the path of every request: allocates nothing but the origin's host, where that is long.
  boost::system::result<Mapped, MapFailure> map(const MapQuery& query) const;

 private:
  using OriginResult = boost::system::result<origin::Origin, MapFailure>;

  /// A host with a label, taken apart.
  struct Labelled {
    std::string_view origin_host;  ///< what stands before the label; may be empty
    origin::Scheme scheme = origin::Scheme::https;
  };
  enum class Find : std::uint8_t { found, none, malformed };

  const origin::Scheme* scheme_of(std::string_view label) const noexcept;
  Find find_label(std::string_view host, Labelled& out) const noexcept;
  OriginResult labelled_origin(const Labelled& host, std::uint16_t port,
                               std::uint16_t listener_port) const;
  OriginResult direct_origin(origin::Scheme scheme, std::string_view host,
                             std::uint16_t port) const;
  OriginResult from_host(const MapQuery& query) const;
  OriginResult from_authority(origin::Scheme scheme, std::string_view authority,
                              std::uint16_t listener_port) const;
  boost::system::result<Mapped, MapFailure> from_uri(const MapQuery& query) const;
  boost::system::result<Mapped, MapFailure> to_upstream(const MapQuery& query) const;
  MapFailure unlabelled(std::string_view host) const;
  bool upgrades(std::string_view host) const noexcept;

  Options options_;
  std::uint64_t label_sizes_ = 0;  ///< bit N: a label of N bytes exists; most labels fail on it
  std::string hint_;               ///< what a right Host looks like
};

[[noreturn]] void throw_exception_from_error(const MapFailure&, const boost::source_location&);

}  // namespace ccnproxy::route
