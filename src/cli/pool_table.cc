#include "pool_table.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "text_table.h"

namespace ccnproxy::cli {
namespace {

namespace json = boost::json;

std::string_view text(const json::object& object, const char* key) {
  const auto* value = object.if_contains(key);
  const auto* string = value ? value->if_string() : nullptr;
  return string ? std::string_view(string->data(), string->size()) : std::string_view();
}

std::optional<double> number(const json::object& object, const char* key) {
  const auto* value = object.if_contains(key);
  if (!value || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

std::uint64_t count(const json::object& object, const char* key) {
  return static_cast<std::uint64_t>(std::max(0.0, number(object, key).value_or(0)));
}

const json::object& child(const json::object& object, const char* key) {
  static const json::object none;
  const auto* value = object.if_contains(key);
  const auto* found = value ? value->if_object() : nullptr;
  return found ? *found : none;
}

const json::array& list(const json::object& object, const char* key) {
  static const json::array none;
  const auto* value = object.if_contains(key);
  const auto* found = value ? value->if_array() : nullptr;
  return found ? *found : none;
}

/// 0.5s, 48s, 10m, 1.5h.
std::string short_time(double seconds) {
  const auto in = [&](double unit, const char* name) {
    const double value = std::round(seconds / unit * 10) / 10;
    const bool whole = value >= 10 || value == std::floor(value);
    char out[32];
    std::snprintf(out, sizeof out, whole ? "%.0f%s" : "%.1f%s", value, name);
    return std::string(out);
  };
  if (seconds < 99.5) return in(1, "s");
  return seconds < 3600 ? in(60, "m") : in(3600, "h");
}

/// How many of the requests found a connection ready. 100% only if all did.
struct ReadyShare {
  std::uint64_t ready = 0;
  std::uint64_t all = 0;

  void add(const json::object& waits) {
    ready += count(waits, "ready");
    all += count(waits, "ready") + count(waits, "waited") + count(waits, "dialed");
  }
  std::string to_string() const {
    if (all == 0) return "-";
    const auto tenths = ready * 1000 / all;
    return std::to_string(tenths / 10) + (ready == all ? "" : '.' + std::to_string(tenths % 10)) +
           '%';
  }
  Style style() const {
    if (ready == all) return all == 0 ? Style::plain : Style::good;
    return ready * 1000 >= all * 999 ? Style::plain : Style::warning;
  }
};

/// The words of `health` in /pools, the worst last. Another one is no worse than the first.
constexpr std::string_view healths[] = {"healthy", "unused", "degraded", "failing", "unreachable"};

std::size_t severity(std::string_view health) {
  const auto* const found = std::ranges::find(healths, health);
  return found == std::end(healths) ? 0 : static_cast<std::size_t>(found - healths);
}

/// The pools of one origin in all workers, summed up.
struct OriginRow {
  std::string health = "-";
  std::string reason;        ///< why it is not well; empty if it is
  std::uint64_t asked = 0;   ///< requests of the last minutes
  std::uint64_t failed = 0;  ///< of these
  std::string protocol;
  std::uint64_t ready = 0;
  std::uint64_t open = 0;
  std::uint64_t wanted = 0;
  std::uint64_t waiting = 0;
  std::uint64_t requests = 0;
  ReadyShare share;
  std::optional<double> idle_limit;  ///< the least that a worker learnt, as are those below
  std::optional<double> age_limit;
  std::optional<double> request_limit;
  std::optional<double> rtt;   ///< milliseconds
  std::optional<double> loss;  ///< share of packets
  std::optional<double> decided_ago;
  std::string decision;
  std::optional<double> next_dial;
  std::string failure;
  std::string not_kept_ready;

  void add(const json::object& pool);
  /// Of an origin that is not well, which may have no pool any more.
  void add_problem(const json::object& problem);
  std::string failures() const;
  Style health_style() const;
  std::string path() const;
  std::string learned() const;
  std::string last_event() const;
  Style openness() const;

 private:
  void add_connections(const json::array& connections);
  void add_decision(const json::array& decisions);
};

void keep_least(std::optional<double>& least, const std::optional<double>& value) {
  if (value && (!least || *value < *least)) least = value;
}

void OriginRow::add(const json::object& pool) {
  if (!text(pool, "health").empty()) health = text(pool, "health");
  const auto& recent = child(pool, "recent");
  asked += count(recent, "requests");
  failed += count(recent, "failed");
  if (!text(pool, "protocol").empty()) protocol = text(pool, "protocol");
  wanted += count(pool, "wanted");
  waiting += count(pool, "waiting");
  requests += count(pool, "requests");
  share.add(child(pool, "waits"));
  const auto& limits = child(pool, "learned");
  keep_least(idle_limit, number(limits, "idle_s"));
  keep_least(age_limit, number(limits, "age_s"));
  keep_least(request_limit, number(limits, "requests"));
  const auto& path = child(pool, "path");
  if (const auto ms = number(path, "rtt_ms")) rtt = ms;
  if (const auto lost = number(path, "loss")) loss = lost;
  if (const auto at = number(pool, "next_dial_s"); at && (!next_dial || *at < *next_dial)) {
    next_dial = at;
    failure = text(pool, "last_failure");
  }
  if (not_kept_ready.empty()) not_kept_ready = text(pool, "not_kept_ready");
  add_connections(list(pool, "connections"));
  add_decision(list(pool, "decisions"));
}

void OriginRow::add_problem(const json::object& problem) {
  health = text(problem, "health");
  reason = text(problem, "reason");
  if (const auto since = number(problem, "since_s")) reason += ", for " + short_time(*since);
  const auto& recent = child(problem, "recent");
  asked = count(recent, "requests");
  failed = count(recent, "failed");
}

/// `5%`, of the requests of the last minutes.
std::string OriginRow::failures() const {
  if (asked == 0) return "-";
  const auto percent = failed * 100 / asked;
  return (percent == 0 && failed > 0 ? "<1" : std::to_string(percent)) + '%';
}

Style OriginRow::health_style() const {
  switch (severity(health)) {
    case 0:
    case 1:
      return Style::plain;
    case 2:
      return Style::warning;
    default:
      return Style::bad;
  }
}

void OriginRow::add_connections(const json::array& connections) {
  for (const auto& entry : connections) {
    const auto* connection = entry.if_object();
    if (!connection) continue;
    const auto state = text(*connection, "state");
    ready += state == "ready" ? 1 : 0;
    open += state == "connecting" ? 0 : 1;
  }
}

/// The latest is the last of each pool.
void OriginRow::add_decision(const json::array& decisions) {
  const auto* latest = decisions.empty() ? nullptr : decisions.back().if_object();
  if (!latest) return;
  const auto ago = number(*latest, "ago_s").value_or(0);
  if (decided_ago && *decided_ago <= ago) return;
  decided_ago = ago;
  decision = text(*latest, "text");
}

/// `102ms`, `102ms, 1.2% lost`.
std::string OriginRow::path() const {
  if (!rtt) return "-";
  char out[64];
  std::snprintf(out, sizeof out, *rtt < 9.95 ? "%.1fms" : "%.0fms", *rtt);
  std::string text = out;
  if (loss.value_or(0) > 0) {
    std::snprintf(out, sizeof out, ", %.2g%% lost", *loss * 100);
    text += out;
  }
  return text;
}

std::string OriginRow::learned() const {
  std::string out;
  const auto add_part = [&](const std::string& part) { out += (out.empty() ? "" : ", ") + part; };
  if (idle_limit) add_part("idle " + short_time(*idle_limit));
  if (age_limit) add_part("age " + short_time(*age_limit));
  if (request_limit) add_part(std::to_string(std::llround(*request_limit)) + " requests");
  return out.empty() ? "-" : out;
}

std::string OriginRow::last_event() const {
  if (!reason.empty()) return reason;
  if (next_dial) return "next dial in " + short_time(*next_dial) + ": " + failure;
  if (!not_kept_ready.empty()) return "not kept ready: " + not_kept_ready;
  return decided_ago ? short_time(*decided_ago) + " ago: " + decision : "-";
}

/// Whether it is as the pool wants it.
Style OriginRow::openness() const {
  if (ready >= wanted) return wanted == 0 ? Style::plain : Style::good;
  return open == 0 ? Style::bad : Style::warning;
}

using Rows = std::map<std::string, OriginRow, std::less<>>;

std::string summary(const Rows& rows) {
  OriginRow sum;
  for (const auto& [origin, row] : rows) {
    sum.open += row.open;
    sum.share.ready += row.share.ready;
    sum.share.all += row.share.all;
  }
  const auto plural = [](std::uint64_t n, const char* noun) {
    return std::to_string(n) + ' ' + noun + (n == 1 ? "" : "s");
  };
  std::string out = plural(rows.size(), "origin") + ", " + plural(sum.open, "open connection");
  if (sum.share.all > 0)
    out += "; " + sum.share.to_string() + " of " + plural(sum.share.all, "request") +
           " found one ready";
  return out + '\n';
}

std::string silence(const json::array& workers) {
  std::string names;
  for (const auto& worker : workers) {
    if (worker.is_number())
      names += (names.empty() ? "" : ", ") + std::to_string(worker.to_number<std::int64_t>());
  }
  return names.empty() ? "" : "not answering, and left out: worker " + names + '\n';
}

std::string to_table(const Rows& rows, bool colour) {
  using Align = TextTable::Align;
  TextTable table({{"ORIGIN"},
                   {"HEALTH"},
                   {"FAILED", Align::right},
                   {"PROTOCOL"},
                   {"PATH"},
                   {"READY/WANTED", Align::right},
                   {"OPEN", Align::right},
                   {"WAITING", Align::right},
                   {"REQUESTS", Align::right},
                   {"FOUND READY", Align::right},
                   {"LEARNED LIMITS"},
                   {"LAST DECISION"}},
                  colour);
  std::vector<const Rows::value_type*> ordered;
  for (const auto& entry : rows) ordered.push_back(&entry);
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto* a, const auto* b) {
    return severity(a->second.health) > severity(b->second.health);
  });
  for (const auto* entry : ordered) {
    const auto& [origin, row] = *entry;
    table.add({origin,
               {row.health, row.health_style()},
               {row.failures(), row.failed > 0 ? Style::warning : Style::plain},
               row.protocol.empty() ? "-" : row.protocol,
               {row.path(), row.loss.value_or(0) >= 0.01 ? Style::warning : Style::plain},
               {std::to_string(row.ready) + '/' + std::to_string(row.wanted), row.openness()},
               std::to_string(row.open),
               {std::to_string(row.waiting), row.waiting > 0 ? Style::warning : Style::plain},
               std::to_string(row.requests),
               {row.share.to_string(), row.share.style()},
               row.learned(),
               {row.last_event(), row.next_dial ? Style::bad : row.health_style()}});
  }
  return table.to_string();
}

/// Daemons before 0.3 give none.
std::string verdict(const json::object& answer) {
  if (text(answer, "verdict").empty()) return "";
  std::string line(text(answer, "verdict"));
  if (!text(answer, "host").empty()) line = std::string(text(answer, "host")) + ": " + line;
  return line + '\n';
}

Error no_pools(const std::string& why) {
  return {ErrorType::http_protocol_error, Side::origin, Phase::response, Proof::response_started,
          "the answer is not that of /pools: " + why};
}

}  // namespace

Result<std::string> pool_table(std::string_view pools_json, bool colour) {
  boost::system::error_code error;
  const auto parsed = json::parse({pools_json.data(), pools_json.size()}, error);
  if (error) return no_pools("it is no JSON");
  const auto* object = parsed.if_object();
  if (!object || !object->contains("origins")) return no_pools("it names no origins");
  Rows rows;
  for (const auto& entry : list(*object, "origins")) {
    if (const auto* pool = entry.if_object()) rows[std::string(text(*pool, "origin"))].add(*pool);
  }
  auto out = verdict(*object) + summary(rows) + silence(list(*object, "silent_workers"));
  for (const auto& entry : list(*object, "problems")) {
    if (const auto* problem = entry.if_object())
      rows[std::string(text(*problem, "origin"))].add_problem(*problem);
  }
  if (!rows.empty()) out += '\n' + to_table(rows, colour);
  return out;
}

bool has_problem(std::string_view pools_json, std::string_view at_least) {
  boost::system::error_code error;
  const auto parsed = json::parse({pools_json.data(), pools_json.size()}, error);
  const auto* object = error ? nullptr : parsed.if_object();
  if (!object) return true;
  const auto& problems = list(*object, "problems");
  return std::any_of(problems.begin(), problems.end(), [&](const auto& entry) {
    const auto* problem = entry.if_object();
    return problem && severity(text(*problem, "health")) >= severity(at_least);
  });
}

}  // namespace ccnproxy::cli
