#include "text_lines.h"

#include <algorithm>

namespace ccnproxy::config {
namespace {

constexpr std::string_view white = " \t\r";

bool is_white(char c) noexcept { return white.find(c) != white.npos; }

/// Follows brackets and quotes through lines of YAML, as far as a message needs it.
class OpenerScan {
 public:
  void read(std::string_view line, int number) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      const bool starts_word = i == 0 || is_white(line[i - 1]) || is_opening(line[i - 1]);
      const bool comment = line[i] == '#' && (i == 0 || is_white(line[i - 1]));
      if (in_quote()) {
        i = in_quotes(line, i);
      } else if (comment) {
        return;
      } else {
        outside(line[i], starts_word, {line[i], number, static_cast<int>(i)});
      }
    }
  }
  std::optional<Opener> innermost() const {
    return open_.empty() ? std::nullopt : std::optional(open_.back());
  }

 private:
  static bool is_opening(char c) noexcept { return c == '[' || c == '{' || c == ','; }
  bool in_quote() const noexcept {
    return !open_.empty() && (open_.back().kind == '"' || open_.back().kind == '\'');
  }

  /// Returns the index of the last byte that was read.
  std::size_t in_quotes(std::string_view line, std::size_t i) {
    const char quote = open_.back().kind;
    if (quote == '"' && line[i] == '\\') return i + 1;
    if (line[i] != quote) return i;
    if (quote == '\'' && i + 1 < line.size() && line[i + 1] == quote) return i + 1;
    open_.pop_back();
    return i;
  }

  void outside(char c, bool starts_word, Opener here) {
    const bool in_flow = !open_.empty();
    if ((c == '"' || c == '\'') && starts_word) open_.push_back(here);
    if ((c == '[' || c == '{') && (starts_word || in_flow)) open_.push_back(here);
    if ((c == ']' || c == '}') && in_flow) open_.pop_back();
  }

  std::vector<Opener> open_;
};

}  // namespace

TextLines::TextLines(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines_.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string_view TextLines::at(int number) const noexcept {
  return number < 0 || number >= count() ? std::string_view()
                                         : lines_[static_cast<std::size_t>(number)];
}

bool is_blank(std::string_view line) noexcept {
  const auto first = line.find_first_not_of(white);
  return first == line.npos || line[first] == '#';
}

std::optional<int> TextLines::before(int number) const noexcept {
  for (int i = std::min(number, count()) - 1; i >= 0; --i) {
    if (!is_blank(at(i))) return i;
  }
  return std::nullopt;
}

std::optional<Opener> find_opener(const TextLines& lines, int line) {
  OpenerScan scan;
  for (int i = 0; i <= line && i < lines.count(); ++i) scan.read(lines.at(i), i);
  return scan.innermost();
}

}  // namespace ccnproxy::config
