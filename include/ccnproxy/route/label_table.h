#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ccnproxy/base/error.h"
#include "ccnproxy/origin/origin.h"

namespace ccnproxy::route {

/// What a port in Host means (INTERFACE.md §1): always the origin's, always ignored, or the origin's
/// unless it is the port of the listener that took the request.
enum class PortInHost : std::uint8_t { origin, ignore, automatic };

/// Why a request has no origin. `status_code` is 400, 405 or 421-like codes for the client; `health` asks for
/// the daemon's own health answer.
struct MapFailure {
  std::uint16_t status_code = 400;
  std::string reason;
  bool no_label = false;  ///< the Host carries no label at all: our own paths (/hc) may answer
};

/// What one request asks for, as far as mapping needs it. Views; nothing is kept.
struct MapQuery {
  std::string_view method;
  std::string_view target;        ///< the request target as received
  std::string_view host;          ///< the Host field's value, empty if there is none
  std::uint16_t listener_port = 0;  ///< 0 on a unix socket
};

/// Where it goes.
struct Mapped {
  origin::Origin origin;
  std::string_view target;  ///< origin-form, a view into the query's target, byte for byte ("/" or "*" if it had none)
};

/// From the Host field or the absolute-form target to an origin (INTERFACE.md §1). Pure; made once from
/// the configuration and then only read, so that workers can share it.
class LabelTable {
 public:
  struct Options {
    std::map<std::string, origin::Scheme, std::less<>> labels;  ///< lower case, without dots
    PortInHost port_in_host = PortInHost::automatic;
    std::vector<std::string> upgrade;  ///< host or *.suffix: absolute-form http:// to these goes out as https
  };
  explicit LabelTable(Options options);
  /// ccnproxy-https, ccnproxy-ssl, ccnproxy-secure → https; ccnproxy → http; automatic; nothing to upgrade.
  static Options defaults();

  boost::system::result<Mapped, MapFailure> map(const MapQuery& query) const;

 private:
  Options options_;
};

[[noreturn]] void throw_exception_from_error(const MapFailure&, const boost::source_location&);

}  // namespace ccnproxy::route
