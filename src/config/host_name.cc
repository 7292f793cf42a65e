#include "ccnproxy/config/host_name.h"

#include <array>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "ccnproxy/net/address_list.h"

namespace ccnproxy::config {
namespace {

constexpr std::size_t max_name = 253;  // RFC 1035 §2.3.4, without the root's dot
constexpr std::size_t max_label = 63;

// What a byte of a name becomes; 0 for those that no name holds. One look-up checks and lowers.
constexpr std::array<char, 256> make_lowered() {
  std::array<char, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = static_cast<char>(c);
  for (int c = 'a'; c <= 'z'; ++c) {
    table[static_cast<std::size_t>(c)] = static_cast<char>(c);
    table[static_cast<std::size_t>(c - 'a' + 'A')] = static_cast<char>(c);
  }
  table['-'] = '-';
  table['_'] = '_';
  return table;
}
constexpr auto lowered = make_lowered();

char lower(char c) noexcept { return lowered[static_cast<unsigned char>(c)]; }

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_hex(char c) noexcept { return is_digit(c) || (c >= 'a' && c <= 'f'); }

template <class Family>
std::optional<Family> parse_address(int family, std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN + 1> copy{};
  if (text.empty() || text.size() >= copy.size() || text.find('\0') != text.npos) return {};
  std::memcpy(copy.data(), text.data(), text.size());
  Family address{};
  if (inet_pton(family, copy.data(), &address) != 1) return {};
  return address;
}

std::optional<std::string> canonical_v6(std::string_view text) {
  const auto address = parse_address<in6_addr>(AF_INET6, text);
  if (!address) return {};
  std::array<char, INET6_ADDRSTRLEN> out{};
  return std::string(inet_ntop(AF_INET6, &*address, out.data(), out.size()));
}

// connect() takes an IPv4-mapped address for the IPv4 address in it: with two texts for one place,
// a rule about one would be passed by the other (F153).
std::optional<std::string> canonical_literal(std::string_view text) {
  const auto address = parse_address<in6_addr>(AF_INET6, text);
  if (!address || !IN6_IS_ADDR_V4MAPPED(&*address)) return canonical_v6(text);
  std::array<char, INET_ADDRSTRLEN> out{};
  return std::string(inet_ntop(AF_INET, address->s6_addr + 12, out.data(), out.size()));
}

// The WHATWG rule: a name with a numeric last label would be taken for an address by some library
// below us.
bool ends_in_number(std::string_view name) noexcept {
  std::string_view last = name.substr(name.rfind('.') + 1);  // npos + 1 == 0
  if (!is_digit(last.front())) return false;
  const bool hex = last.starts_with("0x");
  if (hex) last.remove_prefix(2);
  for (const char c : last) {
    if (hex ? !is_hex(c) : !is_digit(c)) return false;
  }
  return true;
}

HostName fault(std::string_view why) { return {{}, why}; }

HostName normalise_literal(std::string_view text) {
  if (text.back() != ']') return fault("has a bracket out of place");
  auto address = canonical_literal(text.substr(1, text.size() - 2));
  if (!address) return fault("is no IPv6 address");
  return {*std::move(address), {}};
}

std::string_view strip_trailing_dots(std::string_view text) noexcept {
  while (!text.empty() && text.back() == '.') text.remove_suffix(1);
  return text;
}

HostName normalise_name(std::string_view text) {
  HostName host{std::string(text), {}};
  std::size_t label = 0;
  for (char& c : host.name) {
    if (c == '.') {
      if (label == 0) return fault("has an empty label");
      label = 0;
      continue;
    }
    c = lower(c);
    if (c == 0) return fault("has a byte that no host name holds");
    if (++label > max_label) return fault("has a label of more than 63 bytes");
  }
  if (ends_in_number(host.name) && !parse_address<in_addr>(AF_INET, host.name)) {
    return fault("looks like an IPv4 address but is none in four plain decimal parts");
  }
  return host;
}

}  // namespace

HostName normalise_host(std::string_view text) {
  if (text.starts_with('[')) return normalise_literal(text);
  text = strip_trailing_dots(text);
  if (text.empty()) return fault("is empty");
  if (text.size() > max_name) return fault("is longer than 253 bytes");
  return normalise_name(text);
}

bool are_labels(std::string_view text) noexcept {
  std::size_t label = 0;
  for (const char c : text) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
    } else if (lower(c) == 0 || ++label > max_label) {
      return false;
    }
  }
  return label > 0;
}

std::optional<std::string> canonical_address(std::string_view text) {
  if (parse_address<in_addr>(AF_INET, text)) return std::string(text);
  return canonical_v6(text);
}

std::vector<std::string> carried_hosts(std::string_view host) {
  std::vector<std::string> texts;
  if (host.find(':') == host.npos) return texts;
  const auto address = Endpoint::from_literal(host, 0);
  if (!address) return texts;
  for (const auto& carried : carried_v4(*address)) {
    const auto text = carried.to_string();  // with a port
    texts.push_back(text.substr(0, text.find(':')));
  }
  return texts;
}

std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
  std::uint16_t port = 0;
  if (text.empty() || text.front() == '0' || !is_digit(text.front())) return {};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return port;
}

std::optional<HostPort> split_host_port(std::string_view text) noexcept {
  const std::size_t literal_end = text.starts_with('[') ? text.find(']') : 0;
  const std::size_t colon = text.find(':', literal_end == text.npos ? 0 : literal_end);
  if (colon == text.npos) return HostPort{text, 0};
  const std::string_view port_text = text.substr(colon + 1);
  if (port_text.empty()) return HostPort{text.substr(0, colon), 0};
  const auto port = parse_port(port_text);
  if (!port) return {};
  return HostPort{text.substr(0, colon), *port};
}

}  // namespace ccnproxy::config
