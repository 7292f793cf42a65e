#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "ccnproxy/route/label_table.h"

namespace ccnproxy::route {

inline constexpr std::uint16_t our_port = 3000;

/// What one row expects: `to` is the origin and the target as one URL, or `400`, `405`, or `none`
/// for a Host without a label.
struct Row {
  const char* target;
  const char* host;
  std::string to;
  const char* method = "GET";
};

inline std::string outcome(const LabelTable& table, const MapQuery& query) {
  const auto mapped = table.map(query);
  if (!mapped) {
    const auto& failure = mapped.error();
    return failure.no_label ? "none" : std::to_string(failure.status_code);
  }
  return mapped->origin.to_string() + ' ' + (mapped->prepend_slash ? "/" : "") +
         std::string(mapped->target);
}

inline void expect_rows(const LabelTable& table, const std::vector<Row>& rows,
                        std::uint16_t port = our_port) {
  for (const auto& row : rows) {
    EXPECT_EQ(outcome(table, {row.method, row.target, row.host, port}), row.to)
        << row.method << ' ' << row.target << " Host: " << row.host;
  }
}

}  // namespace ccnproxy::route
