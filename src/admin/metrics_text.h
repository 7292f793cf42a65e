#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ccnproxy/observe/metrics.h"

namespace ccnproxy::admin {

/// Writes Prometheus' text format, one family after the other.
class MetricsText {
 public:
  void comment(std::string_view text);
  /// `type` is counter, gauge or histogram.
  void family(std::string_view name, std::string_view type, std::string_view help);
  /// Of the family begun last. `labels` are as `a="b",c="d"`, escaped, or empty.
  void sample(std::string_view labels, std::uint64_t value) {
    sample("", labels, std::to_string(value));
  }
  void sample(std::string_view labels, double value);
  /// `suffix` is _bucket, _sum or _count.
  void part(std::string_view suffix, std::string_view labels, std::uint64_t value) {
    sample(suffix, labels, std::to_string(value));
  }
  void sum_of_nanoseconds(std::string_view labels, std::uint64_t nanoseconds);
  void histogram(const observe::Histogram& histogram, std::string_view labels = "");

  std::string take() { return std::move(out_); }

 private:
  void sample(std::string_view suffix, std::string_view labels, std::string_view value);
  std::string out_;
  std::string name_;
};

}  // namespace ccnproxy::admin
