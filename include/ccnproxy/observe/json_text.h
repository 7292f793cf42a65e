#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace ccnproxy::observe {

/// Appends `text` as the inside of a JSON string (RFC 8259 §7) that can't break out of its line,
/// its quotes or a terminal: quotes, backslashes, bytes below 0x20, DEL, C1 controls, and the line
/// ends and direction marks of Unicode (U+2028 to U+202E, U+2066 to U+2069) are escaped. Each byte
/// that is not part of valid UTF-8 (RFC 3629) becomes \u00XX of that byte. Other text stays as it
/// is (F104).
void append_escaped(std::string& out, std::string_view text);

/// A request target up to its query, or up to a fragment where one was sent, which RFC 9112 §3.2
/// forbids.
std::string_view without_query(std::string_view target) noexcept;

/// RFC 3339 in UTC with microseconds: 2026-11-03T07:08:09.000123Z.
void append_time(std::string& out, std::chrono::system_clock::time_point time);

}  // namespace ccnproxy::observe
