#include "ccnproxy/proxy/request_record.h"

#include <cstdio>

#include "ccnproxy/http/trace_context.h"

namespace ccnproxy::proxy {

void RequestRecord::note_stream(observe::WaitResult result, Duration waited,
                                const origin::DialTimings& dial) {
  if (!found) found = result;
  timings.wait = result == observe::WaitResult::ready ? Duration(0) : waited;
  if (result != observe::WaitResult::dialed) return;
  timings.dns = dial.dns;
  timings.tcp = dial.tcp;
  timings.tls = dial.tls;
}

void RequestRecord::count(observe::WorkerMetrics& metrics, observe::OriginMetrics* of_origin,
                          TimePoint now) const {
  metrics.count_timings(timings);
  metrics.recent.add(timings.total, now);
  if (error) metrics.count_error(*error);
  if (!of_origin) {
    ++metrics.requests_without_origin[status];
    metrics.bytes_in_without_origin += bytes_in;
    metrics.bytes_out_without_origin += bytes_out;
    return;
  }
  ++of_origin->requests[status];
  if (error) ++of_origin->errors[{error->side, error->type}];
  of_origin->bytes_in += bytes_in;
  of_origin->bytes_out += bytes_out;
  if (timings.first_byte >= Duration(0))
    of_origin->response_head.add(timings.first_byte - std::max(timings.wait, Duration(0)));
}

void RequestRecord::write(observe::AccessLog::Writer& log, std::string_view client,
                          const RequestPlan& plan, const Attempt& attempt,
                          const LoggedHeaders& headers) const {
  const auto& connection = attempt.connection();
  observe::AccessRecord r;
  r.time = began_at;
  r.client = client;
  r.method = plan.head().method;
  r.target = plan.head().target;
  r.host = plan.host();
  std::string origin;
  if (plan.has_origin()) origin = plan.origin().to_string();
  r.origin = origin;
  if (connection.protocol) r.protocol = origin::to_string(*connection.protocol);
  r.address = connection.address;
  r.request_id = plan.request_id();
  if (const auto trace = http::trace_context(plan.head().fields)) {
    r.trace_id = trace->trace_id;
    r.span_id = trace->parent_id;
  }
  r.request_headers = headers.request();
  r.response_headers = headers.response();
  r.status = status;
  r.bytes_in = bytes_in;
  r.bytes_out = bytes_out;
  r.reused = connection.reused;
  r.retries = retries;
  if (retry_proof) r.retry_proof = to_string(*retry_proof);
  r.hedge = attempt.hedged();
  if (found) r.found = observe::to_string(*found);
  r.timings = timings;
  if (error) {
    r.error = to_string(error->type);
    r.error_side = to_string(error->side);
    r.error_phase = to_string(error->phase);
    r.error_detail = error->detail;
  }
  log.write(r);
}

std::string RequestRecord::debug_fields(const Attempt::Connection& connection) const {
  std::string out = "Server-Timing: conn;desc=\"";
  out.append(found ? observe::to_string(*found) : "none").append("\"");
  const auto add = [&](const char* name, Duration value) {
    if (value < Duration(0)) return;
    char text[48];
    const auto ms = std::chrono::duration<double, std::milli>(value).count();
    const auto n = std::snprintf(text, sizeof text, ", %s;dur=%.2f", name, ms);
    out.append(text, static_cast<std::size_t>(n));
  };
  add("wait", timings.wait);
  add("dns", timings.dns);
  add("tcp", timings.tcp);
  add("tls", timings.tls);
  add("ttfb", timings.first_byte);
  out.append("\r\nProxy-Status: ccnproxy; next-hop=\"").append(connection.address).append("\"");
  if (connection.protocol)
    out.append("; next-protocol=").append(origin::to_string(*connection.protocol));
  return out.append("\r\n");
}

}  // namespace ccnproxy::proxy
