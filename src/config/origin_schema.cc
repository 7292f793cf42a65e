#include <charconv>

#include "ccnproxy/config/host_name.h"
#include "ccnproxy/net/ip_address.h"

#include "schema_parts.h"

/// The schemas of what holds for connections to an origin and the requests on them.
namespace ccnproxy::config {
namespace {

using namespace std::chrono_literals;

bool take_alpn(const std::string& text, std::string& protocol) {
  protocol = text;
  return text == "h2" || text == "http/1.1";
}

/// Whether the library knows the group is seen when it is used: `check` asks it.
bool take_group(const std::string& text, std::string& group) {
  static constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  group = text;
  return !text.empty() && text.size() <= 64 && text.find_first_not_of(allowed) == text.npos;
}

/// The kernel knows which there are; names have at most 15 characters (TCP_CA_NAME_MAX).
bool take_congestion_control(const std::string& text, Tcp& tcp) {
  constexpr std::string_view name = "abcdefghijklmnopqrstuvwxyz0123456789_-";
  tcp.congestion_control = text;
  return !text.empty() && text.size() <= 15 && text.find_first_not_of(name) == text.npos;
}

bool take_min_rto(const std::string& text, Tcp& tcp) {
  tcp.min_rto.reset();
  if (text == "auto") return true;
  tcp.min_rto = text == "system" ? std::optional(Duration(0)) : parse_duration(text);
  return text == "system" || (tcp.min_rto && *tcp.min_rto >= 5ms && *tcp.min_rto <= 120s);
}

bool take_hedge_after(const std::string& text, Hedging& hedging) {
  hedging.after.reset();
  if (text == "p95") return true;
  hedging.after = parse_duration(text);
  return hedging.after && *hedging.after >= 1ms && *hedging.after <= 1min;
}

bool take_hedge_budget(const std::string& text, Hedging& hedging) {
  if (text.size() < 2 || text.size() > 8 || text.back() != '%' ||
      text.find_first_not_of("0123456789.") != text.size() - 1)
    return false;
  const char* end = text.data() + text.size() - 1;
  const auto parsed = std::from_chars(text.data(), end, hedging.budget);
  return parsed.ec == std::errc() && parsed.ptr == end && hedging.budget > 0 &&
         hedging.budget <= 10;
}

bool take_server_name(const std::string& text, Tls& tls) {
  const auto host = normalise_host(text);
  if (!text.empty() && (!host.ok() || canonical_address(host.name))) return false;
  tls.server_name = host.name;
  return true;
}

void read_groups(Reading& reading, const YAML::Node& node, Tls& tls) {
  static const std::string wanted = "`auto` or a list of groups, as OpenSSL names them";
  static const auto list =
      list_of<Tls>(&Tls::groups, wanted,
                   text_of<std::string>("a group by OpenSSL's name, as in X25519", take_group));
  const bool is_auto = node.IsScalar() && node.Scalar() == "auto";
  const bool is_list = node.IsSequence() && node.size() > 0;
  tls.groups.clear();
  if (is_list) return list(reading, node, tls);
  if (!is_auto) reading.wrong_value(node, wanted);
}

}  // namespace

const Fields<Tls>& tls_fields() {
  static const Fields<Tls> fields = {
      {"ca_file", plain_text(&Tls::ca_file, "`system` or a PEM file", false)},
      choice("min_version", &Tls::min_version,
             {{"1.2", TlsVersion::tls12}, {"1.3", TlsVersion::tls13}}),
      {"alpn", list_of<Tls>(&Tls::alpn, "a list of `h2` and `http/1.1`",
                            text_of<std::string>("`h2` or `http/1.1`", take_alpn))},
      {"groups", read_groups},
      {"certificate", plain_text(&Tls::certificate, "a PEM file", true)},
      {"key", plain_text(&Tls::key, "a PEM file", true)},
      {"server_name", text_of<Tls>("a host name", take_server_name)},
      flag("verify", &Tls::verify),
  };
  return fields;
}

const Fields<Tcp>& tcp_fields() {
  static const Fields<Tcp> fields = {
      {"congestion_control",
       text_of<Tcp>("`auto`, `system` or the name of an algorithm, as in bbr or cubic",
                    take_congestion_control)},
      {"min_rto", text_of<Tcp>("`auto`, `system` or a duration from 5ms to 120s", take_min_rto)},
      count("bulk_connections", &Tcp::bulk_connections, 0, 64, " (0 = off)"),
  };
  return fields;
}

const Fields<Hedging>& hedging_fields() {
  static const Fields<Hedging> fields = {
      flag("enabled", &Hedging::enabled),
      {"after", text_of<Hedging>("`p95` or a duration from 1ms to 1m", take_hedge_after)},
      {"budget",
       text_of<Hedging>("a share of the requests up to 10%, as in 2%", take_hedge_budget)},
  };
  return fields;
}

const Fields<Breaker>& breaker_fields() {
  static const Fields<Breaker> fields = {
      count("failures", &Breaker::failures, 0, 1000, " (0 = off)"),
      duration("probe", &Breaker::probe, 100ms, 10min, "from 100ms to 10m"),
      duration("probe_max", &Breaker::probe_max, 100ms, 1h, "from 100ms to 1h"),
  };
  return fields;
}

}  // namespace ccnproxy::config
