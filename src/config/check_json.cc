#include "ccnproxy/config/check_json.h"

namespace ccnproxy::config {
namespace {

/// ASCII only: what is not a printable character of it is written as \u00XX of its byte.
std::string json_string(const std::string& text) {
  constexpr const char* digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f) {
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 15];
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string list_of(const std::vector<Mistake>& mistakes) {
  std::string list;
  for (const auto& mistake : mistakes) {
    list += list.empty() ? "{\"file\":" : ",{\"file\":";
    list += json_string(mistake.file);
    list += ",\"line\":" + std::to_string(mistake.line);
    list += ",\"column\":" + std::to_string(mistake.column);
    list += ",\"message\":" + json_string(mistake.message) + '}';
  }
  return '[' + list + ']';
}

}  // namespace

std::string check_json(const std::string& file, const std::vector<Mistake>& mistakes,
                       const std::vector<Mistake>& warnings) {
  std::string out = "{\"file\":" + json_string(file);
  out += mistakes.empty() ? ",\"ok\":true" : ",\"ok\":false";
  out += ",\"mistakes\":" + list_of(mistakes);
  if (!warnings.empty()) out += ",\"warnings\":" + list_of(warnings);
  return out + "}\n";
}

}  // namespace ccnproxy::config
