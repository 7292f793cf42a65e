#pragma once

#include <optional>

#include "ccnproxy/config/host_pattern.h"

#include "fields.h"

/// The schemas of the maps that stand at the top as well as in `overrides:`, and of what is below
/// them.
namespace ccnproxy::config {

/// What of `pool:` can differ by origin.
const Fields<Pool>& pool_fields();
/// All of `pool:`.
const Fields<Config>& pool_section_fields();
/// `https://host[:port]` or `http://…`, normalised: no path, the scheme's own port left out.
bool take_warm_origin(const std::string& text, std::string& origin);
/// A normalised origin as a pattern that matches it alone; a view into `origin`.
std::optional<HostPattern> pattern_of_origin(std::string_view origin);
const Fields<Timeouts>& timeouts_fields();
/// Those that can differ by origin: the client's come before any origin is known.
const Fields<Timeouts>& origin_timeouts_fields();
const Fields<Tls>& tls_fields();
const Fields<Tcp>& tcp_fields();
const Fields<Hedging>& hedging_fields();
const Fields<Breaker>& breaker_fields();
const Fields<Override>& override_fields();
const Field<Override>& allow_addresses_field();
const Fields<Clients>& clients_fields();
const Fields<Origins>& origins_fields();
const Fields<Log>& log_fields();
const Fields<Config>& config_fields();

/// `mode`, `owner` and `group` of a unix socket.
const Fields<SocketAccess>& socket_access_fields();

/// `listeners:`, `labels:` and `overrides:`: their elements are maps.
void read_admin_address(Reading& reading, const YAML::Node& node, Admin& admin);
void read_listeners(Reading& reading, const YAML::Node& node, Config& config);
void read_labels(Reading& reading, const YAML::Node& node, Config& config);
void read_overrides(Reading& reading, const YAML::Node& node, Config& config);
void read_upstream(Reading& reading, const YAML::Node& node, Config& config);

/// Validates keys against each other.
void validate(Reading& reading, const Config& config);
/// Validates `clients:` and `origins:`.
void validate_acls(Reading& reading, const Config& config);
/// Validates the unix sockets of `listeners:` and `admin:`.
void validate_sockets(Reading& reading, const Config& config);
/// Warns of header fields that the access log masks.
void validate_log(Reading& reading, const Config& config);
/// Validates `upstream:`.
void validate_upstream(Reading& reading, const Config& config);

}  // namespace ccnproxy::config
