#include <algorithm>
#include <cstdio>
#include <string>

#include "ccnproxy/observe/access_format.h"
#include "ccnproxy/observe/json_text.h"
#include "ccnproxy/observe/packed_fields.h"
#include "ccnproxy/observe/public_target.h"

namespace ccnproxy::observe {
namespace {

void append_text(std::string& out, std::string_view label, std::string_view value) {
  if (value.empty()) return;
  out.append("\t").append(label).append(":");
  append_escaped(out, value);
}

void append_number(std::string& out, std::string_view label, std::uint64_t value) {
  out.append("\t").append(label).append(":").append(std::to_string(value));
}

void append_millis(std::string& out, std::string_view label, std::chrono::nanoseconds duration) {
  if (duration < std::chrono::nanoseconds::zero()) return;
  char text[40];
  std::snprintf(text, sizeof text, "%.3f", static_cast<double>(duration.count()) / 1e6);
  out.append("\t").append(label).append(":").append(text);
}

void append_timings(std::string& out, const Timings& timings) {
  append_millis(out, "wait_ms", timings.wait);
  append_millis(out, "dns_ms", timings.dns);
  append_millis(out, "tcp_ms", timings.tcp);
  append_millis(out, "tls_ms", timings.tls);
  append_millis(out, "first_byte_ms", timings.first_byte);
  append_millis(out, "total_ms", timings.total);
}

/// A label has letters, digits, `_`, `.` and `-` (ltsv.org); what else a field's name may have
/// becomes `_`.
char label_char(char c) noexcept {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool digit = c >= '0' && c <= '9';
  return letter || digit || c == '.' || c == '-' ? c : '_';
}

void append_headers(std::string& out, std::string_view prefix, std::string_view packed) {
  for (LoggedField field; next_field(packed, field);) {
    auto label = std::string(prefix).append(field.name);
    std::transform(label.begin(), label.end(), label.begin(), label_char);
    append_text(out, label, field.value);
  }
}

void append_error(std::string& out, const AccessRecord& record) {
  append_text(out, "error_type", record.error);
  append_text(out, "error_side", record.error_side);
  append_text(out, "error_phase", record.error_phase);
  append_text(out, "error_detail", record.error_detail);
}

}  // namespace

void append_ltsv(std::string& out, const AccessRecord& record, bool with_query) {
  out += "time:";
  append_time(out, record.time);
  append_text(out, "client", record.client);
  append_text(out, "method", record.method);
  const auto target = with_query ? PublicTarget{{}, record.target} : public_part(record.target);
  append_text(out, "target", std::string(target.before).append(target.after));
  append_text(out, "host", record.host);
  append_text(out, "origin", record.origin);
  append_text(out, "protocol", record.protocol);
  append_text(out, "address", record.address);
  append_number(out, "status", record.status);
  append_number(out, "bytes_in", record.bytes_in);
  append_number(out, "bytes_out", record.bytes_out);
  append_text(out, "reused", record.reused ? "true" : "false");
  append_text(out, "found", record.found);
  append_number(out, "retries", record.retries);
  append_text(out, "retry_proof", record.retry_proof);
  append_text(out, "hedge", record.hedge);
  append_timings(out, record.timings);
  append_text(out, "request_id", record.request_id);
  append_text(out, "trace_id", record.trace_id);
  append_text(out, "span_id", record.span_id);
  append_headers(out, "req_", record.request_headers);
  append_headers(out, "res_", record.response_headers);
  append_error(out, record);
  out += '\n';
}

}  // namespace ccnproxy::observe
