#include <gtest/gtest.h>

#include "ccnproxy/observe/access_format.h"
#include "ccnproxy/observe/packed_fields.h"

#include "unit/observe/sample_record.h"

namespace ccnproxy::observe {
namespace {

std::string ltsv(const AccessRecord& record, bool with_query = false) {
  std::string line;
  append_ltsv(line, record, with_query);
  return line;
}

/// The value of a label, which must stand once.
std::string value(const std::string& line, const std::string& label) {
  const auto text = '\t' + line.substr(0, line.size() - 1) + '\t';
  const auto at = text.find('\t' + label + ':');
  if (at == text.npos) return "(none)";
  EXPECT_EQ(text.find('\t' + label + ':', at + 1), text.npos) << label << " stands twice";
  const auto begin = at + label.size() + 2;
  return text.substr(begin, text.find('\t', begin) - begin);
}

TEST(AccessLtsv, has_what_json_has) {
  const auto record = sample_record();
  const auto line = ltsv(record);
  ASSERT_EQ(line.back(), '\n');
  EXPECT_EQ(value(line, "time"), "2026-11-03T07:08:09.000123Z");
  EXPECT_EQ(value(line, "client"), record.client);
  EXPECT_EQ(value(line, "status"), std::to_string(record.status));
  EXPECT_EQ(value(line, "bytes_in"), std::to_string(record.bytes_in));
  EXPECT_EQ(value(line, "bytes_out"), std::to_string(record.bytes_out));
  EXPECT_EQ(value(line, "origin"), record.origin);
  EXPECT_EQ(value(line, "total_ms"), "20.345");
  EXPECT_EQ(value(line, "request_id"), record.request_id);
  EXPECT_EQ(value(line, "error_type"), "(none)");
}

TEST(AccessLtsv, tells_errors) {
  auto record = sample_record();
  record.error = "dns_error";
  record.error_side = "origin";
  record.error_phase = "dns";
  record.error_detail = "no such\tname";
  const auto line = ltsv(record);
  EXPECT_EQ(value(line, "error_type"), "dns_error");
  EXPECT_EQ(value(line, "error_side"), "origin");
  EXPECT_EQ(value(line, "error_detail"), "no such\\tname");
}

TEST(AccessLtsv, has_the_place_in_a_trace) {
  auto record = sample_record();
  EXPECT_EQ(value(ltsv(record), "trace_id"), "(none)");
  record.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  record.span_id = "00f067aa0ba902b7";
  EXPECT_EQ(value(ltsv(record), "trace_id"), record.trace_id);
  EXPECT_EQ(value(ltsv(record), "span_id"), record.span_id);
}

TEST(AccessLtsv, has_chosen_header_fields_by_labels_of_their_own) {
  std::string request;
  append_field(request, "user-agent", "a\tstatus:500\n");
  append_field(request, "x-a!b", "1");
  append_field(request, "accept", "");
  std::string response;
  append_field(response, "etag", "\"1\"");
  auto record = sample_record();
  record.request_headers = request;
  record.response_headers = response;
  const auto line = ltsv(record);
  EXPECT_EQ(value(line, "req_user-agent"), "a\\tstatus:500\\n");
  EXPECT_EQ(value(line, "req_x-a_b"), "1");
  EXPECT_EQ(value(line, "req_accept"), "(none)");
  EXPECT_EQ(value(line, "res_etag"), "\\\"1\\\"");
  EXPECT_EQ(value(line, "status"), "200");
}

TEST(AccessLtsv, F104_no_value_forges_a_label_or_a_line) {
  auto record = sample_record();
  record.host = "a\tstatus:200\nclient:x";
  const auto line = ltsv(record);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(value(line, "host"), "a\\tstatus:200\\nclient:x");
}

TEST(AccessLtsv, F108_shows_no_query_and_no_user) {
  auto record = sample_record();
  record.target = "http://user:secret@host/path?key=secret";
  EXPECT_EQ(value(ltsv(record), "target"), "http://host/path");
  EXPECT_EQ(value(ltsv(record, true), "target"), record.target);
}

}  // namespace
}  // namespace ccnproxy::observe
