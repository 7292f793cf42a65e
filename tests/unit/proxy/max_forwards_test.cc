#include "ccnproxy/proxy/max_forwards.h"

#include <vector>

#include <gtest/gtest.h>

namespace ccnproxy::proxy {
namespace {

using Says = MaxForwards::Says;

http::RequestHead request(std::string_view method, const std::vector<std::string_view>& values) {
  http::RequestHead head;
  head.method = method;
  head.target = "/";
  head.fields.push_back({"Accept", "*/*", http::FieldId::other});
  for (const auto value : values)
    head.fields.push_back({"MAX-Forwards", value, http::FieldId::other});
  return head;
}

TEST(MaxForwards, zero_stops_options_and_trace_here) {
  for (const std::string_view method : {"OPTIONS", "TRACE"}) {
    for (const std::string_view zero : {"0", "00", "000000000000000000000000000"})
      EXPECT_EQ(read_max_forwards(request(method, {zero})).says, Says::stop) << method << zero;
  }
}

TEST(MaxForwards, more_is_passed_on_less_one) {
  const std::vector<std::pair<std::string_view, std::string>> table = {
      {"1", "0"},
      {"10", "9"},
      {"007", "6"},
      {"1000000000", "999999999"},
      {"4294967296", "999999999"},
      {"99999999999999999999999999999999", "999999999"}};
  for (const auto& [given, left] : table) {
    const auto read = read_max_forwards(request("OPTIONS", {given}));
    EXPECT_EQ(read.says, Says::pass_on) << given;
    EXPECT_EQ(read.value, left) << given;
  }
}

TEST(MaxForwards, what_is_not_one_number_is_bad) {
  for (const std::string_view bad : {"", "-1", "+1", "1.0", "0x1", "1 2", "1, 2", "a", "\xb2"})
    EXPECT_EQ(read_max_forwards(request("TRACE", {bad})).says, Says::bad) << bad;
  EXPECT_EQ(read_max_forwards(request("OPTIONS", {"1", "1"})).says, Says::bad);
}

TEST(MaxForwards, says_nothing_where_there_is_none_or_the_method_is_another) {
  EXPECT_EQ(read_max_forwards(request("OPTIONS", {})).says, Says::nothing);
  for (const std::string_view method : {"GET", "POST", "DELETE", "options", "TRACER"}) {
    EXPECT_EQ(read_max_forwards(request(method, {"0"})).says, Says::nothing) << method;
    EXPECT_EQ(read_max_forwards(request(method, {"x"})).says, Says::nothing) << method;
  }
}

}  // namespace
}  // namespace ccnproxy::proxy
