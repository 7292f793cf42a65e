#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <yaml-cpp/yaml.h>

namespace ccnproxy::config {

/// A YAML syntax error: its place, and what to write instead. Line and column count from 1.
struct YamlFault {
  int line = 1;
  int column = 1;
  std::string what;
};

/// What the parser stumbled over. Its own message serves only to tell the kinds apart.
YamlFault explain_yaml_error(std::string_view text, const YAML::Exception& error);

/// Bytes that no configuration holds: control bytes, UTF-16, and what is no UTF-8 (except in
/// comments).
std::optional<YamlFault> find_odd_byte(std::string_view text);

/// A quote that is opened and never closed. The parser takes all that follows for its content, so
/// that every later key would silently be lost.
std::optional<YamlFault> find_open_quote(const std::string& text);

}  // namespace ccnproxy::config
