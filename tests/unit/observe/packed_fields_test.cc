#include "ccnproxy/observe/packed_fields.h"

#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ccnproxy/observe/record_codec.h"

namespace ccnproxy::observe {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

using Fields = std::vector<std::pair<std::string, std::string>>;

Fields unpacked(std::string_view packed) {
  Fields fields;
  for (LoggedField field; next_field(packed, field);) fields.emplace_back(field.name, field.value);
  return fields;
}

TEST(PackedFields, come_back_in_their_order_whatever_bytes_they_have) {
  std::string packed;
  append_field(packed, "a", std::string_view("\0\n\xff", 3));
  append_field(packed, "b", "");
  append_field(packed, "c", "\"}");
  EXPECT_THAT(unpacked(packed),
              ElementsAre(Pair("a", std::string("\0\n\xff", 3)), Pair("b", ""), Pair("c", "\"}")));
  EXPECT_THAT(unpacked(""), IsEmpty());
}

TEST(PackedFields, a_value_is_cut_to_what_is_logged_of_one) {
  std::string packed;
  append_field(packed, "a", std::string(3000, 'x'));
  EXPECT_THAT(unpacked(packed), ElementsAre(Pair("a", std::string(max_logged_value, 'x'))));
}

TEST(PackedFields, all_together_fit_into_one_string_of_a_record) {
  std::string packed;
  for (int i = 0; i < 100; ++i) append_field(packed, std::string(64, 'n'), std::string(2000, 'v'));
  EXPECT_LE(packed.size(), max_logged_string);
  EXPECT_GT(packed.size(), max_logged_string - 80);
  for (const auto& [name, value] : unpacked(packed)) EXPECT_EQ(name, std::string(64, 'n'));
}

TEST(PackedFields, what_is_cut_off_is_left_out) {
  std::string packed;
  append_field(packed, "name", "value");
  append_field(packed, "next", "value");
  for (std::size_t size = 0; size < packed.size(); ++size)
    EXPECT_LT(unpacked(std::string_view(packed).substr(0, size)).size(), 2U) << size;
}

}  // namespace
}  // namespace ccnproxy::observe
