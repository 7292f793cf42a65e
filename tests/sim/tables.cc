#include "sim/tables.h"

#include <cstdio>

namespace ccnproxy::sim {
namespace {

std::string row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const auto& cell : cells) line += " " + cell + " |";
  return line + "\n";
}

std::string row_of(const Trace& trace, Policy policy, const Books& books, bool first) {
  const auto sum = books.total();
  const auto origins = static_cast<double>(trace.origins);
  const auto per_origin = [&](double value) { return rounded(value / origins, 2); };
  return row({first ? std::string(trace.name) : "", first ? std::to_string(trace.origins) : "",
              std::string(to_string(policy)), percent(sum.ready, sum.requests),
              per_origin(books.mean_open()), per_origin(static_cast<double>(books.most_open())),
              per_origin(static_cast<double>(sum.dials) / books.hours()),
              percent(sum.retried, sum.requests), percent(sum.failed, sum.requests)});
}

/// One kind of origins under one policy, in all traces.
struct Share {
  Tally tally;
  double origin_hours = 0;
};

Share share_of(const std::vector<Comparison>& all, std::size_t policy, Habit habit) {
  Share share;
  for (const auto& [trace, results] : all) {
    const auto& books = results[policy].books;
    share.tally += books.of(habit);
    share.origin_hours += books.hours() * static_cast<double>(trace.origins) / habits;
  }
  return share;
}

std::string row_of(Habit habit, std::size_t policy, const Share& share) {
  const auto& t = share.tally;
  return row({policy == 0 ? std::string(to_string(habit)) : "",
              std::string(to_string(policies[policy])), percent(t.clean, t.requests),
              rounded(static_cast<double>(t.dials) / share.origin_hours, 1),
              percent(t.retried, t.requests), percent(t.failed, t.requests)});
}

}  // namespace

std::string rounded(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

/// 99.995 must not read as 100, and one of a million not as none.
std::string percent(std::uint64_t part, std::uint64_t whole) {
  if (part == 0 || whole == 0) return "0";
  if (part == whole) return "100";
  const double value = 100 * static_cast<double>(part) / static_cast<double>(whole);
  const auto from_end = std::min(value, 100 - value);
  return rounded(value, from_end >= 1 ? 1 : from_end >= 0.01 ? 2 : from_end >= 0.001 ? 3 : 4);
}

std::string table_by_trace(const std::vector<Comparison>& all) {
  std::string text = row({"trace", "origins", "policy", "ready, %", "connections", "at most",
                          "dials/h", "retried, %", "failed, %"}) +
                     "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n";
  for (const auto& [trace, results] : all) {
    for (std::size_t i = 0; i < policies.size(); ++i)
      text += row_of(trace, policies[i], results[i].books, i == 0);
  }
  return text;
}

std::string table_by_habit(const std::vector<Comparison>& all) {
  std::string text =
      row({"origins", "policy", "ready and answered, %", "dials/h", "retried, %", "failed, %"}) +
      "| --- | --- | ---: | ---: | ---: | ---: |\n";
  for (std::size_t h = 0; h < habits; ++h) {
    const auto habit = static_cast<Habit>(h);
    for (std::size_t i = 0; i < policies.size(); ++i)
      text += row_of(habit, i, share_of(all, i, habit));
  }
  return text;
}

}  // namespace ccnproxy::sim
