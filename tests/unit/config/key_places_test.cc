#include "ccnproxy/config/key_places.h"

#include <gtest/gtest.h>

namespace ccnproxy::config {
namespace {

TEST(KeyPlaces, a_mistake_has_the_place_of_its_key_or_of_what_the_key_stands_in) {
  KeyPlaces places("f");
  places.add("pool", 3, 1);
  places.add("listeners", 5, 1);
  places.add("listeners[1]", 7, 5);
  EXPECT_EQ(places.mistake("pool", "is odd").to_string(), "f:3:1: `pool` is odd");
  EXPECT_EQ(places.mistake("pool.warm", "is odd").to_string(), "f:3:1: `pool.warm` is odd");
  EXPECT_EQ(places.mistake("listeners[1].address", "is odd").to_string(),
            "f:7:5: `listeners[1].address` is odd");
  EXPECT_EQ(places.mistake("listeners[0].address", "is odd").to_string(),
            "f:5:1: `listeners[0].address` is odd");
  EXPECT_EQ(places.mistake("tls.key", "is odd").to_string(), "f:1:1: `tls.key` is odd");
}

TEST(KeyPlaces, a_flag_wins_over_the_file) {
  KeyPlaces places("f");
  places.add("pid_file", 3, 1);
  places.add_flag("pid_file", "--pid-file");
  places.add_flag("listeners", "--port");
  EXPECT_TRUE(places.given("pid_file"));
  EXPECT_FALSE(places.given("tls"));
  EXPECT_EQ(places.mistake("pid_file", "is odd").to_string(), "--pid-file: `pid_file` is odd");
  EXPECT_EQ(places.mistake("listeners[0].address", "is odd").to_string(),
            "--port: `listeners[0].address` is odd");
}

TEST(KeyPlaces, without_a_file_a_default_has_no_place) {
  EXPECT_EQ(KeyPlaces().mistake("admin.address", "is odd").to_string(), "`admin.address` is odd");
}

}  // namespace
}  // namespace ccnproxy::config
