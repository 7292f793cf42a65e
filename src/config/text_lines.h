#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace ccnproxy::config {

/// A text split into lines, without their ends; lines are numbered from 0.
class TextLines {
 public:
  explicit TextLines(std::string_view text);

  /// Empty where there is no such line.
  std::string_view at(int number) const noexcept;
  int count() const noexcept { return static_cast<int>(lines_.size()); }
  /// The number of the last line before `number` that holds more than white space and a comment.
  std::optional<int> before(int number) const noexcept;

 private:
  std::vector<std::string_view> lines_;
};

/// Whether a line holds nothing but white space and a comment.
bool is_blank(std::string_view line) noexcept;

/// A bracket or quote that is open at the end of a text.
struct Opener {
  char kind = '[';
  int line = 0;    ///< from 0
  int column = 0;  ///< from 0
};
/// The innermost one that is open where `line` (from 0) ends; nothing if all are closed.
std::optional<Opener> find_opener(const TextLines& lines, int line);

}  // namespace ccnproxy::config
