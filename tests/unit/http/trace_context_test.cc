#include "ccnproxy/http/trace_context.h"

#include <string>

#include <gtest/gtest.h>

namespace ccnproxy::http {
namespace {

constexpr std::string_view trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr std::string_view parent_id = "00f067aa0ba902b7";

std::string traceparent(std::string_view version = "00", std::string_view flags = "01",
                        std::string_view rest = "") {
  return std::string(version).append("-").append(trace_id).append("-").append(parent_id).append(
             "-") +
         std::string(flags).append(rest);
}

TEST(TraceContext, is_read_of_every_version_but_the_last) {
  const TraceContext context{trace_id, parent_id, true};
  EXPECT_EQ(parse_traceparent(traceparent()), context);
  EXPECT_EQ(parse_traceparent(traceparent("01")), context);
  EXPECT_EQ(parse_traceparent(traceparent("cc", "01", "-what-the-future-will-be-like")), context);
  EXPECT_EQ(parse_traceparent(traceparent("fe", "01", "-")), context);
  EXPECT_FALSE(parse_traceparent(traceparent("ff")));
}

TEST(TraceContext, is_sampled_by_the_last_bit_of_its_flags) {
  for (const auto& [flags, sampled] : {std::pair{"00", false},
                                       {"01", true},
                                       {"02", false},
                                       {"03", true},
                                       {"fe", false},
                                       {"ff", true},
                                       {"1f", true}})
    EXPECT_EQ(parse_traceparent(traceparent("00", flags))->sampled, sampled) << flags;
}

TEST(TraceContext, F108_nothing_is_read_of_what_is_wrong_in_any_part) {
  const std::string zeros(32, '0');
  const auto with = [](const std::string& id, const std::string& parent) {
    return "00-" + id + "-" + parent + "-01";
  };
  const std::string id(trace_id);
  const std::string parent(parent_id);
  const std::string wrong[] = {
      "",
      "-",
      "00",
      "00-",
      "00-" + id,
      "00-" + id + "-" + parent,
      "00-" + id + "-" + parent + "-",
      "00-" + id + "-" + parent + "-0",
      traceparent("00", "01", "-"),  // version 00 ends there
      traceparent("00", "01", "-more"),
      traceparent("00", "01", "0"),
      traceparent("01", "01", "."),  // a later one goes on behind a dash
      traceparent("01", "01", "0"),
      traceparent("0"),
      traceparent("000"),
      traceparent("0x"),
      traceparent("FE"),
      traceparent("00", "0G"),
      traceparent("00", "0A"),
      traceparent("00", ".1"),
      with(zeros, parent),
      with(id, zeros.substr(16)),
      with("4BF92F3577B34DA6A3CE929D0E0E4736", parent),
      with(id, "00F067AA0BA902B7"),
      with(id.substr(1), parent),
      with(id + "0", parent),
      with(id, parent.substr(1)),
      with(id, parent + "0"),
      with("4bf92f3577b34da6a3ce929d0e0e473g", parent),
      with("4bf92f3577b34da6a3ce929d0e0e47 6", parent),
      " " + traceparent(),
      traceparent() + " ",
      traceparent() + "," + traceparent(),
      "00_" + id + "_" + parent + "_01",
  };
  for (const auto& value : wrong) EXPECT_FALSE(parse_traceparent(value)) << value;
}

TEST(TraceContext, of_a_request_is_that_of_its_only_field) {
  const auto value = traceparent();
  const Fields one = {{"Host", "a"}, {"TraceParent", value}, {"tracestate", "a=b"}};
  EXPECT_EQ(trace_context(one), (TraceContext{trace_id, parent_id, true}));
  EXPECT_FALSE(trace_context({{"Host", "a"}, {"trace-parent", value}}));
  EXPECT_FALSE(trace_context({{"traceparent", value}, {"traceparent", value}}));
  EXPECT_FALSE(trace_context({{"traceparent", "00-1-1-00"}}));
  EXPECT_FALSE(trace_context({}));
}

}  // namespace
}  // namespace ccnproxy::http
