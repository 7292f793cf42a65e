#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "ccnproxy/cli/terminal.h"

namespace ccnproxy::cli {

/// Aligned columns for people. What is not printable ASCII in a cell is shown as `?`, so that no
/// peer's text can move a terminal's cursor.
class TextTable {
 public:
  enum class Align : std::uint8_t { left, right };
  struct Column {
    std::string title;
    Align align = Align::left;
  };

  struct Cell {
    Cell(std::string what = "", Style how = Style::plain) : text(std::move(what)), style(how) {}
    Cell(const char* what, Style how = Style::plain) : Cell(std::string(what), how) {}
    std::string text;
    Style style;
  };

  /// Without `colour` the styles of cells make no difference.
  explicit TextTable(std::vector<Column> columns, bool colour = false)
      : columns_(std::move(columns)), colour_(colour) {}

  /// As many cells as there are columns.
  void add(std::vector<Cell> cells);
  /// Titles, then a line for each row; two blanks between columns, none at the end of a line.
  std::string to_string() const;

 private:
  std::vector<std::size_t> widths() const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
  bool colour_;
};

}  // namespace ccnproxy::cli
