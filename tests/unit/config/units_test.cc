#include "ccnproxy/config/units.h"

#include <gtest/gtest.h>

namespace ccnproxy::config {
namespace {

using namespace std::chrono_literals;

struct DurationRow {
  std::string_view text;
  std::optional<std::chrono::nanoseconds> value;
};

TEST(Units, durations) {
  const std::vector<DurationRow> rows = {
      {"0", 0ns},
      {"0s", 0ns},
      {"1us", 1us},
      {"250us", 250us},
      {"1ms", 1ms},
      {"1.5s", 1500ms},
      {"1.1s", 1100ms},
      {"0.1us", 100ns},
      {"0.001us", 1ns},
      {"10m", 10min},
      {"1h", 1h},
      {"1.5h", 90min},
      {"0.25h", 15min},
      {"007s", 7s},
      {"1.000s", 1s},
      {"1.0000000000000s", 1s},
      {"0.000000001s", 1ns},
      {"2562047h", 2562047h},
      {"", {}},
      {"5", {}},
      {"s", {}},
      {".5s", {}},
      {"5.s", {}},
      {"-1s", {}},
      {"+1s", {}},
      {"1 s", {}},
      {" 1s", {}},
      {"1s ", {}},
      {"1S", {}},
      {"1ns", {}},
      {"1d", {}},
      {"1h30m", {}},
      {"1.5", {}},
      {"0x10s", {}},
      {"1e3s", {}},
      {"0.0001us", {}},
      {"0.0000000001s", {}},
      {"1.00000000000001s", {}},
      {"2562048h", {}},
      {"9223372036854775807s", {}},
      {"99999999999999999999us", {}},
      {"1.5.5s", {}},
      {"0.00000000000036h", {}},
  };
  for (const auto& row : rows) EXPECT_EQ(parse_duration(row.text), row.value) << row.text;
}

struct SizeRow {
  std::string_view text;
  std::optional<std::uint64_t> value;
};

TEST(Units, sizes) {
  const std::vector<SizeRow> rows = {
      {"0", 0},
      {"1", 1},
      {"65536", 65536},
      {"64KiB", 65536},
      {"1MiB", 1 << 20},
      {"2GiB", std::uint64_t{2} << 30},
      {"18446744073709551615", UINT64_MAX},
      {"17179869183GiB", 17179869183u * (std::uint64_t{1} << 30)},
      {"", {}},
      {"KiB", {}},
      {"1KB", {}},
      {"1k", {}},
      {"1kib", {}},
      {"-1", {}},
      {"+1", {}},
      {"1.5MiB", {}},
      {"1 KiB", {}},
      {"1TiB", {}},
      {"0x10", {}},
      {"18446744073709551616", {}},
      {"17179869184GiB", {}},
  };
  for (const auto& row : rows) EXPECT_EQ(parse_size(row.text), row.value) << row.text;
}

}  // namespace
}  // namespace ccnproxy::config
