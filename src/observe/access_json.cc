#include <array>
#include <charconv>
#include <cstdint>

#include "ccnproxy/observe/access_format.h"
#include "ccnproxy/observe/json_text.h"
#include "ccnproxy/observe/packed_fields.h"
#include "ccnproxy/observe/public_target.h"

namespace ccnproxy::observe {

PublicTarget public_part(std::string_view target) noexcept {
  target = without_query(target);
  const auto scheme_end = target.find("://");
  if (target.starts_with('/') || scheme_end == std::string_view::npos) return {{}, target};
  const auto authority = scheme_end + 3;
  const auto at = target.substr(0, target.find('/', authority)).rfind('@');
  if (at == std::string_view::npos || at < authority) return {{}, target};
  return {target.substr(0, authority), target.substr(at + 1)};
}

namespace {

/// `key` is everything between the value before and this one, e.g. `,"status":`.
template <class Number>
void append_number(std::string& out, std::string_view key, Number value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out += key;
  out.append(digits.data(), end);
}

/// `key` ends with the opening quote of the value.
void append_text(std::string& out, std::string_view key, std::string_view value) {
  out += key;
  append_escaped(out, value);
  out += '"';
}

/// In milliseconds with three decimals, to the nearest microsecond; nothing if it did not happen.
void append_millis(std::string& out, std::string_view key, std::chrono::nanoseconds duration) {
  if (duration < std::chrono::nanoseconds::zero()) return;
  const auto nanos = static_cast<std::uint64_t>(duration.count());
  const std::uint64_t micros = (nanos + 500) / 1000;
  const auto fraction = static_cast<unsigned>(micros % 1000);
  append_number(out, key, micros / 1000);
  const std::array<char, 4> decimals = {'.', static_cast<char>('0' + fraction / 100),
                                        static_cast<char>('0' + fraction / 10 % 10),
                                        static_cast<char>('0' + fraction % 10)};
  out.append(decimals.data(), decimals.size());
}

void append_request(std::string& out, const AccessRecord& record, bool with_query) {
  append_text(out, R"(","client":")", record.client);
  append_text(out, R"(,"method":")", record.method);
  out += R"(,"target":")";
  const auto target = with_query ? PublicTarget{{}, record.target} : public_part(record.target);
  append_escaped(out, target.before);
  append_escaped(out, target.after);
  append_text(out, R"(","host":")", record.host);
  append_text(out, R"(,"origin":")", record.origin);
  append_text(out, R"(,"protocol":")", record.protocol);
  append_text(out, R"(,"address":")", record.address);
}

void append_outcome(std::string& out, const AccessRecord& record) {
  append_number(out, R"(,"status":)", record.status);
  append_number(out, R"(,"bytes_in":)", record.bytes_in);
  append_number(out, R"(,"bytes_out":)", record.bytes_out);
  out += record.reused ? R"(,"reused":true)" : R"(,"reused":false)";
  if (!record.found.empty()) append_text(out, R"(,"found":")", record.found);
  append_number(out, R"(,"retries":)", record.retries);
  if (record.retries != 0) append_text(out, R"(,"retry_proof":")", record.retry_proof);
  if (!record.hedge.empty()) append_text(out, R"(,"hedge":")", record.hedge);
}

void append_timings(std::string& out, const Timings& timings) {
  append_millis(out, R"(,"wait_ms":)", timings.wait);
  append_millis(out, R"(,"dns_ms":)", timings.dns);
  append_millis(out, R"(,"tcp_ms":)", timings.tcp);
  append_millis(out, R"(,"tls_ms":)", timings.tls);
  append_millis(out, R"(,"first_byte_ms":)", timings.first_byte);
  append_millis(out, R"(,"total_ms":)", timings.total);
}

/// `key` ends with the opening brace; nothing if there are none.
void append_headers(std::string& out, std::string_view key, std::string_view packed) {
  if (packed.empty()) return;
  out += key;
  const char* before = "\"";
  for (LoggedField field; next_field(packed, field); before = ",\"") {
    append_text(out, before, field.name);
    append_text(out, R"(:")", field.value);
  }
  out += '}';
}

void append_error(std::string& out, const AccessRecord& record) {
  append_text(out, R"(,"error":{"type":")", record.error);
  append_text(out, R"(,"side":")", record.error_side);
  append_text(out, R"(,"phase":")", record.error_phase);
  append_text(out, R"(,"detail":")", record.error_detail);
  out += '}';
}

}  // namespace

void append_json(std::string& out, const AccessRecord& record, bool with_query) {
  out += R"({"time":")";
  append_time(out, record.time);
  append_request(out, record, with_query);
  append_outcome(out, record);
  append_timings(out, record.timings);
  append_text(out, R"(,"request_id":")", record.request_id);
  if (!record.trace_id.empty()) {
    append_text(out, R"(,"trace_id":")", record.trace_id);
    append_text(out, R"(,"span_id":")", record.span_id);
  }
  append_headers(out, R"(,"request_headers":{)", record.request_headers);
  append_headers(out, R"(,"response_headers":{)", record.response_headers);
  if (!record.error.empty()) append_error(out, record);
  out += "}\n";
}

}  // namespace ccnproxy::observe
