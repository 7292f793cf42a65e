#pragma once

#include <string>
#include <string_view>

#include "ccnproxy/http/head.h"
#include "ccnproxy/http/head_parser.h"

namespace ccnproxy::http {

/// The outcome of reading a response's field lines leniently.
struct LenientFields {
  std::string_view refused = {};  ///< why they can't be taken, in words; empty: they were
  bool over_limit = false;        ///< they are too many
  /// Content-Length or Transfer-Encoding stands folded or with white space before its colon, which
  /// readers take differently.
  bool faulty = false;
};

/// Reads field lines up to the empty line, all there and found by scan_lenient_head, as
/// ResponseHeadParser says. Writes them to `memory`, which `fields` refer to afterwards.
LenientFields read_lenient_fields(std::string_view lines, const HeadLimits& limits,
                                  std::string& memory, Fields& fields);

/// Takes the next line off `text`, without its line end; `bare` where that is an LF alone.
std::string_view take_lenient_line(std::string_view& text, bool& bare) noexcept;

/// How lines end in a text.
struct LineEnds {
  bool bare = false;  ///< some in LF alone
  bool pair = false;  ///< some in CRLF
};
LineEnds line_ends(std::string_view text) noexcept;

}  // namespace ccnproxy::http
