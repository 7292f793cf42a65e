#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ccnproxy/observe/access_format.h"
#include "ccnproxy/observe/access_log.h"
#include "ccnproxy/observe/json_text.h"
#include "ccnproxy/observe/packed_fields.h"

#include "unit/observe/sample_record.h"

namespace ccnproxy::observe {
namespace {

using namespace std::chrono_literals;

std::string json_of(const AccessRecord& record, bool with_query = false) {
  std::string line;
  append_json(line, record, with_query);
  return line;
}

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

/// A line of JSON with the inside of every string left out.
std::string skeleton(std::string_view line) {
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') in_string = !in_string;
    if (in_string && line[i] == '\\') ++i;
    if (!in_string) out += line[i];
  }
  return out;
}

std::string without_digits(std::string text) {
  std::erase_if(text, [](char c) { return c >= '0' && c <= '9'; });
  return text;
}

TEST(AccessJson, writes_an_exchange_that_went_well) {
  EXPECT_EQ(json_of(sample_record()),
            R"({"time":"2026-11-03T07:08:09.000123Z","client":"127.0.0.1:54321","method":"GET",)"
            R"("target":"/v1/items","host":"api.example.com.ccnproxy-https",)"
            R"("origin":"https://api.example.com","protocol":"h2","address":"192.0.2.1:443",)"
            R"("status":200,"bytes_in":12,"bytes_out":3456,"reused":true,"retries":0,)"
            R"("wait_ms":0.002,"first_byte_ms":20.000,"total_ms":20.345,)"
            R"("request_id":"0123456789abcdef"})"
            "\n");
}

TEST(AccessJson, F106_says_on_whose_side_and_in_which_phase_it_failed) {
  const auto line = json_of(sample_failure());
  EXPECT_NE(line.find(R"("retries":1,"retry_proof":"no_byte_on_reused")"), line.npos) << line;
  EXPECT_NE(line.find(R"("dns_ms":1.000,"tcp_ms":2.000,"tls_ms":3.000)"), line.npos) << line;
  EXPECT_TRUE(line.ends_with(R"(,"error":{"type":"connection_terminated","side":"origin",)"
                             R"("phase":"response","detail":"the origin closed the connection"}})"
                             "\n"))
      << line;
}

TEST(AccessJson, has_the_place_in_a_trace_behind_the_request_id) {
  auto record = sample_record();
  record.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  record.span_id = "00f067aa0ba902b7";
  EXPECT_TRUE(json_of(record).ends_with(R"(,"request_id":"0123456789abcdef",)"
                                        R"("trace_id":"4bf92f3577b34da6a3ce929d0e0e4736",)"
                                        R"("span_id":"00f067aa0ba902b7"})"
                                        "\n"));
}

TEST(AccessJson, has_chosen_header_fields_as_objects_before_the_error) {
  std::string request;
  append_field(request, "user-agent", "curl/8");
  append_field(request, "accept", "");
  std::string response;
  append_field(response, "server", "x\"},\n");
  auto record = sample_failure();
  record.request_headers = request;
  record.response_headers = response;
  const auto line = json_of(record);
  EXPECT_NE(line.find(R"(,"request_headers":{"user-agent":"curl/8","accept":""},)"
                      R"("response_headers":{"server":"x\"},\n"},"error":{)"),
            line.npos)
      << line;
}

TEST(AccessJson, writes_a_record_of_which_nothing_is_known) {
  EXPECT_EQ(
      json_of(AccessRecord()),
      R"({"time":"1970-01-01T00:00:00.000000Z","client":"","method":"","target":"","host":"",)"
      R"("origin":"","protocol":"","address":"","status":0,"bytes_in":0,"bytes_out":0,)"
      R"("reused":false,"retries":0,"request_id":""})"
      "\n");
}

TEST(AccessJson, F108_leaves_secrets_out_of_the_target) {
  const std::vector<std::pair<std::string_view, std::string_view>> table = {
      {"/a?canary", "/a"},
      {"/a#canary", "/a"},
      {"?canary", ""},
      {"/a?b=1?canary", "/a"},
      {"http://u:canary@h.example/a?canary", "http://h.example/a"},
      {"http://u:canary@canary@h.example", "http://h.example"},
      {"http://h.example/@a", "http://h.example/@a"},
      {"/a://b@c", "/a://b@c"},
      {"*", "*"},
  };
  for (const auto& [target, logged] : table) {
    AccessRecord record;
    record.target = target;
    const auto line = json_of(record);
    EXPECT_NE(line.find(R"("target":")" + std::string(logged) + '"'), line.npos) << line;
    EXPECT_EQ(line.find("canary"), line.npos) << line;
  }
}

TEST(AccessJson, logs_the_whole_target_where_that_is_asked_for) {
  const auto line = json_of(sample_record(), true);
  EXPECT_NE(line.find(R"("target":"/v1/items?token=canary")"), line.npos) << line;
}

TEST(AccessJson, F104_no_field_breaks_out_of_its_line_or_quotes) {
  const std::string_view attack = "x\"},{\"status\":200}\r\n{\"time\":\"\\\x1b[2J\x7f\x00\xff";
  AccessRecord record;
  record.client = record.method = record.target = record.host = record.origin = attack;
  record.protocol = record.address = record.request_id = record.retry_proof = attack;
  record.error = record.error_side = record.error_phase = record.error_detail = attack;
  record.trace_id = record.span_id = attack;
  std::string headers;
  append_field(headers, attack, attack);
  record.request_headers = headers;
  record.retries = 1;
  const auto line = json_of(record, true);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  for (const char c : line.substr(0, line.size() - 1)) {
    EXPECT_TRUE(c >= 0x20 && c < 0x7f) << line;
  }
  auto harmless = sample_failure();
  harmless.timings = record.timings;
  EXPECT_EQ(without_digits(skeleton(line)), without_digits(skeleton(json_of(harmless))));
}

TEST(AccessJson, F104_escapes_each_byte_that_must_be) {
  for (int byte = 0; byte < 0x80; ++byte) {
    const char c = static_cast<char>(byte);
    const bool special = byte < 0x20 || byte == 0x7f || c == '"' || c == '\\';
    const auto out = escaped(std::string(1, c));
    EXPECT_EQ(out == std::string(1, c), !special) << byte;
    EXPECT_EQ(out.front() == '\\', special) << byte;
  }
}

TEST(AccessJson, F104_escapes_as_RFC_8259_has_it) {
  const std::vector<std::pair<std::string_view, std::string_view>> table = {
      {"plain text", "plain text"},
      {"\"\\\n\r\t", R"(\"\\\n\r\t)"},
      {std::string_view("\0\x01\x1f\x7f", 4), R"(\u0000\u0001\u001f\u007f)"},
      {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
      {"\xc2\x9b"
       "2J\xc2\x85",
       R"(\u009b2J\u0085)"},
      {"\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xae\xe2\x81\xa6", R"(\u2028\u2029\u202e\u2066)"},
      {"\xe2\x80\xa7\xe2\x80\xaf", "\xe2\x80\xa7\xe2\x80\xaf"},
      {"\xff\xfe", R"(\u00ff\u00fe)"},
      {"\x80", R"(\u0080)"},
      {"a\xc3", R"(a\u00c3)"},
      {"\xc3(", R"(\u00c3()"},
      {"\xc0\xaf", R"(\u00c0\u00af)"},
      {"\xe0\x80\xaf", R"(\u00e0\u0080\u00af)"},
      {"\xed\xa0\x80", R"(\u00ed\u00a0\u0080)"},
      {"\xf0\x80\x80\xaf", R"(\u00f0\u0080\u0080\u00af)"},
      {"\xf4\x90\x80\x80", R"(\u00f4\u0090\u0080\u0080)"},
      {"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},
      {"\xf5\x80\x80\x80", R"(\u00f5\u0080\u0080\u0080)"},
      {"\xe2\x82", R"(\u00e2\u0082)"},
      {"\xe2\x82\n", R"(\u00e2\u0082\n)"},
  };
  for (const auto& [text, out] : table) EXPECT_EQ(escaped(text), out);
}

std::string time_text(std::chrono::system_clock::time_point time) {
  std::string out;
  append_time(out, time);
  return out;
}

TEST(AccessJson, writes_times_as_RFC_3339_has_them) {
  using std::chrono::sys_days;
  using std::chrono::year;
  EXPECT_EQ(time_text(sys_days{year{2024} / 2 / 29} + 23h + 59min + 59s + 999999999ns),
            "2024-02-29T23:59:59.999999Z");
  EXPECT_EQ(time_text(sys_days{year{2000} / 1 / 1}), "2000-01-01T00:00:00.000000Z");
  EXPECT_EQ(time_text(std::chrono::system_clock::time_point{} - 1us),
            "1969-12-31T23:59:59.999999Z");
}

TEST(AccessJson, writes_durations_in_milliseconds_to_the_microsecond) {
  const std::vector<std::pair<std::chrono::nanoseconds, std::string_view>> table = {
      {0ns, R"("total_ms":0.000,)"},
      {499ns, R"("total_ms":0.000,)"},
      {500ns, R"("total_ms":0.001,)"},
      {1ms - 1ns, R"("total_ms":1.000,)"},
      {1234567ns, R"("total_ms":1.235,)"},
      {1h, R"("total_ms":3600000.000,)"},
      {std::chrono::nanoseconds::max(), R"("total_ms":9223372036854.776,)"},
  };
  for (const auto& [duration, text] : table) {
    AccessRecord record;
    record.timings.total = duration;
    const auto line = json_of(record);
    EXPECT_NE(line.find(text), line.npos) << line;
  }
}

TEST(AccessJson, leaves_out_the_times_of_what_did_not_happen) {
  EXPECT_EQ(json_of(AccessRecord()).find("_ms"), std::string::npos);
}

TEST(AccessJson, writes_the_largest_numbers) {
  AccessRecord record;
  record.bytes_in = record.bytes_out = std::numeric_limits<std::uint64_t>::max();
  record.status = 999;
  record.retries = std::numeric_limits<std::uint32_t>::max();
  const auto line = json_of(record);
  EXPECT_NE(line.find(R"("status":999,"bytes_in":18446744073709551615,)"
                      R"("bytes_out":18446744073709551615,"reused":false,"retries":4294967295)"),
            line.npos)
      << line;
}

TEST(AccessJson, appends_to_what_is_there) {
  std::string out = "before\n";
  append_json(out, sample_record(), false);
  append_json(out, sample_record(), false);
  EXPECT_EQ(out, "before\n" + json_of(sample_record()) + json_of(sample_record()));
}

}  // namespace
}  // namespace ccnproxy::observe
