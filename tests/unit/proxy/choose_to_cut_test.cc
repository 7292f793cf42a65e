#include "ccnproxy/proxy/choose_to_cut.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ccnproxy::proxy {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const TimePoint now{seconds(1000)};

TEST(ChooseToCut, F094_takes_those_who_have_stood_longest_until_enough_is_free) {
  const std::vector<Standing> standing = {{100, now - seconds(5)},
                                          {100, now - seconds(50)},
                                          {100, now - seconds(20)},
                                          {100, now - seconds(2)}};
  EXPECT_THAT(choose_to_cut(standing, 1, now), ElementsAre(1));
  EXPECT_THAT(choose_to_cut(standing, 100, now), ElementsAre(1));
  EXPECT_THAT(choose_to_cut(standing, 101, now), ElementsAre(1, 2));
  EXPECT_THAT(choose_to_cut(standing, 10'000, now), ElementsAre(1, 2, 0, 3));
}

TEST(ChooseToCut, F095_leaves_those_who_move_and_those_who_hold_nothing) {
  const std::vector<Standing> standing = {
      {100, now - milliseconds(249)}, {0, now - seconds(50)}, {100, now}};
  EXPECT_THAT(choose_to_cut(standing, 1000, now), IsEmpty());
  EXPECT_THAT(choose_to_cut({}, 1000, now), IsEmpty());
}

TEST(ChooseToCut, takes_nobody_where_nothing_has_to_go) {
  const std::vector<Standing> standing = {{100, now - seconds(5)}};
  EXPECT_THAT(choose_to_cut(standing, 0, now), IsEmpty());
}

}  // namespace
}  // namespace ccnproxy::proxy
