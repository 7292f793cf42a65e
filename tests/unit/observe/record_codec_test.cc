#include "ccnproxy/observe/record_codec.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ccnproxy/observe/access_format.h"

#include "unit/observe/sample_record.h"

namespace ccnproxy::observe {
namespace {

std::vector<std::byte> packed(const AccessRecord& record) {
  std::vector<std::byte> bytes(packed_size(record));
  pack(record, bytes.data());
  return bytes;
}

std::string json_of(const AccessRecord& record) {
  std::string line;
  append_json(line, record, true);
  return line;
}

TEST(RecordCodec, keeps_every_part_of_a_record) {
  const auto record = sample_failure();
  const auto bytes = packed(record);
  EXPECT_EQ(json_of(unpack(bytes)), json_of(record));
}

TEST(RecordCodec, keeps_an_empty_record) {
  const AccessRecord empty;
  const auto bytes = packed(empty);
  EXPECT_EQ(json_of(unpack(bytes)), json_of(empty));
  EXPECT_LT(unpack(bytes).timings.total, std::chrono::nanoseconds::zero());
}

TEST(RecordCodec, keeps_copies_not_views) {
  std::string method = "DELETE";
  AccessRecord record;
  record.method = method;
  const auto bytes = packed(record);
  method = "xxxxxx";
  EXPECT_EQ(unpack(bytes).method, "DELETE");
}

TEST(RecordCodec, bounds_what_a_peer_can_make_us_keep) {
  const std::string endless(1 << 20, 'a');
  AccessRecord record;
  record.target = record.host = record.method = record.request_id = endless;
  record.error_detail = "kept";
  const auto bytes = packed(record);
  EXPECT_LT(bytes.size(), 4 * max_logged_string + 1024);
  EXPECT_EQ(unpack(bytes).target, endless.substr(0, max_logged_string));
  EXPECT_EQ(unpack(bytes).error_detail, "kept");
}

}  // namespace
}  // namespace ccnproxy::observe
