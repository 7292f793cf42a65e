#include "ccnproxy/config/schema.h"

#include <array>
#include <charconv>

#include "ccnproxy/config/host_name.h"
#include "ccnproxy/config/host_pattern.h"
#include "ccnproxy/net/ip_address.h"

#include "schema_parts.h"

namespace ccnproxy::config {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t KiB = 1024;
constexpr std::uint64_t MiB = 1024 * KiB;
constexpr std::uint64_t GiB = 1024 * MiB;

// Fields that frame or route a message: an id in one of them would change what the request means.
constexpr std::array<std::string_view, 12> not_for_ids = {
    "connection",     "content-length",    "expect", "host",
    "http2-settings", "keep-alive",        "te",     "trailer",
    "upgrade",        "transfer-encoding", "via",    "proxy-connection"};

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return text;
}

bool take_workers(const std::string& text, Config& config) {
  const auto number = parse_size(text);
  const bool bare = text.find_first_not_of("0123456789") == text.npos;
  if (text != "auto" && (!bare || !number || *number < 1 || *number > 256)) return false;
  config.workers = text == "auto" ? 0 : static_cast<std::uint32_t>(*number);
  return true;
}

// A field name that may be added to any request (RFC 9110 §5.1).
bool take_request_id_header(const std::string& text, Config& config) {
  constexpr std::string_view token = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";
  const std::string folded = lower(text);
  if (text.empty() || text.size() > 64 || folded.find_first_not_of(token) != folded.npos)
    return false;
  for (const std::string_view name : not_for_ids) {
    if (folded == name) return false;
  }
  config.request_id_header = text;
  return true;
}

bool take_upgrade(const std::string& text, std::string& pattern) {
  const auto parsed = parse_host_pattern(text);
  auto normal = normalise_host_pattern(text);
  if (!parsed || parsed->port != 0 || !normal) return false;
  pattern = *std::move(normal);
  return true;
}

// An address, with a port where it is not 53; the text stays as the file has it.
bool take_dns_server(const std::string& text, std::string& server) {
  server = text;
  if (Endpoint::from_literal(text, 53)) return true;
  const auto endpoint = Endpoint::parse(text);
  return endpoint && endpoint->port() != 0;
}

bool take_spare(const std::string& text, Pool& pool) {
  if (text.empty() || text.size() > 8 || text.find_first_not_of("0123456789.") != text.npos)
    return false;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, pool.spare);
  return parsed.ec == std::errc() && parsed.ptr == end && pool.spare <= 10;
}

bool take_ping(const std::string& text, Pool& pool) {
  pool.ping = text == "auto";
  return pool.ping || text == "off";
}

Field<Timeouts> timeout(std::string_view name, Duration Timeouts::*member) {
  return duration(name, member, 1ms, 24h, "from 1ms to 24h");
}

const Fields<Limits>& limits_fields() {
  static const Fields<Limits> fields = {
      size("head_bytes", &Limits::head_bytes, 256, 16 * MiB, "from 256 to 16MiB"),
      count("headers", &Limits::headers, 1, 65536),
      size("target_bytes", &Limits::target_bytes, 16, 16 * MiB, "from 16 to 16MiB"),
      size("body_bytes", &Limits::body_bytes, 0, 1024 * 1024 * GiB,
           "of at most 1048576GiB, or 0 for no limit"),
      count("clients", &Limits::clients, 1, 10'000'000),
      count("clients_per_address", &Limits::clients_per_address, 0, 10'000'000, " (0 = no limit)"),
      count("min_rate", &Limits::min_rate, 0, 1'000'000, " (0 = off)"),
      size("memory", &Limits::memory, MiB, 1024 * GiB, "from 1MiB to 1024GiB"),
      count("origins", &Limits::origins, 1, 1'000'000),
      count("origin_connections", &Limits::origin_connections, 0, 10'000'000, " (0 = auto)"),
  };
  return fields;
}

const Fields<Retries>& retries_fields() {
  static const Fields<Retries> fields = {
      count("attempts", &Retries::attempts, 0, 10),
      size("replay_bytes", &Retries::replay_bytes, 0, 16 * MiB, "of at most 16MiB"),
  };
  return fields;
}

void read_dns_servers(Reading& reading, const YAML::Node& node, Dns& dns) {
  static const std::string wanted = "`system` or a list of addresses, each with or without a port";
  static const auto list = list_of<Dns>(
      &Dns::servers, wanted, text_of<std::string>("an address or address:port", take_dns_server));
  if (!node.IsScalar()) return list(reading, node, dns);
  dns.servers.clear();
  if (node.Scalar() != "system") reading.wrong_value(node, wanted);
}

const Fields<Dns>& dns_fields() {
  static const Fields<Dns> fields = {
      {"servers", read_dns_servers},
      duration("min_ttl", &Dns::min_ttl, 1ms, 24h, "from 1ms to 24h"),
      duration("max_ttl", &Dns::max_ttl, 1ms, 24h * 30, "from 1ms to 720h"),
      duration("stale", &Dns::stale, 0ms, 24h * 30, "from 0 to 720h"),
  };
  return fields;
}

const Fields<Admin>& admin_fields() {
  static const Fields<Admin> fields = [] {
    Fields<Admin> all = {
        {"address", read_admin_address},
        {"hosts",
         list_of<Admin>(&Admin::hosts, "a list of hosts",
                        text_of<std::string>("a host or *.suffix, without a port", take_upgrade))}};
    const auto access = lifted(&Admin::access, socket_access_fields());
    all.insert(all.end(), access.begin(), access.end());
    return all;
  }();
  return fields;
}

}  // namespace

