#pragma once

#include <chrono>

#include "ccnproxy/observe/access_log.h"

namespace ccnproxy::observe {

/// A request that went well over a connection that stood ready. Its views are to literals.
inline AccessRecord sample_record() {
  using namespace std::chrono_literals;
  AccessRecord record;
  record.time = std::chrono::sys_days{std::chrono::year{2026} / 11 / 3} + 7h + 8min + 9s + 123us;
  record.client = "127.0.0.1:54321";
  record.method = "GET";
  record.target = "/v1/items?token=canary";
  record.host = "api.example.com.ccnproxy-https";
  record.origin = "https://api.example.com";
  record.protocol = "h2";
  record.address = "192.0.2.1:443";
  record.request_id = "0123456789abcdef";
  record.status = 200;
  record.bytes_in = 12;
  record.bytes_out = 3456;
  record.reused = true;
  record.timings.wait = 1500ns;
  record.timings.first_byte = 20ms;
  record.timings.total = 20ms + 345us;
  return record;
}

/// One that was tried twice and failed, with every part of a record in use.
inline AccessRecord sample_failure() {
  using namespace std::chrono_literals;
  AccessRecord record = sample_record();
  record.status = 502;
  record.reused = false;
  record.retries = 1;
  record.retry_proof = "no_byte_on_reused";
  record.timings.dns = 1ms;
  record.timings.tcp = 2ms;
  record.timings.tls = 3ms;
  record.error = "connection_terminated";
  record.error_side = "origin";
  record.error_phase = "response";
  record.error_detail = "the origin closed the connection";
  record.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  record.span_id = "00f067aa0ba902b7";
  record.request_headers = {"\1\0a\1\0b", 6};  // as append_field() packs `a: b`
  return record;
}

}  // namespace ccnproxy::observe
