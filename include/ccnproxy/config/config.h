#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ccnproxy::config {

using Duration = std::chrono::nanoseconds;

/// The rights of a unix socket's file (`mode`, `owner`, `group`).
struct SocketAccess {
  std::optional<std::uint32_t> mode;  ///< none: what stands below
  std::string owner;                  ///< a user's name or number; empty = as the daemon runs
  std::string group;                  ///< the same

  bool operator==(const SocketAccess&) const = default;
};

/// The file's rights where none are given. The admin endpoint asks for no permission.
inline constexpr std::uint32_t listener_socket_mode = 0660;
inline constexpr std::uint32_t admin_socket_mode = 0600;

/// `host:port`, `[v6]:port` or `unix:/path`.
struct ListenAddress {
  std::string host;        ///< an IP literal without brackets; empty for a unix socket
  std::uint16_t port = 0;  ///< 0 lets the kernel choose (tests)
  std::string unix_path;
  SocketAccess access = {};  ///< of a unix socket

  bool operator==(const ListenAddress&) const = default;
  std::string to_string() const;
};

/// Bounds of one origin's pool (`pool:`). 0 means no limit where it says so.
struct Pool {
  std::uint32_t max_connections = 0;  ///< per origin, all workers together, 0 = no limit
  /// requests that may wait for a connection, per origin, all workers together
  std::uint32_t max_pending = 1024;
  std::uint32_t min_ready = 1;  ///< connections kept ready per origin in use
  /// connections kept beyond those in use, whatever the recent peak, per origin and worker;
  /// 0 = no limit, and never less than min_ready
  std::uint32_t max_idle = 0;
  /// how long an origin is kept ready after its last request
  Duration keep_warm = std::chrono::minutes(10);
  double spare = 0.5;  ///< share of the recent peak kept open ahead of need
  Duration max_age = std::chrono::hours(1);
  bool ping = true;  ///< `auto`: HTTP/2 PING where a connection is at risk; else `off`

  bool operator==(const Pool&) const = default;
};

/// Origins that are kept ready whatever the traffic (`pool.warm`, `pool.state_file`); not for
/// overrides.
struct Warmth {
  std::vector<std::string> warm;  ///< `https://host[:port]` or `http://…`, normalised
  std::string state_file;         ///< remembers origins over a restart; empty = off

  bool operator==(const Warmth&) const = default;
};

/// `admin:`.
struct Admin {
  std::optional<ListenAddress> address = ListenAddress{"127.0.0.1", 3001, ""};  ///< or `none`
  /// Names besides addresses and `localhost` that a request's Host may have; host patterns,
  /// normalised, without ports.
  std::vector<std::string> hosts;
  SocketAccess access;  ///< of a unix socket

  bool operator==(const Admin&) const = default;
};

/// `timeouts:`; all are about progress, none about a whole transfer.
struct Timeouts {
  /// from the first byte of a request to the end of its head
  Duration client_head = std::chrono::seconds(30);
  /// a kept-alive client connection without a request
  Duration client_idle = std::chrono::seconds(75);
  Duration client_write = std::chrono::seconds(90);  ///< the client takes no byte of a response
  Duration dns = std::chrono::seconds(5);
  Duration connect = std::chrono::seconds(5);
  Duration tls = std::chrono::seconds(5);
  /// from the end of the request to the response's head
  Duration response_head = std::chrono::seconds(60);
  Duration body_idle = std::chrono::seconds(60);  ///< no byte of a body from the side that owes one
  /// a tunnel (`tunnel_upgrades`) that carries no byte either way
  Duration tunnel_idle = std::chrono::minutes(10);
  Duration drain = std::chrono::hours(1);

  bool operator==(const Timeouts&) const = default;
};

struct Limits {
  std::size_t head_bytes = 64 * 1024;
  std::size_t headers = 256;
  std::size_t target_bytes = 16 * 1024;
  std::uint64_t body_bytes = 0;           ///< of a request; 0 = no limit
  std::uint32_t clients = 65536;          ///< client connections, all workers together
  std::uint32_t origins = 10000;          ///< origins that have a pool, per worker
  std::uint32_t clients_per_address = 0;  ///< of the clients, from one address; 0 = no limit
  /// bytes a second that a client must send of a body, or take of a response, on average over
  /// timeouts.body_idle or client_write; 0 = any progress will do
  std::uint32_t min_rate = 64;
  std::size_t memory = 256 * 1024 * 1024;  ///< buffered bytes of messages, per worker
  /// connections to origins, all workers together, tunnels included; 0 = auto: as many as the limit
  /// of open files leaves
  std::uint32_t origin_connections = 0;

