#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ccnproxy::integration {

/// A line of the access log, read as strictly as RFC 8259 has JSON: one object,
/// no control character, no unknown escape, no invalid UTF-8, no key twice.
/// Throws std::invalid_argument.
///
/// Members by their path ("error.type"); strings without their escapes, all
/// else as it stands.
class AccessLine {
 public:
  explicit AccessLine(std::string_view line) : rest_(line) {
    read_object("");
    if (!rest_.empty()) refuse("bytes after the object");
  }

  bool has(const std::string& key) const { return members_.count(key) > 0; }
  /// Empty where there is none.
  std::string get(const std::string& key) const {
    const auto found = members_.find(key);
    return found == members_.end() ? "" : found->second;
  }
  const std::map<std::string, std::string>& members() const { return members_; }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw std::invalid_argument("not JSON: " + why + " before '" + std::string(rest_) + "'");
  }

  char take() {
    if (rest_.empty()) refuse("an early end");
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  void take(char wanted) {
    if (take() != wanted) refuse(std::string("no ") + wanted);
  }

  void read_object(const std::string& prefix) {
    take('{');
    do {
      const std::string key = prefix + read_string();
      take(':');
      if (!rest_.empty() && rest_.front() == '{') {
        read_object(key + ".");
      } else if (!members_.emplace(key, read_value()).second) {
        refuse("the key " + key + " again");
      }
    } while (!rest_.empty() && rest_.front() == ',' && take() == ',');
    take('}');
  }

  std::string read_value() {
    if (!rest_.empty() && rest_.front() == '"') return read_string();
    const std::string word(rest_.substr(0, rest_.find_first_of(",}")));
    const bool number =
        !word.empty() && word.find_first_not_of("0123456789.-") == std::string::npos;
    if (!number && word != "true" && word != "false" && word != "null") refuse("no value");
    rest_.remove_prefix(word.size());
    return word;
  }

  std::string read_string() {
    take('"');
    std::string text;
    for (char c = take(); c != '"'; c = take()) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x20 || byte == 0x7f) refuse("a control character");
      if (c == '\\') {
        text += read_escape();
      } else {
        text += c;
        if (byte >= 0x80) read_continuation(byte, text);
      }
    }
    return text;
  }

  std::string read_escape() {
    constexpr std::string_view names = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const char c = take();
    if (const auto at = names.find(c); at != names.npos) return std::string(1, meanings[at]);
    if (c != 'u') refuse("an unknown escape");
    const std::string digits = {take(), take(), take(), take()};
    if (digits.find_first_not_of("0123456789abcdefABCDEF") != digits.npos) refuse("a bad \\u");
    const unsigned long code = std::stoul(digits, nullptr, 16);
    return code < 0x80 ? std::string(1, static_cast<char>(code)) : "\\u" + digits;
  }

  /// The rest of one UTF-8 sequence (RFC 3629 §4; surrogates and overlong forms
  /// are refused).
  void read_continuation(unsigned char first, std::string& text) {
    const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    if (first < 0xc2 || first > 0xf4) refuse("invalid UTF-8");
    for (int i = 0; i < more; ++i) {
      const auto byte = static_cast<unsigned char>(take());
      const bool second = i == 0;
      const unsigned low = second && first == 0xe0 ? 0xa0 : second && first == 0xf0 ? 0x90 : 0x80;
      const unsigned high = second && first == 0xed ? 0x9f : second && first == 0xf4 ? 0x8f : 0xbf;
      if (byte < low || byte > high) refuse("invalid UTF-8");
      text += static_cast<char>(byte);
    }
  }

  std::string_view rest_;
  std::map<std::string, std::string> members_;
};

}  // namespace ccnproxy::integration
