#include "text_table.h"

namespace ccnproxy::cli {
namespace {

std::string printable(std::string text) {
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

/// Colour is of the words only, so that blanks at the end of a line can be left out.
void append_cell(std::string& out, const TextTable::Cell& cell, std::size_t width,
                 TextTable::Align align, bool colour) {
  const std::string blanks(width - cell.text.size(), ' ');
  const auto words = cell.text.empty() ? "" : painted(cell.text, cell.style, colour);
  out += align == TextTable::Align::right ? blanks + words : words + blanks;
}

}  // namespace

void TextTable::add(std::vector<Cell> cells) {
  for (auto& cell : cells) cell.text = printable(std::move(cell.text));
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> TextTable::widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = columns_[i].title.size();
    for (const auto& row : rows_) width = std::max(width, row[i].text.size());
    widths.push_back(width);
  }
  return widths;
}

std::string TextTable::to_string() const {
  const auto wide = widths();
  std::string out;
  const auto append_line = [&](const auto& cell) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) line += "  ";
      append_cell(line, cell(i), wide[i], columns_[i].align, colour_);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  };
  append_line([&](std::size_t i) { return Cell(columns_[i].title, Style::title); });
  for (const auto& row : rows_) append_line([&](std::size_t i) -> const Cell& { return row[i]; });
  return out;
}

}  // namespace ccnproxy::cli
