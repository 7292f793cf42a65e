#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ccnproxy::cli {

enum class Style : std::uint8_t { plain, title, good, warning, bad };

/// Whether output to this descriptor may be coloured: it is a terminal with colours, and the
/// environment does not disable them (NO_COLOR set, TERM=dumb).
bool wants_colour(int descriptor);

/// `text` in the colour of a style, which ends with it; as it is where `colour` is false.
std::string painted(std::string_view text, Style style, bool colour);

/// A terminal's size. 0: unknown, or no limit.
struct Screen {
  std::size_t rows = 0;
  std::size_t columns = 0;
};
Screen screen_of(int descriptor);

/// As much of `text` as fits without scrolling: long lines are cut, and where there are too many
/// the last one says how many more there are. Colours take no room and end with their line. Pure.
std::string fit_to_screen(std::string_view text, const Screen& screen);

}  // namespace ccnproxy::cli
