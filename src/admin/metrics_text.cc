#include "metrics_text.h"

#include "ccnproxy/admin/counters.h"

namespace ccnproxy::admin {

void MetricsText::comment(std::string_view text) {
  out_ += "# ";
  out_ += text;
  out_ += '\n';
}

void MetricsText::family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  comment("HELP " + name_ + ' ' + std::string(help));
  comment("TYPE " + name_ + ' ' + std::string(type));
}

void MetricsText::sample(std::string_view labels, double value) {
  char digits[64];
  const auto size = std::snprintf(digits, sizeof digits, "%.15g", value);
  sample("", labels, {digits, static_cast<std::size_t>(size)});
}

void MetricsText::sum_of_nanoseconds(std::string_view labels, std::uint64_t nanoseconds) {
  constexpr std::uint64_t second = 1'000'000'000;
  char digits[64];  // by whole numbers: a sum must not lose its last digits as it grows
  const auto size = std::snprintf(digits, sizeof digits, "%llu.%09llu",
                                  static_cast<unsigned long long>(nanoseconds / second),
                                  static_cast<unsigned long long>(nanoseconds % second));
  sample("_sum", labels, {digits, static_cast<std::size_t>(size)});
}

void MetricsText::histogram(const observe::Histogram& histogram, std::string_view labels) {
  const std::string before = labels.empty() ? "" : std::string(labels) + ',';
  std::uint64_t up_to = 0;
  for (std::size_t i = 0; i < observe::Histogram::buckets; ++i) {
    up_to += histogram.count(i);
    part("_bucket", before + "le=\"" + bucket_bound(i) + '"', up_to);
  }
  sum_of_nanoseconds(labels, histogram.sum_nanoseconds());
  part("_count", labels, up_to);
}

void MetricsText::sample(std::string_view suffix, std::string_view labels, std::string_view value) {
  out_ += name_;
  out_ += suffix;
  if (!labels.empty()) {
    out_ += '{';
    out_ += labels;
    out_ += '}';
  }
  out_ += ' ';
  out_ += value;
  out_ += '\n';
}

}  // namespace ccnproxy::admin
