#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ccnproxy::daemon {

/// Aligned columns for people. What is not printable ASCII in a cell is shown as `?`, so that no
/// peer's text can move a terminal's cursor.
class TextTable {
 public:
  enum class Align : std::uint8_t { left, right };
  struct Column {
    std::string title;
    Align align = Align::left;
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// As many cells as there are columns.
  void add(std::vector<std::string> cells);
  /// Titles, then a line for each row; two blanks between columns, none at the end of a line.
  std::string to_string() const;

 private:
  std::vector<std::size_t> widths() const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace ccnproxy::daemon
