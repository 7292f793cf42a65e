#include <algorithm>
#include <array>

#include "ccnproxy/config/logged_header.h"

#include "schema_parts.h"

namespace ccnproxy::config {
namespace {

using namespace std::chrono_literals;

// The levels that spdlog has words for.
constexpr std::array<std::string_view, 7> log_levels = {"trace", "debug",    "info", "warn",
                                                        "error", "critical", "off"};
// Each is looked for in each head.
constexpr std::size_t most_headers = 32;

bool take_log_level(const std::string& text, Log& log) {
  if (text == "warning") {  // spdlog's own word, and syslog's
    log.level = "warn";
    return true;
  }
  for (const std::string_view level : log_levels) {
    if (text == level) {
      log.level = text;
      return true;
    }
  }
  return false;
}

bool take_destination(const std::string& text, AccessLog& log) {
  log.to = text;
  return !text.empty();
}

bool take_rotation(const std::string& text, AccessLog& log) {
  const auto value = text == "0" ? std::optional(Duration(0)) : parse_duration(text);
  if (!value || (value->count() != 0 && (*value < 1min || *value > 8760h))) return false;
  log.rotate_every = *value;
  return true;
}

bool is_field_name(const std::string& text) {
  constexpr std::string_view token =
      "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return !text.empty() && text.size() <= 64 && text.find_first_not_of(token) == text.npos;
}

void read_header(Reading& reading, const YAML::Node& node, std::vector<LoggedHeader>& headers) {
  static const std::string wanted = "the name of a header field, as in User-Agent";
  const auto text = reading.scalar(node, wanted);
  if (!text) return;
  if (!is_field_name(*text)) return reading.wrong_value(node, wanted);
  auto header = logged_header(*text);
  if (std::find(headers.begin(), headers.end(), header) != headers.end())
    return reading.mistake(node.Mark(), "stands here twice: case does not count");
  headers.push_back(std::move(header));
}

Field<AccessLog> headers(std::string_view name, std::vector<LoggedHeader> AccessLog::*member) {
  return {name, [member](Reading& reading, const YAML::Node& node, AccessLog& log) {
            auto& all = log.*member;
            all.clear();
            if (node.IsNull()) return;
            reading.each_element(node, "a list of names of header fields",
                                 [&](std::size_t, const YAML::Node& element) {
                                   read_header(reading, element, all);
                                 });
            if (all.size() > most_headers)
              reading.mistake(node.Mark(),
                              "must hold at most " + std::to_string(most_headers) + " names");
          }};
}

const Fields<AccessLog>& access_fields() {
  static const Fields<AccessLog> fields = {
      {"to", text_of<AccessLog>("`stdout`, `stderr`, `none` or a folder", take_destination)},
      choice("format", &AccessLog::format,
             {{"json", AccessFormat::json}, {"ltsv", AccessFormat::ltsv}}),
      {"rotate_every",
       text_of<AccessLog>("a duration from 1m to 8760h, or 0 for never", take_rotation)},
      count("keep", &AccessLog::keep, 0, 100'000, " (0 = all)"),
      flag("query", &AccessLog::query),
      headers("request_headers", &AccessLog::request_headers),
      headers("response_headers", &AccessLog::response_headers),
  };
  return fields;
}

void warn_of_masks(Reading& reading, const std::string& key,
                   const std::vector<LoggedHeader>& headers) {
  if (reading.failed(key)) return;
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (headers[i].value != LoggedValue::masked) continue;
    std::string instead = "is a field with credentials: the access log has ";
    instead.append(mask).append(" in the place of its value");
    reading.warn_in(key + '[' + std::to_string(i) + ']', instead);
  }
}

}  // namespace

const Fields<Log>& log_fields() {
  static const Fields<Log> fields = {
      {"level", text_of<Log>("`trace`, `debug`, `info`, `warn`, `error`, `critical` or `off`",
                             take_log_level)},
      section("access", &Log::access, access_fields()),
  };
  return fields;
}

void validate_log(Reading& reading, const Config& config) {
  warn_of_masks(reading, "log.access.request_headers", config.log.access.request_headers);
  warn_of_masks(reading, "log.access.response_headers", config.log.access.response_headers);
}

}  // namespace ccnproxy::config
