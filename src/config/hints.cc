#include "hints.h"

#include <algorithm>
#include <array>
#include <utility>

#include "ccnproxy/config/units.h"

namespace ccnproxy::config {
namespace {

constexpr std::size_t max_shown = 60;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == text.npos &&
         text.front() != '.' && text.back() != '.';
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

/// A word of those that are wanted, in other letters.
std::string in_lower_case(std::string_view wanted, const std::string& text) {
  const auto folded = lower(text);
  return folded != text && contains(wanted, '`' + folded + '`') ? folded : "";
}

std::string truth(const std::string& text) {
  const std::string folded = lower(text);
  for (const char* word : {"yes", "on", "y", "true", "1"}) {
    if (folded == word) return "true";
  }
  for (const char* word : {"no", "off", "n", "false", "0"}) {
    if (folded == word) return "false";
  }
  return "";
}

/// `64KB`, `1m` and the like as a size is written; empty if the text is none of them.
std::string size_with_unit(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, const char*>, 12> units = {{{"kib", "KiB"},
                                                                               {"mib", "MiB"},
                                                                               {"gib", "GiB"},
                                                                               {"kb", "KiB"},
                                                                               {"mb", "MiB"},
                                                                               {"gb", "GiB"},
                                                                               {"k", "KiB"},
                                                                               {"m", "MiB"},
                                                                               {"g", "GiB"},
                                                                               {"ki", "KiB"},
                                                                               {"mi", "MiB"},
                                                                               {"gi", "GiB"}}};
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  std::string unit(text.substr(end));
  while (!unit.empty() && unit.front() == ' ') unit.erase(0, 1);
  for (char& c : unit) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  for (const auto& [name, ours] : units) {
    if (end > 0 && unit == name) return std::string(text.substr(0, end)) + ours;
  }
  return "";
}

/// As one element of a list.
std::string listed(std::string_view text) {
  const bool plain = !text.empty() && text.find_first_of("*&!|>%@`\"'#,[]{}: ") == text.npos;
  return plain ? '[' + std::string(text) + ']' : "[\"" + std::string(text) + "\"]";
}

/// The unit that a bare number most likely was meant in, by the range of the key.
const char* unit_of(std::string_view wanted) {
  if (contains(wanted, "to 10ms")) return "us";
  return contains(wanted, "from 1m ") ? "m" : "s";
}

std::string suggestion(std::string_view wanted, const std::string& text) {
  const bool address = text.find_first_of("0123456789") != text.npos;
  if (contains(wanted, "addresses") && !address) return "";
  if (contains(wanted, "list of maps with the key `address`"))
    return "[{address: \"" + text + "\"}]";
  if (contains(wanted, "a list of") && !contains(wanted, "maps")) return listed(text);
  const bool zero = text.find_first_of("123456789") == text.npos;
  if (wanted.starts_with("a duration") && is_number(text) && !zero) return text + unit_of(wanted);
  if (wanted.starts_with("a duration") && contains(text, " ") &&
      parse_duration(without_spaces(text)))
    return without_spaces(text);
  if (wanted.starts_with("a size")) return size_with_unit(text);
  return wanted == "true or false" ? truth(text) : in_lower_case(wanted, text);
}

}  // namespace

std::string spaced(std::string_view word) {
  const auto colon = word.find(':');
  const bool has_both = colon != word.npos && colon > 0 && colon + 1 < word.size();
  if (!has_both || word.size() > max_shown || word.substr(colon).starts_with("://")) return "";
  return '`' + std::string(word.substr(0, colon)) + ": " + std::string(word.substr(colon + 1)) +
         '`';
}

std::string hint_for(std::string_view wanted, const YAML::Node& value) {
  if (value.IsMap() && contains(wanted, "a list of maps"))
    return "; put `- ` before its first key, and indent the others as that";
  if (!value.IsScalar() || value.Scalar().size() > max_shown) return "";
  if (wanted.starts_with("a map")) {
    const auto right = spaced(value.Scalar());
    return right.empty() ? "" : "; a space is missing after the colon: write " + right;
  }
  const auto right = suggestion(wanted, value.Scalar());
  return right.empty() ? "" : "; write " + right;
}

}  // namespace ccnproxy::config
