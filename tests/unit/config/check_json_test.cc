#include "ccnproxy/config/check_json.h"

#include <gtest/gtest.h>

namespace ccnproxy::config {
namespace {

TEST(CheckJson, a_good_file) {
  EXPECT_EQ(check_json("/etc/c.yaml", {}),
            "{\"file\":\"/etc/c.yaml\",\"ok\":true,\"mistakes\":[]}\n");
}

TEST(CheckJson, each_mistake_with_its_place) {
  EXPECT_EQ(check_json("c.yaml", {{"c.yaml", 3, 7, "no such key"}, {"c.yaml", 4, 1, "too large"}}),
            R"({"file":"c.yaml","ok":false,"mistakes":[)"
            R"({"file":"c.yaml","line":3,"column":7,"message":"no such key"},)"
            R"({"file":"c.yaml","line":4,"column":1,"message":"too large"}]})"
            "\n");
}

TEST(CheckJson, warnings_where_there_are_some) {
  EXPECT_EQ(check_json("c.yaml", {}, {{"c.yaml", 3, 7, "may not be meant"}}),
            R"({"file":"c.yaml","ok":true,"mistakes":[],"warnings":[)"
            R"({"file":"c.yaml","line":3,"column":7,"message":"may not be meant"}]})"
            "\n");
}

TEST(CheckJson, F104_what_a_file_says_stays_inside_its_string) {
  EXPECT_EQ(check_json("\"\\", {{"x", 1, 1, "\x1b[2J\n\xc3\xa9"}}),
            R"({"file":"\"\\","ok":false,"mistakes":[)"
            R"({"file":"x","line":1,"column":1,"message":"\u001b[2J\u000a\u00c3\u00a9"}]})"
            "\n");
}

}  // namespace
}  // namespace ccnproxy::config
