#include "ccnproxy/route/label_table.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "ccnproxy/config/host_name.h"
#include "ccnproxy/config/host_pattern.h"
#include "ccnproxy/config/suggest.h"
#include "ccnproxy/http/field_rules.h"

namespace ccnproxy::route {
namespace {

using origin::Origin;
using origin::Scheme;

/// So many bytes of a label may be wrong for it to be taken for a misspelling,
constexpr std::size_t most_slips = 2;
/// and it must be so long that these are few: `com` is no misspelling of `cdn`.
constexpr std::size_t shortest_misspelt = 6;

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// `lowered` is in lower case.
bool equals_lowered(std::string_view text, std::string_view lowered) noexcept {
  if (text.size() != lowered.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (lower(text[i]) != lowered[i]) return false;
  }
  return true;
}

// Takes `lowered` off the front of `text` if it stands there.
bool take_prefix(std::string_view& text, std::string_view lowered) noexcept {
  if (!equals_lowered(text.substr(0, lowered.size()), lowered)) return false;
  text.remove_prefix(lowered.size());
  return true;
}

std::string_view strip_trailing_dots(std::string_view host) noexcept {
  while (!host.empty() && host.back() == '.') host.remove_suffix(1);
  return host;
}

MapFailure bad_request(std::string reason) { return {400, std::move(reason), false}; }

MapFailure bad_host(std::string_view fault) {
  return bad_request("the host that was asked for " + std::string(fault));
}

MapFailure bad_port() {
  return bad_request("the port that was asked for is not one from 1 to 65535");
}

MapFailure refuse_connect() {
  return {405,
          "CONNECT is not served: a tunnel can't be pooled; send the request itself, as "
          "GET http://HOST.ccnproxy-https/ or with that in Host",
          false};
}

MapFailure refuse_target() {
  return bad_request("the target must be a path, an http:// or https:// URI, or * with OPTIONS");
}

/// A target in absolute form, taken apart.
struct Uri {
  Scheme scheme;
  std::string_view authority;
  std::string_view target;  ///< never empty; a query alone where no path was there
};

std::optional<Uri> split_uri(const MapQuery& query) noexcept {
  std::string_view rest = query.target;
  Scheme scheme = Scheme::http;
  if (take_prefix(rest, "https://")) {
    scheme = Scheme::https;
  } else if (!take_prefix(rest, "http://")) {
    return std::nullopt;
  }
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  const auto target = end < rest.size() ? rest.substr(end) : query.method == "OPTIONS" ? "*" : "/";
  return Uri{scheme, rest.substr(0, end), target};
}

}  // namespace

LabelTable::LabelTable(Options options) : options_(std::move(options)) {
  const std::string* shown = nullptr;
  for (const auto& [label, scheme] : options_.labels) {
    label_sizes_ |= std::uint64_t{1} << (label.size() & 63);
    if (shown == nullptr || (scheme == Scheme::https && options_.labels.at(*shown) != scheme)) {
      shown = &label;
    }
  }
  if (shown == nullptr) {
    hint_ = "this proxy has no labels: ask with the whole URI, as GET https://api.example.com/";
  } else {
    const Origin example{options_.labels.at(*shown), "api.example.com", 0};
    hint_ = std::string("to reach ") + (example.scheme == Scheme::https ? "https" : "http") +
            "://api.example.com send Host: api.example.com." + *shown;
  }
}

LabelTable::Options LabelTable::defaults() {
  Options options;
  options.labels = {{"ccnproxy", Scheme::http},
                    {"ccnproxy-https", Scheme::https},
                    {"ccnproxy-secure", Scheme::https},
                    {"ccnproxy-ssl", Scheme::https}};
  return options;
}

const Scheme* LabelTable::scheme_of(std::string_view label) const noexcept {
  if (label.size() > 63 || (label_sizes_ >> label.size() & 1) == 0) return nullptr;
  for (const auto& [name, scheme] : options_.labels) {
    if (equals_lowered(label, name)) return &scheme;
  }
  return nullptr;
}

// From the right, since the last label decides; what is passed over is the internal zone. An IPv6
// literal ends the walk: no label stands inside of brackets.
LabelTable::Find LabelTable::find_label(std::string_view host, Labelled& out) const noexcept {
  host = strip_trailing_dots(host);
  const std::size_t start = host.starts_with('[') ? host.find(']') + 1 : 0;  // npos + 1 == 0
  std::size_t end = host.size();
  while (end > start) {
    const void* dot = ::memrchr(host.data() + start, '.', end - start);
    const std::size_t begin =
        dot == nullptr ? start
                       : static_cast<std::size_t>(static_cast<const char*>(dot) - host.data()) + 1;
    const std::string_view label = host.substr(begin, end - begin);
    const bool after_dot = begin > start;
    if (const Scheme* scheme = scheme_of(label); scheme && (after_dot || start == 0)) {
      out = {host.substr(0, after_dot ? begin - 1 : 0), *scheme};
      const bool well_formed = end == host.size() || config::are_labels(host.substr(end + 1));
      return well_formed ? Find::found : Find::malformed;
    }
    if (!after_dot) break;
    end = begin - 1;
  }
  return Find::none;
}

LabelTable::OriginResult LabelTable::labelled_origin(const Labelled& labelled, std::uint16_t port,
                                                     std::uint16_t listener_port) const {
  if (strip_trailing_dots(labelled.origin_host).empty()) {
    return bad_request("no host stands before the label; " + hint_);
  }
  auto host = config::normalise_host(labelled.origin_host);
  if (!host.ok()) return bad_host(host.fault);
  const bool ours = options_.port_in_host == PortInHost::ignore ||
                    (options_.port_in_host == PortInHost::automatic && port == listener_port);
  if (port == 0 || ours) port = origin::default_port(labelled.scheme);
  return Origin{labelled.scheme, std::move(host.name), port};
}

bool LabelTable::upgrades(std::string_view host) const noexcept {
  for (const std::string& text : options_.upgrade) {
    const auto pattern = config::parse_host_pattern(text);
    if (pattern && pattern->matches(host, 0)) return true;
  }
  return false;
}

// The client named the origin itself, so its port is the origin's whatever ours is.
LabelTable::OriginResult LabelTable::direct_origin(Scheme scheme, std::string_view host_text,
                                                   std::uint16_t port) const {
  auto host = config::normalise_host(host_text);
  if (!host.ok()) return bad_host(host.fault);
  if (port == 0) port = origin::default_port(scheme);
  if (scheme == Scheme::http && upgrades(host.name)) {
    scheme = Scheme::https;
    // An explicit :80 names the same http origin as none does (RFC 9110 §4.2.3).
    if (port == origin::default_port(Scheme::http)) port = origin::default_port(Scheme::https);
  }
  return Origin{scheme, std::move(host.name), port};
}

MapFailure LabelTable::unlabelled(std::string_view host) const {
  const auto normal = config::normalise_host(host);
  if (!normal.ok()) return bad_host(normal.fault);
  const auto meant = suggest_label(normal.name);
  if (meant.empty()) return {400, "Host " + normal.name + " carries no label; " + hint_, true};
  return {400,
          "Host " + normal.name + " carries no label that this proxy knows; did you mean " +
              std::string(meant) + "?",
          true, std::string(meant)};
}

// From the right, as labels are looked for. A host has 253 bytes, and a label so few that may
// differ that most are passed over by their length.
std::string_view LabelTable::suggest_label(std::string_view host) const {
  while (!host.empty()) {
    const std::size_t dot = host.rfind('.');
    const auto part = host.substr(dot == host.npos ? 0 : dot + 1);
    std::string_view best;
    std::size_t least = most_slips + 1;
    for (const auto& [label, scheme] : options_.labels) {
      const std::size_t longer = std::max(label.size(), part.size());
      const std::size_t shorter = std::min(label.size(), part.size());
      if (longer - shorter > most_slips || shorter < shortest_misspelt) continue;
      const auto slips = config::edit_distance(part, label);
      if (slips >= least) continue;
      least = slips;
      best = label;
    }
    if (!best.empty()) return best;
    host = dot == host.npos ? "" : host.substr(0, dot);
  }
  return {};
}

LabelTable::OriginResult LabelTable::from_host(const MapQuery& query) const {
  if (query.host.empty()) return MapFailure{400, "no Host was sent; " + hint_, true};
  const auto parts = config::split_host_port(query.host);
  if (!parts) return bad_port();
  Labelled labelled;
  switch (find_label(parts->host, labelled)) {
    case Find::found:
      return labelled_origin(labelled, parts->port, query.listener_port);
    case Find::malformed:
      return bad_host("has an empty label or a byte that no host name holds");
    case Find::none:
      break;
  }
  return unlabelled(parts->host);
}

LabelTable::OriginResult LabelTable::from_authority(Scheme scheme, std::string_view authority,
                                                    std::uint16_t listener_port) const {
  if (authority.find('@') != authority.npos) {
    return bad_request("user information in a URI is not accepted (RFC 9110 4.2.4)");
  }
  const auto parts = config::split_host_port(authority);
  if (!parts) return bad_port();
  Labelled labelled;
  switch (find_label(parts->host, labelled)) {
    case Find::found:
      return labelled_origin(labelled, parts->port, listener_port);
    case Find::malformed:
      return bad_host("has an empty label or a byte that no host name holds");
    case Find::none:
      break;
  }
  return direct_origin(scheme, parts->host, parts->port);
}

boost::system::result<Mapped, MapFailure> LabelTable::from_uri(const MapQuery& query) const {
  const auto uri = split_uri(query);
  if (!uri) return refuse_target();
  auto origin = from_authority(uri->scheme, uri->authority, query.listener_port);
  if (!origin) return std::move(origin).error();
  return Mapped{*std::move(origin), uri->target, uri->target.front() == '?'};
}

/// The client's Host goes on unchanged: the upstream may serve many names, or map labels itself.
/// A URI's authority is the Host, whatever the field says (RFC 9112 §3.2.2).
boost::system::result<Mapped, MapFailure> LabelTable::to_upstream(const MapQuery& query) const {
  const auto& upstream = *options_.upstream;
  if (query.target == "*" || query.target.starts_with('/'))
    return Mapped{upstream, query.target, false, query.host};
  const auto uri = split_uri(query);
  if (!uri) return refuse_target();
  if (!http::is_valid_host(uri->authority))
    return bad_host("is not a host name with an optional port");
  return Mapped{upstream, uri->target, uri->target.front() == '?', uri->authority};
}

boost::system::result<Mapped, MapFailure> LabelTable::map(const MapQuery& query) const {
  if (query.method == "CONNECT") return refuse_connect();
  if (query.target.find('#') != query.target.npos) {
    return bad_request("a target holds no fragment (RFC 9112 3.2)");
  }
  const bool asterisk = query.target == "*";
  if (asterisk && query.method != "OPTIONS") return refuse_target();
  if (options_.upstream) return to_upstream(query);
  if (!asterisk && !query.target.starts_with('/')) return from_uri(query);
  auto origin = from_host(query);
  if (!origin) return std::move(origin).error();
  return Mapped{*std::move(origin), query.target, false};
}

void throw_exception_from_error(const MapFailure& failure, const boost::source_location&) {
  throw std::logic_error("unchecked failure to map: " + failure.reason);
}

}  // namespace ccnproxy::route
