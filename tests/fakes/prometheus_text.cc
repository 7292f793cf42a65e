#include "fakes/prometheus_text.h"

#include <cstdlib>
#include <limits>
#include <regex>
#include <set>

#include "fakes/failure.h"

namespace ccnproxy::fakes {
namespace {

// Made once: making one costs more than all that it is used for in a scrape.
const std::regex a_name("[a-zA-Z_:][a-zA-Z0-9_:]*");
const std::regex a_value("[+-]?([0-9]+([.][0-9]+)?(e[+-]?[0-9]+)?|Inf|NaN)");
const std::regex a_type("counter|gauge|histogram");
const std::regex a_comment("# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)");
const std::regex a_bound(",?le=\"([^\"]+)\"");

bool matches(const std::string& text, const std::regex& pattern) {
  return std::regex_match(text, pattern);
}

bool is_label_name(std::string_view name) {
  const std::string_view all = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
  return !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
         name.find_first_not_of(all) == name.npos;
}

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string without(const std::string& text, std::string_view end) {
  return ends_with(text, end) ? text.substr(0, text.size() - end.size()) : text;
}

/// Takes the text up to the first of `ends` off `rest`.
std::string take_until(std::string_view& rest, std::string_view ends) {
  const auto end = std::min(rest.find_first_of(ends), rest.size());
  std::string taken(rest.substr(0, end));
  rest.remove_prefix(end);
  return taken;
}

}  // namespace

PrometheusText::PrometheusText(std::string_view text) {
  if (text.empty() || text.back() != '\n') fail("does not end in a newline");
  while (!text.empty()) {
    const auto end = text.find('\n');
    read_line(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  finish_family();
  for (const auto& [name, words] : help_) {
    if (types_.count(name) == 0) fail(name + " has no TYPE");
  }
}

void PrometheusText::fail(const std::string& why) const {
  throw Failure("no good Prometheus text: " + why + "\n  in: " + line_);
}

void PrometheusText::read_line(std::string_view line) {
  line_ = line;
  if (line.empty()) return;
  line.front() == '#' ? read_comment(line) : read_sample(line);
}

void PrometheusText::read_comment(std::string_view line) {
  std::smatch parts;
  const std::string text(line);
  if (!std::regex_match(text, parts, a_comment)) {
    if (text.rfind("# HELP", 0) == 0 || text.rfind("# TYPE", 0) == 0) fail("a bad comment");
    return;
  }
  const std::string name = parts[2];
  auto& known = parts[1] == "HELP" ? help_ : types_;
  if (!known.emplace(name, parts[3]).second) fail("stands here twice");
  if (parts[1] == "HELP") {
    finish_family();
    family_ = name;
    return;
  }
  if (name != family_) fail("TYPE without HELP before it");
  if (!matches(parts[3], a_type)) fail("an unknown type");
  if (parts[3] == "counter" && !ends_with(name, "_total")) fail("a counter not named _total");
}

void PrometheusText::read_sample(std::string_view line) {
  const std::string name = take_until(line, "{ ");
  if (!matches(name, a_name)) fail("a bad name");
  const std::string labels = read_labels(line);
  if (line.empty() || line.front() != ' ') fail("no space before the value");
  line.remove_prefix(1);
  const std::string text(line);
  if (!matches(text, a_value)) fail("a bad value");
  add_sample(name, labels, std::strtod(text.c_str(), nullptr));
}

/// `{a="b",c="d"}` as it stands, or nothing. By hand: it is most of a scrape.
std::string PrometheusText::read_labels(std::string_view& rest) {
  if (rest.empty() || rest.front() != '{') return "";
  const std::string_view all = rest;
  std::set<std::string_view> seen;
  do {
    rest.remove_prefix(1);
    const auto equals = std::min(rest.find('='), rest.size());
    const std::string_view name = rest.substr(0, equals);
    rest.remove_prefix(equals);
    if (!is_label_name(name) || rest.rfind("=\"", 0) != 0) fail("a bad label");
    rest.remove_prefix(2);
    if (!seen.insert(name).second) fail("a label twice");
    labels_[std::string(name)].insert(read_value(rest));
  } while (!rest.empty() && rest.front() == ',');
  if (rest.empty() || rest.front() != '}') fail("labels that do not end");
  rest.remove_prefix(1);
  return std::string(all.substr(0, all.size() - rest.size()));
}

/// A label's value as it stands, and its closing quote.
std::string PrometheusText::read_value(std::string_view& rest) const {
  std::size_t at = 0;
  for (; at < rest.size() && rest[at] != '"'; ++at) {
    if (rest[at] != '\\') continue;
    if (++at == rest.size() || std::string_view("\\\"n").find(rest[at]) == rest.npos)
      fail("a bad escape");
  }
  if (at >= rest.size()) fail("a value that does not end");
  std::string value(rest.substr(0, at));
  rest.remove_prefix(at + 1);
  return value;
}

void PrometheusText::add_sample(const std::string& name, const std::string& labels, double value) {
  const auto type = types_.find(family_);
  if (type == types_.end()) fail("a sample before its TYPE");
  if (!values_.emplace(name + labels, value).second) fail("a series twice");
  if (type->second == "histogram") return add_to_histogram(name, labels, value);
  if (name != family_) fail("not of the family " + family_);
  if (type->second == "counter" && !(value >= 0)) fail("a counter below 0");
}

void PrometheusText::add_to_histogram(const std::string& name, std::string labels, double value) {
  std::smatch bound;
  const bool bucket = std::regex_search(labels, bound, a_bound);
  const double at = bucket ? std::strtod(bound[1].str().c_str(), nullptr) : 0;
  if (bucket) labels = bound.prefix().str() + bound.suffix().str();
  auto& histogram = histograms_[labels == "{}" ? "" : labels];
  if (name == family_ + "_bucket" && bucket) {
    if (histogram.begun && at <= histogram.last_bound) fail("buckets out of order");
    if (value < histogram.last_count) fail("a bucket below the one before");
    histogram.begun = true;
    histogram.last_bound = at;
    histogram.last_count = value;
    histogram.has_infinite = at == std::numeric_limits<double>::infinity();
  } else if (name == family_ + "_sum") {
    histogram.has_sum = true;
  } else if (name == family_ + "_count") {
    if (!histogram.has_infinite) fail("the buckets do not end at +Inf");
    if (value != histogram.last_count) fail("another count than its buckets");
    histogram.has_count = true;
  } else {
    fail("no part of the histogram " + family_);
  }
}

void PrometheusText::finish_family() {
  for (const auto& [labels, histogram] : histograms_) {
    if (!histogram.has_sum || !histogram.has_count) fail(family_ + labels + " is incomplete");
  }
  histograms_.clear();
}

double PrometheusText::value(const std::string& series) const {
  const auto found = values_.find(series);
  if (found != values_.end()) return found->second;
  throw Failure("no series " + series);
}

double PrometheusText::value_or(const std::string& series, double otherwise) const {
  return has(series) ? value(series) : otherwise;
}

std::vector<std::string> PrometheusText::label_values(const std::string& label) const {
  std::vector<std::string> all;
  const auto found = labels_.find(label);
  if (found == labels_.end()) return all;
  all.assign(found->second.begin(), found->second.end());
  return all;
}

bool PrometheusText::is_monotone(const std::string& series) const {
  std::string name = series.substr(0, series.find('{'));
  if (ends_with(name, "_total")) return true;
  for (const char* part : {"_bucket", "_sum", "_count"}) {
    const auto type = types_.find(without(name, part));
    if (ends_with(name, part) && type != types_.end()) return type->second == "histogram";
  }
  return false;
}

}  // namespace ccnproxy::fakes
