#include "ccnproxy/admin/reload_json.h"

#include "json_text.h"

namespace ccnproxy::admin {
namespace {

void add_lines(JsonText& json, std::string_view key, const std::vector<std::string>& lines) {
  json.key(key).open('[');
  for (const auto& line : lines) json.text(line);
  json.close(']');
}

}  // namespace

std::string reload_json(pid_t process, const ReloadOutcome& outcome) {
  JsonText json;
  json.open('{');
  json.key("pid").number(static_cast<std::uint64_t>(process));
  json.key("reloads").number(outcome.begun);
  json.key("running").boolean(outcome.running);
  json.key("ending").boolean(outcome.ending);
  json.key("successful").boolean(outcome.successful);
  add_lines(json, "faults", outcome.faults);
  add_lines(json, "postponed", outcome.postponed);
  return json.close('}').take();
}

}  // namespace ccnproxy::admin
