#include "reload_report.h"

#include <limits>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace ccnproxy::cli {
namespace {

namespace json = boost::json;

bool is_true(const json::object& object, const char* key) {
  const auto* value = object.if_contains(key);
  const auto* found = value ? value->if_bool() : nullptr;
  return found && *found;
}

/// Nothing where there is no whole number of at least 0.
std::optional<std::int64_t> number(const json::object& object, const char* key) {
  const auto* value = object.if_contains(key);
  const auto* found = value ? value->if_int64() : nullptr;
  return found && *found >= 0 ? std::optional(*found) : std::nullopt;
}

std::vector<std::string> lines(const json::object& object, const char* key) {
  std::vector<std::string> all;
  const auto* value = object.if_contains(key);
  const auto* list = value ? value->if_array() : nullptr;
  if (!list) return all;
  for (const auto& entry : *list) {
    if (const auto* line = entry.if_string()) all.emplace_back(line->data(), line->size());
  }
  return all;
}

}  // namespace

std::optional<ReloadReport> parse_reload_report(std::string_view text) {
  boost::system::error_code error;
  const auto parsed = json::parse(json::string_view(text.data(), text.size()), error);
  const auto* object = error ? nullptr : parsed.if_object();
  if (!object) return std::nullopt;
  const auto process = number(*object, "pid");
  const auto reloads = number(*object, "reloads");
  if (!process || !reloads || *process < 1 || *process > std::numeric_limits<pid_t>::max())
    return std::nullopt;
  ReloadReport report;
  report.process = static_cast<pid_t>(*process);
  report.reloads = static_cast<std::uint64_t>(*reloads);
  report.running = is_true(*object, "running");
  report.ending = is_true(*object, "ending");
  report.successful = is_true(*object, "successful");
  report.faults = lines(*object, "faults");
  report.postponed = lines(*object, "postponed");
  return report;
}

ReloadState judge_reload(const ReloadReport& before, const ReloadReport& now) {
  if (now.process != before.process) return ReloadState::waiting;
  if (now.reloads > before.reloads && !now.running)
    return now.successful ? ReloadState::in_force : ReloadState::refused;
  return now.ending ? ReloadState::ending : ReloadState::waiting;
}

}  // namespace ccnproxy::cli
