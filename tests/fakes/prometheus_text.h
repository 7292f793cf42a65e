#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ccnproxy::fakes {

/// A scrape in Prometheus' text format 0.0.4, read as strictly as a scraper that trusts nobody:
/// throws Failure, with the line, for what is malformed or what a good exporter does not do: a
/// family without HELP and TYPE or in two places, a series twice, a counter not named _total, a
/// histogram whose buckets do not rise, end at +Inf and agree with its _count.
class PrometheusText {
 public:
  explicit PrometheusText(std::string_view text);

  /// Of a series as it is written: `up` or `http_requests_total{origin="x",code="200"}`. Throws
  /// Failure where there is none.
  double value(const std::string& series) const;
  double value_or(const std::string& series, double otherwise) const;
  bool has(const std::string& series) const { return values_.count(series) > 0; }
  const std::map<std::string, double>& values() const { return values_; }
  /// `counter`, `gauge` or `histogram`, by family.
  const std::map<std::string, std::string>& types() const { return types_; }
  /// All values that a label has anywhere.
  std::vector<std::string> label_values(const std::string& label) const;
  /// Whether the series can only rise: counters, and the parts of histograms.
  bool is_monotone(const std::string& series) const;

 private:
  struct Histogram {
    double last_bound = 0;
    double last_count = 0;
    bool begun = false, has_infinite = false, has_sum = false, has_count = false;
  };

  void read_line(std::string_view line);
  void read_comment(std::string_view line);
  void read_sample(std::string_view line);
  std::string read_labels(std::string_view& rest);
  std::string read_value(std::string_view& rest) const;
  void add_sample(const std::string& name, const std::string& labels, double value);
  void add_to_histogram(const std::string& name, std::string labels, double value);
  void finish_family();
  [[noreturn]] void fail(const std::string& why) const;

  std::string line_;
  std::string family_;
  std::map<std::string, std::string> help_;
  std::map<std::string, std::string> types_;
  std::map<std::string, double> values_;
  std::map<std::string, Histogram> histograms_;  ///< of the current family, by labels but `le`
  std::map<std::string, std::set<std::string>> labels_;  ///< values by name
};

}  // namespace ccnproxy::fakes