const Fields<Pool>& pool_fields() {
  static const Fields<Pool> fields = {
      count("max_connections", &Pool::max_connections, 0, 65536, " (0 = no limit)"),
      count("max_pending", &Pool::max_pending, 1, 1'000'000),
      count("min_ready", &Pool::min_ready, 0, 1024),
      count("max_idle", &Pool::max_idle, 0, 65536, " (0 = no limit)"),
      duration("keep_warm", &Pool::keep_warm, 1ms, 24h * 30, "from 1ms to 720h"),
      {"spare", text_of<Pool>("a share from 0 to 10, as in 0.5", take_spare)},
      duration("max_age", &Pool::max_age, 1ms, 24h * 30, "from 1ms to 720h"),
      {"ping", text_of<Pool>("`auto` or `off`", take_ping)},
  };
  return fields;
}

const Fields<Config>& pool_section_fields() {
  static const Fields<Config> fields = [] {
    auto all = lifted(&Config::pool, pool_fields());
    static const Fields<Warmth> of_warmth = {
        {"warm", list_of<Warmth>(&Warmth::warm, "a list of origins",
                                 text_of<std::string>("an origin, as in https://api.example.com",
                                                      take_warm_origin))},
        {"state_file", plain_text(&Warmth::state_file, "a file", true)},
    };
    const auto warmth = lifted(&Config::warmth, of_warmth);
    all.insert(all.end(), warmth.begin(), warmth.end());
    return all;
  }();
  return fields;
}

const Fields<Timeouts>& origin_timeouts_fields() {
  static const Fields<Timeouts> fields = {
      timeout("dns", &Timeouts::dns),
      timeout("connect", &Timeouts::connect),
      timeout("tls", &Timeouts::tls),
      timeout("response_head", &Timeouts::response_head),
      timeout("body_idle", &Timeouts::body_idle),
  };
  return fields;
}

const Fields<Timeouts>& timeouts_fields() {
  static const Fields<Timeouts> fields = [] {
    Fields<Timeouts> all = {
        timeout("client_head", &Timeouts::client_head),
        timeout("client_idle", &Timeouts::client_idle),
        timeout("client_write", &Timeouts::client_write),
        timeout("tunnel_idle", &Timeouts::tunnel_idle),
        timeout("drain", &Timeouts::drain),
    };
    const auto& of_origins = origin_timeouts_fields();
    all.insert(all.end(), of_origins.begin(), of_origins.end());
    return all;
  }();
  return fields;
}

const Fields<Config>& config_fields() {
  static const Fields<Config> fields = {
      {"listeners", read_listeners, {"[].address", "[].mode", "[].owner", "[].group"}},
      section("admin", &Config::admin, admin_fields()),
      {"pid_file", plain_text(&Config::pid_file, "a file", true)},
      {"workers", text_of<Config>("`auto` or a number from 1 to 256", take_workers)},
      duration("coalesce", &Config::coalesce, 0ms, 10ms, "from 0 to 10ms"),
      {"labels", read_labels},
      choice("port_in_host", &Config::port_in_host,
             {{"auto", PortInHost::automatic},
              {"origin", PortInHost::origin},
              {"ignore", PortInHost::ignore}}),
      {"upgrade",
       list_of<Config>(&Config::upgrade, "a list of hosts",
                       text_of<std::string>("a host or *.suffix, without a port", take_upgrade))},
      choice("expect_continue", &Config::expect_continue,
             {{"local", ExpectContinue::local}, {"origin", ExpectContinue::origin}}),
      choice("via", &Config::via, {{"none", Via::none}, {"append", Via::append}}),
      choice("field_case", &Config::field_case,
             {{"canonical", FieldCase::canonical}, {"as_received", FieldCase::as_received}}),
      flag("tunnel_upgrades", &Config::tunnel_upgrades),
      {"request_id_header",
       text_of<Config>("a field name of at most 64 bytes that neither frames nor routes a message",
                       take_request_id_header)},
      section("clients", &Config::clients, clients_fields()),
      section("origins", &Config::origins, origins_fields()),
      section_of_whole("pool", pool_section_fields()),
      section("retries", &Config::retries, retries_fields()),
      section("timeouts", &Config::timeouts, timeouts_fields()),
      section("limits", &Config::limits, limits_fields()),
      section("tls", &Config::tls, tls_fields()),
      section("tcp", &Config::tcp, tcp_fields()),
      section("hedging", &Config::hedging, hedging_fields()),
      section("breaker", &Config::breaker, breaker_fields()),
      section("dns", &Config::dns, dns_fields()),
      {"overrides", read_overrides, paths_of(override_fields(), "[].")},
      {"upstream", read_upstream},
      section("log", &Config::log, log_fields()),
  };
  return fields;
}

std::vector<std::string> schema_keys() { return paths_of(config_fields(), ""); }

std::string set_value(Config& config, std::string_view key, const std::string& text) {
  YAML::Node value(text);
  for (std::size_t end = key.size(); end != key.npos;) {
    const std::size_t dot = key.rfind('.', end - 1);
    const std::size_t start = dot == key.npos ? 0 : dot + 1;
    YAML::Node map(YAML::NodeType::Map);
    map[std::string(key.substr(start, end - start))] = value;
    value.reset(map);
    end = dot;
  }
  Reading reading("");
  read_fields(reading, value, config_fields(), config);
  const auto mistakes = reading.take_mistakes();
  return mistakes.empty() ? "" : mistakes.front().message;
}

}  // namespace ccnproxy::config
