#include "ccnproxy/daemon/text_table.h"

namespace ccnproxy::daemon {
namespace {

std::string printable(std::string text) {
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

void append_cell(std::string& out, const std::string& text, std::size_t width,
                 TextTable::Align align) {
  const std::string blanks(width - text.size(), ' ');
  out += align == TextTable::Align::right ? blanks + text : text + blanks;
}

}  // namespace

void TextTable::add(std::vector<std::string> cells) {
  for (auto& cell : cells) cell = printable(std::move(cell));
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> TextTable::widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = columns_[i].title.size();
    for (const auto& row : rows_) width = std::max(width, row[i].size());
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
      append_cell(line, cell(i), wide[i], columns_[i].align);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  };
  append_line([&](std::size_t i) -> const std::string& { return columns_[i].title; });
  for (const auto& row : rows_)
    append_line([&](std::size_t i) -> const std::string& { return row[i]; });
  return out;
}

}  // namespace ccnproxy::daemon
