#include "ccnproxy/route/explain.h"

#include <algorithm>
#include <optional>

#include "ccnproxy/config/address_exemption.h"
#include "ccnproxy/config/host_name.h"
#include "ccnproxy/config/overrides.h"
#include "ccnproxy/http/framing.h"
#include "ccnproxy/http/head_parser.h"
#include "ccnproxy/net/address_list.h"
#include "ccnproxy/route/origin_acl.h"

namespace ccnproxy::route {
namespace {

using origin::Scheme;

std::string json_string(std::string_view text) {
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
  return is_printable(url) ? std::string(url) : json_string(url);
}

std::string connect_to(const config::Override& entry, std::uint16_t origin_port) {
  if (entry.connect_host.empty()) return {};
  return config::ListenAddress{entry.connect_host,
                               entry.connect_port != 0 ? entry.connect_port : origin_port, ""}
      .to_string();
}

/// What the override exempts from deny_addresses, where that makes a difference. That an address is
/// denied nevertheless has been said instead.
std::string exemption_note(const config::Config& config, const Mapped& mapped,
                           const config::Override& entry) {
  const auto& origin = mapped.origin;
  const auto there = config::literal_destination(origin.host, origin.port, &entry);
  const AddressList denied(config.origins.deny_addresses);
  if (there && denied.find_in_any_form(*there) != nullptr)
    return "exempt from origins.deny_addresses";
  if (there || (entry.connect_host.empty() && entry.allow_addresses.empty())) return {};
  std::string listed;
  for (const auto& block : entry.allow_addresses) listed += (listed.empty() ? "" : ", ") + block;
  return "a name: origins.deny_addresses holds for its addresses" +
         (listed.empty() ? "" : " but " + listed);
}

/// All that the line says of a URL that has an origin.
struct Explanation {
  std::string url;  ///< of the origin, with the target
  std::vector<std::string> protocols;
  const config::Override* entry = nullptr;
  std::string connect_to;
  std::string exempt;  ///< how deny_addresses is passed, or is not, where an override says so
  std::string host;    ///< that the origin gets, where that is not its own
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
  if (out.entry == nullptr) return out;
  out.connect_to = connect_to(*out.entry, origin.port);
  out.exempt = exemption_note(config, mapped, *out.entry);
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
  if (e.entry != nullptr) out += "; override " + json_string(e.entry->match);
  if (!e.connect_to.empty()) out += " connect_to " + e.connect_to;
  if (!e.exempt.empty()) out += " (" + e.exempt + ')';
  if (!e.host.empty()) out += "; Host " + e.host;
  if (!e.verify) out += "; certificate not verified";
  return out + "; allowed by " + json_string(e.allowed_by) + ')';
}

std::string as_json(const Explanation& e) {
  std::string out = "\"to\":" + json_string(e.url) + ",\"protocols\":[" +
                    join(e.protocols, ",", json_string) + ']';
  if (e.entry != nullptr) out += ",\"override\":" + json_string(e.entry->match);
  if (!e.connect_to.empty()) out += ",\"connect_to\":" + json_string(e.connect_to);
  if (!e.exempt.empty()) out += ",\"exempt\":" + json_string(e.exempt);
  if (!e.host.empty()) out += ",\"host\":" + json_string(e.host);
  return out + ",\"verify\":" + (e.verify ? "true" : "false") +
         ",\"allowed_by\":" + json_string(e.allowed_by);
}

/// A GET as a client would send it.
struct Form {
  std::string target;
  std::string host;
};

/// `http://HOST/path`, taken apart for the form in which Host names the origin.
Form by_host(std::string_view uri) {
  const auto rest = uri.substr(std::min(uri.find("://") + 3, uri.size()));
  const auto end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string target(rest.substr(end));
  if (!target.starts_with('/')) target.insert(0, "/");
  return {std::move(target), std::string(rest.substr(0, end))};
}

/// With the Host that a client sends beside it, which has no user information.
Form by_proxy(std::string_view uri) {
  const auto host = by_host(uri).host;
  const auto at = host.rfind('@');
  return {std::string(uri), at == host.npos ? host : host.substr(at + 1)};
}

/// What the daemon would do with one form: send it on, answer it itself, or refuse it.
struct Answer {
  std::optional<Explanation> served;
  std::uint16_t status = 0;
  std::string reason;      ///< of a status
  bool is_ours = false;    ///< one of the daemon's own paths
  bool no_label = false;   ///< that is all that is wrong
  std::string suggestion;  ///< the label that was meant
};

Answer refused(std::uint16_t status, std::string_view reason) {
  Answer answer;
  answer.status = status;
  answer.reason = reason;
  return answer;
}

/// Where Host carries no label, two paths are the daemon's own.
Answer unmapped(const MapFailure& failure, std::string_view target) {
  const auto path = target.substr(0, target.find('?'));
  if (failure.no_label && (path == "/hc" || path == "/.api/http-stats")) {
    Answer answer = refused(200, "answered by ccnproxy itself");
    answer.is_ours = true;
    return answer;
  }
  Answer answer = refused(failure.status_code, failure.reason);
  answer.no_label = failure.no_label;
  answer.suggestion = failure.suggestion;
  return answer;
}

Answer answer_of(const LabelTable& table, const config::Config& config, const Form& form,
                 std::uint16_t port) {
  const std::string text = "GET " + form.target + " HTTP/1.1\r\nHost: " + form.host + "\r\n\r\n";
  http::RequestHead head;
  const http::HeadLimits limits{config.limits.head_bytes, config.limits.headers,
                                config.limits.target_bytes};
  const auto parsed = http::RequestHeadParser().parse(text, limits, head);
  if (parsed.status != http::ParseStatus::complete)
    return refused(parsed.status_code == 0 ? 400 : parsed.status_code, parsed.reason);
  const auto host = http::request_host(head);
  if (!host) return refused(host.error().status_code, host.error().reason);
  const auto mapped = table.map({head.method, head.target, *host, port});
  if (!mapped) return unmapped(mapped.error(), head.target);
  const auto decision = OriginAcl(config).judge(mapped->origin);
  if (!decision.allowed) return refused(403, decision.reason);
  Answer answer;
  answer.served = describe(config, *mapped);
  answer.served->allowed_by = decision.rule;
  return answer;
}

std::string text_of(const Answer& answer) {
  if (answer.served) return as_text(*answer.served);
  return std::to_string(answer.status) + ": " + answer.reason;
}

std::string json_of(const Answer& answer) {
  if (answer.served) return as_json(*answer.served);
  std::string out =
      "\"status\":" + std::to_string(answer.status) + ",\"reason\":" + json_string(answer.reason);
  if (!answer.suggestion.empty()) out += ",\"suggestion\":" + json_string(answer.suggestion);
  return out;
}

bool is_refusal(const Answer& answer) { return !answer.served && !answer.is_ours; }

std::string lines_of(const std::string& url, const Answer& host, const Answer& proxy) {
  const auto by_host = text_of(host);
  const auto by_proxy = text_of(proxy);
  if (by_host == by_proxy) return url + " -> " + by_host;
  return url + " by Host -> " + by_host + '\n' + url + " as the client's proxy -> " + by_proxy;
}

}  // namespace

// A "://" further behind is part of a query.
std::string with_scheme(std::string_view url) {
  const std::size_t end = url.find("://");
  const bool has_one = end != url.npos && url.find_first_of("/?#") == end + 1;
  return (has_one ? "" : "http://") + std::string(url);
}

std::uint16_t listener_port(const config::Config& config, std::string_view uri) {
  const auto host = by_host(uri).host;
  const auto parts = config::split_host_port(host);
  if (!parts || parts->port == 0) return 0;
  const bool ours = std::any_of(config.listeners.begin(), config.listeners.end(),
                                [&](const auto& listener) { return listener.port == parts->port; });
  return ours ? parts->port : 0;
}

Explained explain(const LabelTable& table, const config::Config& config, std::string_view url,
                  bool json) {
  const auto uri = with_scheme(url);
  Answer host = refused(400, "a URL holds printable ASCII without spaces only");
  Answer proxy = host;
  if (is_printable(uri)) {
    const auto port = listener_port(config, uri);
    host = answer_of(table, config, by_host(uri), port);
    proxy = answer_of(table, config, by_proxy(uri), port);
  }
  const bool misspelt = !host.no_label || !host.suggestion.empty();
  Explained explained{"", is_refusal(proxy) || (is_refusal(host) && misspelt)};
  explained.text = !json ? lines_of(shown(url), host, proxy)
                         : "{\"url\":" + json_string(url) + ',' + json_of(proxy) +
                               ",\"by_host\":{" + json_of(host) + "}}";
  return explained;
}

}  // namespace ccnproxy::route
