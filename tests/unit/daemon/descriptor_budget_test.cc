#include "daemon/descriptor_budget.h"

#include <gtest/gtest.h>

#include "ccnproxy/base/connection_budget.h"

namespace ccnproxy::daemon {

static void PrintTo(const DescriptorBudget& b, std::ostream* out) {
  *out << "{" << b.own << ", " << b.admin << ", " << b.overflow << ", " << b.clients << ", "
       << b.origins << "}";
}

namespace {

constexpr auto no_limit = ConnectionBudget::no_limit;

struct Row {
  std::size_t limit;
  std::size_t workers;
  std::size_t clients;
  std::size_t origins;  ///< 0 = auto
  DescriptorBudget budget;
};

TEST(DescriptorBudget, F152_each_limit_is_split_so_that_no_use_can_take_another_s) {
  // limit, workers, limits.clients, limits.origin_connections, {own, admin, overflow, clients,
  // origins}
  const Row rows[] = {
      {64, 1, 65536, 0, {33, 4, 4, 11, 12}},
      {64, 2, 65536, 0, {43, 4, 5, 6, 6}},
      {128, 2, 65536, 0, {43, 5, 8, 36, 36}},
      {200, 1, 65536, 0, {33, 10, 10, 73, 74}},
      {200, 2, 65536, 0, {43, 9, 9, 69, 70}},
      {256, 2, 65536, 0, {43, 13, 13, 93, 94}},
      {1024, 2, 65536, 0, {43, 61, 61, 429, 430}},
      {1024, 4, 65536, 0, {63, 60, 60, 420, 421}},
      {1024, 16, 65536, 0, {183, 52, 64, 362, 363}},
      {1024, 2, 60, 0, {43, 61, 15, 60, 845}},
      {1024, 2, 65536, 20, {43, 61, 61, 839, 20}},
      {4096, 4, 65536, 0, {63, 64, 252, 1858, 1859}},
      {65536, 8, 65536, 0, {103, 64, 256, 32556, 32557}},
      {524288, 8, 65536, 0, {103, 64, 256, 65536, 458329}},
      {1048576, 16, 65536, 0, {183, 64, 256, 65536, 982537}},
      {1048576, 16, 65536, 2000, {183, 64, 256, 65536, 2000}},
  };
  for (const auto& row : rows) {
    const auto budget =
        DescriptorBudget::split({row.limit, row.workers, 1, 3, row.clients, row.origins});
    EXPECT_EQ(budget, row.budget) << row.limit << " descriptors, " << row.workers << " workers";
  }
}

TEST(DescriptorBudget, F152_the_parts_are_never_more_than_the_whole) {
  for (std::size_t limit = 64; limit <= 1 << 20; limit += 1 + limit / 50) {
    for (const std::size_t workers : {1, 2, 4, 16}) {
      for (const std::size_t clients : {1, 60, 1000, 65536, 10'000'000}) {
        for (const std::size_t origins : {0, 1, 100, 1'000'000}) {
          const auto b = DescriptorBudget::split({limit, workers, 2, 3, clients, origins});
          EXPECT_GE(b.clients, 1U);
          EXPECT_GE(b.origins, 1U);
          if (b.own + 16 > limit) continue;  // there is too little for a split
          EXPECT_LE(b.own + b.admin + b.overflow + b.clients + b.origins, limit)
              << limit << ' ' << workers << ' ' << clients << ' ' << origins;
          EXPECT_GE(b.admin, 4U);
          EXPECT_GE(b.overflow, 4U);
        }
      }
    }
  }
}

TEST(DescriptorBudget, F152_a_client_s_request_can_always_have_a_connection_of_its_own) {
  for (const std::size_t limit : {128, 200, 1024, 65536, 1 << 20}) {
    const auto b = DescriptorBudget::split({limit, 2, 1, 3, 10'000'000, 0});
    EXPECT_GE(b.origins, b.clients) << limit;
  }
}

TEST(DescriptorBudget, F152_what_one_side_does_not_want_is_the_other_s) {
  const auto few_clients = DescriptorBudget::split({1024, 2, 1, 3, 60, 0});
  EXPECT_EQ(few_clients.clients, 60U);
  EXPECT_GT(few_clients.origins, 800U);
  const auto few_origins = DescriptorBudget::split({1024, 2, 1, 3, 65536, 20});
  EXPECT_EQ(few_origins.origins, 20U);
  EXPECT_GT(few_origins.clients, 800U);
}

TEST(DescriptorBudget, without_a_limit_all_is_as_it_is_wanted) {
  const auto b = DescriptorBudget::split({0, 4, 1, 3, 65536, 0});
  EXPECT_EQ(b.clients, 65536U);
  EXPECT_EQ(b.origins, no_limit);
  EXPECT_EQ(DescriptorBudget::split({0, 4, 1, 3, 65536, 300}).origins, 300U);
}

}  // namespace
}  // namespace ccnproxy::daemon