  bool operator==(const Limits&) const = default;
};

enum class TlsVersion : std::uint8_t { tls12, tls13 };

/// `tls:`, for connections to origins.
struct Tls {
  std::string ca_file = "system";  ///< a PEM file, or `system`: OpenSSL's default locations
  TlsVersion min_version = TlsVersion::tls12;
  std::vector<std::string> alpn = {"h2", "http/1.1"};  ///< in order of preference, from these two
  /// groups of the key exchange, as OpenSSL names them, in order of preference; empty = `auto`
  std::vector<std::string> groups;
  std::string certificate;  ///< PEM client certificate chain; empty = none
  std::string key;          ///< its private key
  std::string server_name;  ///< SNI and verified name; empty = the origin's host
  bool verify = true;

  bool operator==(const Tls&) const = default;
};

/// `tcp:`, sockets of connections to origins.
struct Tcp {
  /// `auto` takes bbr for far origins where the kernel lets any process; `system` takes the
  /// kernel's; else an algorithm's name.
  std::string congestion_control = "auto";
  /// The minimum retransmission timeout, beyond a round trip; none = `auto`: by the round trip; 0 =
  /// `system`: the kernel's, 200 ms.
  std::optional<Duration> min_rto;
  /// Connections of a worker to a far HTTP/2 origin that carry large bodies at once; 0 = they share
  /// connections with small requests.
  std::uint32_t bulk_connections = 8;

  bool operator==(const Tcp&) const = default;
};

/// `hedging:`, a second attempt of a GET or HEAD to a far origin if the answer is late.
struct Hedging {
  bool enabled = false;
  /// The delay before the second attempt; none = `p95`: the 95th percentile of recent answer times
  /// and a margin.
  std::optional<Duration> after;
  double budget = 2;  ///< second attempts in a hundred requests

  bool operator==(const Hedging&) const = default;
};

/// `breaker:`, the circuit breaker of an origin.
struct Breaker {
  /// Dials, or answers, that time out in a row until requests are refused; 0 = never.
  std::uint32_t failures = 5;
  Duration probe = std::chrono::seconds(1);  ///< until the first try whether the origin is back
  Duration probe_max =
      std::chrono::seconds(30);  ///< between tries at most; they are rarer each time

  bool operator==(const Breaker&) const = default;
};

struct Dns {
  /// address or address:port; empty = the system's (resolv.conf)
  std::vector<std::string> servers;
  Duration min_ttl = std::chrono::seconds(1);
  Duration max_ttl = std::chrono::minutes(5);
  Duration stale = std::chrono::hours(1);  ///< an expired answer is good so long if DNS fails

  bool operator==(const Dns&) const = default;
};

/// `clients:`, the access control list of clients.
struct Clients {
  /// Client addresses and blocks of them, as AddressRange reads them. A unix socket is protected by
  /// its file's permissions instead.
  std::vector<std::string> allow = {"127.0.0.0/8",    "::1",     "10.0.0.0/8", "172.16.0.0/12",
                                    "192.168.0.0/16", "fc00::/7"};

  bool operator==(const Clients&) const = default;
};

/// `origins:`, the access control list of origins. docs/access.md has the reasons of the defaults.
struct Origins {
  std::vector<std::string> allow = {"*"};  ///< host patterns, normalised
  std::vector<std::string> deny;           ///< the same; wins over `allow`
  /// Blocks and `multicast`: addresses that are never connected to, whatever name resolved to them.
  std::vector<std::string> deny_addresses = {
      "0.0.0.0/8",      "127.0.0.0/8",       "169.254.0.0/16",
      "192.0.0.0/24",   "192.88.99.0/24",    "240.0.0.0/4",
      "::/128",         "::1/128",           "100::/64",
      "100:0:0:1::/64", "2001::/23",         "2002::/16",
      "5f00::/16",      "fe80::/10",         "fec0::/10",
      "multicast",      "100.100.100.200",   "168.63.129.16",
      "fd00:ec2::/32",  "fd20:ce::254",      "fd00:c1::a9fe:a9fe",
      "fd00:42::42",    "fd00:a9fe:a9fe::1", "fd00:100::100:200"};
  /// Whether connections may be made to the addresses of this machine's interfaces; those of
  /// loopback are a matter of deny_addresses.
  bool allow_own_addresses = false;

