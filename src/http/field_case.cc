#include "ccnproxy/http/field_case.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace ccnproxy::http {
namespace {

/// Words of field names that are not spelled like This. From the IANA registry, but for RateLimit,
/// UA, XSS, DNS and CSP, which are common with X- before them.
constexpr std::array<std::string_view, 27> spelled_otherwise = {
    "CH",  "CT",   "IM",   "TE",   "UA",   "CDN",  "CSP",       "DAV",       "DNS",
    "DNT", "DPR",  "ECT",  "GPC",  "MD5",  "NEL",  "P3P",       "RTT",       "WWW",
    "XSS", "ALPN", "DASL", "DPoP", "ETag", "MIME", "RateLimit", "SourceMap", "WebSocket"};

constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

constexpr char to_upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c;
}

constexpr std::size_t longest_word = 9;

/// By length: a bit for each first letter of such a word, which rules nearly all others out.
constexpr std::array<std::uint32_t, longest_word + 1> first_letters() noexcept {
  std::array<std::uint32_t, longest_word + 1> letters{};
  for (const auto word : spelled_otherwise)
    letters[word.size()] |= 1u << (to_lower(word.front()) - 'a');
  return letters;
}

bool may_be_one(std::string_view word) noexcept {
  static constexpr auto letters = first_letters();
  if (word.size() < 2 || word.size() > longest_word) return false;
  const auto letter = static_cast<unsigned char>(word.front() - 'a');
  return letter < 26 && (letters[word.size()] >> letter & 1u) != 0;
}

/// `word` as it is spelled; empty if by the rule.
std::string_view spelling_of(std::string_view word) noexcept {
  if (!may_be_one(word)) return {};
  for (const auto spelled : spelled_otherwise) {
    const bool same = std::equal(word.begin(), word.end(), spelled.begin(), spelled.end(),
                                 [](char a, char b) { return a == to_lower(b); });
    if (same) return spelled;
  }
  return {};
}

}  // namespace

void append_canonical(std::string& out, std::string_view name) {
  while (!name.empty()) {
    const auto word = name.substr(0, name.find('-'));
    const auto begins = out.size();
    out.append(name.substr(0, word.size() + 1));
    if (const auto spelled = spelling_of(word); !spelled.empty()) {
      std::copy(spelled.begin(), spelled.end(), out.begin() + static_cast<std::ptrdiff_t>(begins));
    } else {
      out[begins] = to_upper(out[begins]);
    }
    name.remove_prefix(std::min(name.size(), word.size() + 1));
  }
}

}  // namespace ccnproxy::http
