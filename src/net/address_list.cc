#include "ccnproxy/net/address_list.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <stdexcept>

namespace ccnproxy {
namespace {

using Bytes = std::span<const std::uint8_t>;

bool begins_with(Bytes bytes, std::initializer_list<std::uint8_t> prefix) noexcept {
  return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

bool all_zero(Bytes bytes) noexcept {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
}

Endpoint v4_of(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  const std::uint8_t bytes[4] = {a, b, c, d};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  std::memcpy(&address.sin_addr, bytes, sizeof bytes);
  return Endpoint::from(reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

Endpoint v4_at(Bytes bytes, std::size_t at) {
  return v4_of(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
}

/// 64:ff9b:1::/48 is for prefixes of any length that RFC 6052 §2.2 knows, and which one a network
/// has chosen can't be seen: all that the address could mean. The zeros of one form read in another
/// give addresses of 0.0.0.0/8, which no translator sends anything to.
void add_local_nat64(Bytes b, std::vector<Endpoint>& out) {
  const Endpoint forms[] = {v4_of(b[6], b[7], b[9], b[10]), v4_of(b[7], b[9], b[10], b[11]),
                            v4_at(b, 9), v4_at(b, 12)};
  for (const auto& form : forms) {
    if (form.bytes()[0] != 0) out.push_back(form);
  }
}

void add_teredo(Bytes b, std::vector<Endpoint>& out) {
  out.push_back(v4_at(b, 4));  // the server
  const auto flip = [&](std::size_t i) { return static_cast<std::uint8_t>(~b[i]); };
  out.push_back(v4_of(flip(12), flip(13), flip(14), flip(15)));  // the client
}

/// Mapped, compatible, translated: 80 zero bits, then 0000, ffff, or ffff one group further on.
bool is_v4_in_v6(Bytes b) noexcept {
  const bool is_translated =
      all_zero(b.first(8)) && b[8] == 0xff && b[9] == 0xff && all_zero(b.subspan(10, 2));
  const bool is_mapped = all_zero(b.first(10)) && b[10] == 0xff && b[11] == 0xff;
  return is_translated || is_mapped || all_zero(b.first(12));
}

bool is_isatap(Bytes b) noexcept {
  return (b[8] & 0xfd) == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe;
}

}  // namespace

std::vector<Endpoint> carried_v4(const Endpoint& address) {
  std::vector<Endpoint> out;
  if (!address.is_v6()) return out;
  const Bytes b = address.bytes();
  const bool is_nat64 = begins_with(b, {0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0});
  if (is_v4_in_v6(b) || is_nat64 || is_isatap(b)) out.push_back(v4_at(b, 12));
  if (begins_with(b, {0x00, 0x64, 0xff, 0x9b, 0x00, 0x01})) add_local_nat64(b, out);
  if (begins_with(b, {0x20, 0x02})) out.push_back(v4_at(b, 2));
  if (begins_with(b, {0x20, 0x01, 0x00, 0x00})) add_teredo(b, out);
  return out;
}

AddressList::AddressList(const std::vector<std::string>& texts) : texts_(texts) {
  const auto add = [this](std::string_view text, std::size_t index) {
    const auto parsed = AddressRange::parse(text);
    if (!parsed.range) throw std::invalid_argument("not a block of addresses: " + texts_[index]);
    ranges_.emplace_back(*parsed.range, index);
  };
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    if (texts_[i] == multicast_word) {
      add("224.0.0.0/4", i);
      add("ff00::/8", i);
    } else {
      add(texts_[i], i);
    }
  }
}

const std::string* AddressList::find(const Endpoint& address) const noexcept {
  for (const auto& [range, index] : ranges_) {
    if (range.contains(address)) return &texts_[index];
  }
  return nullptr;
}

const std::string* AddressList::find_in_any_form(const Endpoint& address) const {
  if (const auto* found = find(address)) return found;
  for (const auto& carried : carried_v4(address)) {
    if (const auto* found = find(carried)) return found;
  }
  return nullptr;
}

}  // namespace ccnproxy
