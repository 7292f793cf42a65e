#include "ccnproxy/route/explain.h"

#include <algorithm>
#include <array>

#include "ccnproxy/config/host_name.h"
#include "ccnproxy/config/overrides.h"
#include "ccnproxy/route/origin_access.h"

namespace ccnproxy::route {
namespace {

using origin::Scheme;

std::string quoted(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

bool is_printable(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

// What a terminal can show of a URL.
std::string shown(std::string_view url) {
  return is_printable(url) ? std::string(url) : quoted(url);
}

// A "://" further behind is part of a query.
bool has_scheme(std::string_view url) noexcept {
  const std::size_t end = url.find("://");
  return end != url.npos && url.find_first_of("/?#") == end + 1;
}

// The listener that would take this request: the one whose port the URL names, if there is one.
std::uint16_t listener_port(const config::Config& config, std::string_view uri) {
  const std::size_t start = uri.find("://") + 3;
  const std::string_view rest = uri.substr(start);
  const auto parts = config::split_host_port(rest.substr(0, rest.find_first_of("/?#")));
  const auto has_port = [&](const config::ListenAddress& listener) {
    return parts && parts->port != 0 && listener.port == parts->port;
  };
  const bool ours = std::any_of(config.listeners.begin(), config.listeners.end(), has_port);
  return ours ? parts->port : 0;
}

std::string connect_to(const config::Override& entry, std::uint16_t origin_port) {
  if (entry.connect_host.empty()) return {};
  return config::ListenAddress{entry.connect_host,
                               entry.connect_port != 0 ? entry.connect_port : origin_port, ""}
      .to_string();
}

/// All that the line says of a URL that has an origin.
struct Explanation {
  std::string url;  ///< of the origin, with the target
  std::vector<std::string> protocols;
  const config::Override* entry = nullptr;
  std::string connect_to;
  std::string host;  ///< that the origin gets, where that is not its own
  bool verify = true;
  std::string allowed_by;
};

Explanation describe(const config::Config& config, const Mapped& mapped) {
  const auto& origin = mapped.origin;
  Explanation out;
  out.url = origin.to_string() + (mapped.prepend_slash ? "/" : "") + std::string(mapped.target);
  out.host = mapped.host;
  out.entry = config::find_override(config, origin.host, origin.port);
  const config::Tls& tls = out.entry != nullptr ? out.entry->tls : config.tls;
  out.protocols = origin.scheme == Scheme::https ? tls.alpn : std::vector<std::string>{"http/1.1"};
  out.verify = origin.scheme == Scheme::http || tls.verify;
  if (out.entry != nullptr) out.connect_to = connect_to(*out.entry, origin.port);
  return out;
}

std::string join(const std::vector<std::string>& items, const char* between,
                 std::string (*form)(std::string_view)) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : between) + form(item);
  return out;
}

std::string as_text(const Explanation& e) {
  std::string out =
      e.url + " (" + join(e.protocols, ", ", [](std::string_view s) { return std::string(s); });
  if (e.entry != nullptr) out += "; override " + quoted(e.entry->match);
  if (!e.connect_to.empty()) out += " connect_to " + e.connect_to;
  if (!e.host.empty()) out += "; Host " + e.host;
  if (!e.verify) out += "; certificate not verified";
  return out + "; allowed by " + quoted(e.allowed_by) + ')';
}

std::string as_json(const Explanation& e) {
  std::string out =
      ",\"to\":" + quoted(e.url) + ",\"protocols\":[" + join(e.protocols, ",", quoted) + ']';
  if (e.entry != nullptr) out += ",\"override\":" + quoted(e.entry->match);
  if (!e.connect_to.empty()) out += ",\"connect_to\":" + quoted(e.connect_to);
  if (!e.host.empty()) out += ",\"host\":" + quoted(e.host);
  return out + ",\"verify\":" + (e.verify ? "true" : "false") +
         ",\"allowed_by\":" + quoted(e.allowed_by);
}

std::string refusal(std::string_view url, std::uint16_t status, std::string_view reason,
                    bool json) {
  const std::string code = std::to_string(status);
  if (!json) return shown(url) + " -> " + code + ": " + std::string(reason);
  return "{\"url\":" + quoted(url) + ",\"status\":" + code + ",\"reason\":" + quoted(reason) + '}';
}

boost::system::result<Mapped, MapFailure> map_url(const LabelTable& table,
                                                  const config::Config& config,
                                                  std::string_view uri) {
  if (!is_printable(uri))
    return MapFailure{400, "a URL holds printable ASCII without spaces only", false};
  return table.map({"GET", uri, "", listener_port(config, uri)});
}

}  // namespace

std::string explain(const LabelTable& table, const config::Config& config, std::string_view url,
                    bool json) {
  std::string uri(url);
  if (!has_scheme(uri)) uri.insert(0, "http://");
  const auto mapped = map_url(table, config, uri);
  if (!mapped) return refusal(url, mapped.error().status_code, mapped.error().reason, json);
  const auto decision = OriginAccess(config).judge(mapped->origin);
  if (!decision.allowed) return refusal(url, 403, decision.reason, json);
  Explanation explanation = describe(config, *mapped);
  explanation.allowed_by = decision.rule;
  if (!json) return shown(url) + " -> " + as_text(explanation);
  return "{\"url\":" + quoted(url) + as_json(explanation) + '}';
}

}  // namespace ccnproxy::route
