#include "ccnproxy/http/keep_alive.h"

#include <gtest/gtest.h>

namespace ccnproxy::http {
namespace {

using std::chrono::seconds;

TEST(KeepAliveField, F004_timeout_and_max) {
  const auto both = parse_keep_alive("timeout=5, max=100");
  EXPECT_EQ(both.timeout, seconds(5));
  EXPECT_EQ(both.max, 100u);
  EXPECT_EQ(parse_keep_alive("MAX=3").max, 3u);
  EXPECT_EQ(parse_keep_alive("Timeout=0").timeout, seconds(0));
}

TEST(KeepAliveField, F004_what_can_not_be_read_was_not_said) {
  for (const char* value : {"", "timeout", "timeout=", "timeout=-1", "timeout=1.5", "timeout=5s",
                            "timeout=99999999999999999999", "timeout=\"5\"", "x=5", ",,=,"}) {
    const auto said = parse_keep_alive(value);
    EXPECT_FALSE(said.timeout) << value;
    EXPECT_FALSE(said.max) << value;
  }
}

TEST(KeepAliveField, F127_of_several_lines_the_lowest_values_count) {
  const auto of = [](std::initializer_list<std::string_view> values) {
    Fields fields = {{"Via", "timeout=1", FieldId::via}};
    for (const auto value : values) fields.push_back({"Keep-Alive", value, FieldId::keep_alive});
    return parse_keep_alive(fields);
  };
  EXPECT_FALSE(of({}).timeout);
  EXPECT_EQ(of({"timeout=5", "max=100"}).timeout, seconds(5));
  EXPECT_EQ(of({"timeout=5", "max=100"}).max, 100u);
  EXPECT_EQ(of({"max=100", "timeout=5"}).timeout, seconds(5));
  EXPECT_EQ(of({"max=100", "timeout=5"}).max, 100u);
  EXPECT_EQ(of({"timeout=5, max=7", "timeout=9, max=3"}).timeout, seconds(5));
  EXPECT_EQ(of({"timeout=5, max=7", "timeout=9, max=3"}).max, 3u);
  EXPECT_EQ(of({"", "x, timeout=5", "max=1.5"}).timeout, seconds(5));
}

}  // namespace
}  // namespace ccnproxy::http
