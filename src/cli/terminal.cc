#include "ccnproxy/cli/terminal.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include <sys/ioctl.h>
#include <unistd.h>

namespace ccnproxy::cli {
namespace {

constexpr std::string_view reset = "\033[0m";

std::string_view start_of(Style style) {
  switch (style) {
    case Style::plain:
      return "";
    case Style::title:
      return "\033[1m";
    case Style::good:
      return "\033[32m";
    case Style::warning:
      return "\033[33m";
    case Style::bad:
      return "\033[31m";
  }
  return "";
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return lines;
}

/// At most so many characters, and all of the colours between them.
std::string cut(std::string_view line, std::size_t columns) {
  std::string out;
  bool coloured = false;
  std::size_t shown = 0;
  for (std::size_t i = 0; i < line.size();) {
    if (line[i] == '\033') {
      const auto end = std::min(line.find('m', i), line.size() - 1) + 1;
      out += line.substr(i, end - i);
      coloured = line.substr(i, end - i) != reset;
      i = end;
      continue;
    }
    if (shown++ == columns) break;
    out += line[i++];
  }
  return coloured ? out.append(reset) : out;
}

}  // namespace

bool wants_colour(int descriptor) {
  if (::isatty(descriptor) != 1) return false;
  const char* refused = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return !(refused && *refused) && !(terminal && std::string_view(terminal) == "dumb");
}

std::string painted(std::string_view text, Style style, bool colour) {
  const auto start = colour ? start_of(style) : "";
  std::string out(start);
  out += text;
  if (!start.empty()) out += reset;
  return out;
}

Screen screen_of(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0) return {};
  return {size.ws_row, size.ws_col};
}

std::string fit_to_screen(std::string_view text, const Screen& screen) {
  auto lines = lines_of(text);
  std::string more;
  if (screen.rows > 1 && lines.size() >= screen.rows) {  // the cursor's line is the last
    const auto kept = screen.rows - 2;
    more = "... and " + std::to_string(lines.size() - kept) + " more lines\n";
    lines.resize(kept);
  }
  std::string out;
  for (const auto line : lines)
    out += (screen.columns > 0 ? cut(line, screen.columns) : std::string(line)) + '\n';
  return out + more;
}

}  // namespace ccnproxy::cli
