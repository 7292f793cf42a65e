#include "ccnproxy/net/address_range.h"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

namespace ccnproxy {
namespace {

constexpr unsigned mapped_prefix = 96;

std::optional<unsigned> parse_length(std::string_view text, unsigned most) noexcept {
  unsigned value = 0;
  if (text.empty() || (text.front() == '0' && text.size() > 1)) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

// Clears what stands behind the first `length` bits; says whether there was anything.
bool cut(std::array<std::uint8_t, 16>& bytes, unsigned length) noexcept {
  bool any = false;
  for (unsigned i = 0; i < bytes.size(); ++i) {
    const unsigned kept = std::clamp(length, i * 8, i * 8 + 8) - i * 8;
    const auto mask = static_cast<std::uint8_t>(0xff00U >> kept);
    any = any || (bytes[i] & ~mask & 0xff) != 0;
    bytes[i] = bytes[i] & mask;
  }
  return any;
}

std::string text_of(int family, const std::array<std::uint8_t, 16>& bytes, unsigned length) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(family, bytes.data(), text.data(), text.size());
  return std::string(text.data()) + '/' + std::to_string(length);
}

}  // namespace

AddressRange::Parsed AddressRange::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address_text = text.substr(0, slash);
  const bool has_scope = address_text.find('%') != text.npos;
  const auto address = Endpoint::from_literal(address_text, 0);
  if (!address || has_scope) return {{}, "an address or a block of addresses, as in 10.0.0.0/8"};
  const unsigned bits = address->is_v4() ? 32 : 128;
  const auto length =
      slash == text.npos ? std::optional(bits) : parse_length(text.substr(slash + 1), bits);
  if (!length) return {{}, "a block of addresses with a length from 0 to " + std::to_string(bits)};
  AddressRange range;
  range.family_ = address->family();
  range.length_ = *length;
  const auto bytes = address->bytes();
  std::copy(bytes.begin(), bytes.end(), range.bytes_.begin());
  if (cut(range.bytes_, *length)) {
    return {{},
            "a block of addresses that begins where its length says (" +
                text_of(range.family_, range.bytes_, *length) + ')'};
  }
  if (const auto plain = address->unmapped();
      plain.is_v4() && address->is_v6() && *length >= mapped_prefix) {
    range.family_ = AF_INET;
    range.length_ = *length - mapped_prefix;
    range.bytes_ = {};
    std::copy(plain.bytes().begin(), plain.bytes().end(), range.bytes_.begin());
  }
  return {range, ""};
}

bool AddressRange::contains(const Endpoint& address) const noexcept {
  const auto plain = address.unmapped();
  if (plain.family() != family_) return false;
  const auto bytes = plain.bytes();
  const unsigned whole = length_ / 8;
  if (!std::equal(bytes.begin(), bytes.begin() + whole, bytes_.begin())) return false;
  const unsigned rest = length_ % 8;
  return rest == 0 || (bytes[whole] ^ bytes_[whole]) >> (8 - rest) == 0;
}

}  // namespace ccnproxy