  bool operator==(const Origins&) const = default;
};

struct Retries {
  std::uint32_t attempts = 2;  ///< tries after the first, each on another connection
  std::size_t replay_bytes = 64 * 1024;

  bool operator==(const Retries&) const = default;
};

/// One entry of `overrides:` as resolved: the general settings with this entry's keys laid over
/// them.
struct Override {
  std::string match;         ///< host, *.suffix or host:port
  std::string connect_host;  ///< of `connect_to`; empty = the origin's own name
  std::uint16_t connect_port = 0;
  /// Blocks that are exempt from deny_addresses and allow_own_addresses here.
  std::vector<std::string> allow_addresses;
  Pool pool;
  Timeouts timeouts;
  Tls tls;
  Tcp tcp;
  Hedging hedging;
  Breaker breaker;

  bool operator==(const Override&) const = default;
};

enum class AccessFormat : std::uint8_t { json, ltsv };
enum class PortInHost : std::uint8_t { origin, ignore, automatic };
enum class ExpectContinue : std::uint8_t { local, origin };
/// The Via field in requests to origins (RFC 9110 §7.6.3).
enum class Via : std::uint8_t { none, append };
/// How names of fields from HTTP/2 origins are spelled for clients.
enum class FieldCase : std::uint8_t { canonical, as_received };

/// How much of a header field's value a line of the access log has.
enum class LoggedValue : std::uint8_t { whole, without_query, masked };

/// A header field that lines of the access log have; made by logged_header().
struct LoggedHeader {
  std::string name;  ///< in lower case
  LoggedValue value = LoggedValue::whole;

  bool operator==(const LoggedHeader&) const = default;
};

struct AccessLog {
  std::string to = "stdout";  ///< stdout, stderr, none, or a folder
  AccessFormat format = AccessFormat::json;
  Duration rotate_every = std::chrono::hours(24);  ///< in a folder; 0 = one file `access_log`
  std::uint32_t keep = 30;                         ///< files of a folder, 0 = all
  bool query = false;  ///< log the query part of targets (it often holds secrets)
  std::vector<LoggedHeader> request_headers;
  std::vector<LoggedHeader> response_headers;

  bool operator==(const AccessLog&) const = default;
};

struct Log {
  std::string level = "info";  ///< spdlog's: trace, debug, info, warn, error, critical, off
  AccessLog access;

  bool operator==(const Log&) const = default;
};

/// The configuration with its defaults (config/ccnproxy.yaml). Plain data: read once, then shared
/// by all workers and immutable.
struct Config {
  std::string pid_file;  ///< empty = none
  std::vector<ListenAddress> listeners = {{"127.0.0.1", 3000, ""}};
  Admin admin;
  std::uint32_t workers = 0;  ///< 0 = auto: one per CPU that this process may use
  Duration coalesce = std::chrono::microseconds(100);
  std::map<std::string, std::string, std::less<>> labels = {{"ccnproxy", "http"},
                                                            {"ccnproxy-https", "https"},
                                                            {"ccnproxy-secure", "https"},
                                                            {"ccnproxy-ssl", "https"}};
  PortInHost port_in_host = PortInHost::automatic;
  std::vector<std::string> upgrade;
  ExpectContinue expect_continue = ExpectContinue::local;
  Via via = Via::none;
  FieldCase field_case = FieldCase::canonical;
  bool tunnel_upgrades = false;  ///< WebSocket and other Upgrade, to HTTP/1.1 origins
  std::string request_id_header = "X-Chocon-Req";
  Clients clients;
  Origins origins;
  Pool pool;
  Warmth warmth;
  Retries retries;
  Timeouts timeouts;
  Limits limits;
  Tls tls;
  Tcp tcp;
  Hedging hedging;
  Breaker breaker;
  Dns dns;
  std::vector<Override> overrides;  ///< first match wins
  /// `https://host[:port]` or `http://…`, normalised: every request goes there, whatever its Host;
  /// empty = each goes where its Host says
  std::string upstream;
  Log log;

  bool operator==(const Config&) const = default;
};

}  // namespace ccnproxy::config
