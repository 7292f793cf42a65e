#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ccnproxy::http {

/// How far a search for the end of a head came.
struct HeadScan {
  enum class Outcome : std::uint8_t {
    more,   ///< no end yet, and nothing wrong so far
    end,    ///< `length` ends with the empty line
    wrong,  ///< the last byte of `length` proves that this is no head
  };
  Outcome outcome = Outcome::more;
  std::size_t length = 0;  ///< bytes looked at, from the beginning of the input
};

/// Looks for the empty line that ends field lines, and on the way makes sure that every line ends
/// in CRLF and that there is no control character but HTAB: what comes out with Outcome::end has CR
/// and LF only as the pair that ends a line. Sixteen bytes at a time; does not read outside
/// `input`.
///
/// `from` is where the last call stopped (0 at first): of the bytes before it only two are read
/// again. `after_line` says that `input` begins at the start of a line that may itself be the empty
/// one (a trailer section), which it may not where a start line is due.
HeadScan scan_head(std::string_view input, std::size_t from, bool after_line) noexcept;

/// The same for responses that are not by the grammar: lines may end in LF alone and hold controls,
/// but no NUL, and a CR only before LF. Byte by byte; `from` is where its own last call stopped.
HeadScan scan_lenient_head(std::string_view input, std::size_t from, bool after_line) noexcept;

/// Why a scan came out `wrong`, in words.
std::string_view describe_wrong(std::string_view input, const HeadScan& scan) noexcept;

namespace detail {

/// One bit a byte, the first byte lowest.
struct Marks {
  std::uint32_t control = 0;  ///< controls but HTAB, CR and LF
  std::uint32_t cr = 0;
  std::uint32_t lf = 0;

  bool operator==(const Marks&) const = default;
};

inline constexpr std::size_t block_size = 16;

/// Of exactly `block_size` bytes; the two give the same, `mark_block` with SSE2 where there is one.
Marks mark_block(const char* block) noexcept;
Marks mark_block_portable(const char* block) noexcept;

}  // namespace detail

}  // namespace ccnproxy::http
