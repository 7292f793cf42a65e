#include "ccnproxy/config/host_pattern.h"

#include <algorithm>

#include "ccnproxy/config/host_name.h"

namespace ccnproxy::config {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool equal(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

bool is_below(std::string_view name, std::string_view suffix) noexcept {
  if (suffix.empty()) return true;
  if (name.size() <= suffix.size() + 1) return false;
  const std::size_t dot = name.size() - suffix.size() - 1;
  return name[dot] == '.' && equal(name.substr(dot + 1), suffix);
}

// More colons than one, and no bracket: an IPv6 address that stands alone.
bool is_bare_v6(std::string_view text) noexcept {
  return !text.starts_with('[') && std::count(text.begin(), text.end(), ':') > 1;
}

bool unwrap_host(std::string_view text, HostPattern& pattern) noexcept {
  if (text == "*") {
    pattern.below = true;
    return true;
  }
  if (text.starts_with("*.")) {
    pattern.below = true;
    text.remove_prefix(2);
  } else if (text.starts_with('[')) {
    if (text.back() != ']') return false;
    text = text.substr(1, text.size() - 2);
  }
  while (!text.empty() && text.back() == '.') text.remove_suffix(1);
  pattern.host = text;
  return !text.empty() && text.find('*') == text.npos;
}

}  // namespace

bool HostPattern::matches(std::string_view name, std::uint16_t of_port) const noexcept {
  if (port != 0 && port != of_port) return false;
  return below ? is_below(name, host) : equal(name, host);
}

bool HostPattern::covers(const HostPattern& other) const noexcept {
  if (port != 0 && port != other.port) return false;
  if (!other.below) return matches(other.host, other.port);
  return below && (equal(host, other.host) || is_below(other.host, host));
}

std::optional<HostPattern> parse_host_pattern(std::string_view text) noexcept {
  HostPattern pattern;
  if (is_bare_v6(text)) {
    pattern.host = text;
    return pattern;
  }
  const auto parts = split_host_port(text);
  if (!parts || parts->host.empty() || !unwrap_host(parts->host, pattern)) return {};
  pattern.port = parts->port;
  return pattern;
}

std::optional<std::string> normalise_host_pattern(std::string_view text) {
  const auto pattern = parse_host_pattern(text);
  if (!pattern) return {};
  std::string out = pattern->below ? "*" : "";
  if (!pattern->host.empty()) {
    const bool v6 = pattern->host.find(':') != text.npos;
    const auto host =
        normalise_host(v6 ? '[' + std::string(pattern->host) + ']' : std::string(pattern->host));
    if (!host.ok() || (v6 && pattern->below)) return {};
    if (pattern->below) out += '.';
    const bool wrapped = pattern->port != 0 && host.name.find(':') != host.name.npos;
    out += wrapped ? '[' + host.name + ']' : host.name;
  }
  if (pattern->port != 0) out += ':' + std::to_string(pattern->port);
  return out;
}

}  // namespace ccnproxy::config
