#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ccnproxy/admin/config_entries.h"
#include "ccnproxy/config/config.h"

namespace ccnproxy::admin {

/// Writes YAML in block style, a line a key; lists of scalars in brackets.
class YamlText {
 public:
  /// Keys from here to end() are inside this one.
  YamlText& begin(std::string_view key);
  YamlText& end();
  /// Begins an element of the last list: keys until end() belong to it. `name` identifies it for
  /// readers; without one its number does.
  YamlText& begin_element(std::string_view name = {});

  YamlText& word(std::string_view key, std::string_view value);  ///< as it is
  YamlText& text(std::string_view key, std::string_view value);  ///< in quotes
  YamlText& number(std::string_view key, std::uint64_t value);
  YamlText& flag(std::string_view key, bool value) { return word(key, value ? "true" : "false"); }
  YamlText& duration(std::string_view key, config::Duration value);
  YamlText& size(std::string_view key, std::uint64_t bytes);
  YamlText& list(std::string_view key, const std::vector<std::string>& values);

  std::string take() { return std::move(out_); }
  /// What has been written, key by key.
  std::vector<ConfigEntry> take_entries() { return std::move(entries_); }

 private:
  void note(std::string_view key, std::string_view value, std::vector<std::string> items = {});
  YamlText& line(std::string_view key, std::string_view value);

  std::string out_;
  std::vector<ConfigEntry> entries_;
  std::vector<std::string> path_;      ///< of the keys that are begun
  std::vector<std::size_t> elements_;  ///< so far, of each of these
  bool element_begun_ = false;         ///< the next key stands behind the element's dash
};

/// `value` in double quotes, with JSON's escapes, which are YAML's too (YAML 1.2 §5.7).
std::string yaml_string(std::string_view value);
/// As config files have it: `10m`, `1.5us`; exact.
std::string duration_text(config::Duration value);
/// `64KiB`; exact.
std::string size_text(std::uint64_t bytes);

}  // namespace ccnproxy::admin
