#include "ccnproxy/http/head_scan.h"

#include <bit>
#include <cstring>

#include "ccnproxy/http/characters.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace ccnproxy::http {

namespace detail {

Marks mark_block_portable(const char* block) noexcept {
  Marks marks;
  for (std::size_t i = 0; i < block_size; ++i) {
    const std::uint32_t bit = 1u << i;
    if (is(field_char, block[i])) continue;
    if (block[i] == '\r') {
      marks.cr |= bit;
    } else if (block[i] == '\n') {
      marks.lf |= bit;
    } else {
      marks.control |= bit;
    }
  }
  return marks;
}

#ifdef __SSE2__
namespace {

inline std::uint32_t bits(__m128i bytes) noexcept {
  return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes));
}

// Inlined into the scan; an unsigned minimum finds the bytes below 0x20, as SSE2 compares only
// signed.
inline Marks mark(const char* block) noexcept {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block));
  const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
  const __m128i tab = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t'));
  const __m128i del = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f));
  Marks marks;
  marks.control = bits(_mm_or_si128(_mm_andnot_si128(tab, low), del));
  if (marks.control == 0) return marks;
  marks.cr = bits(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r')));
  marks.lf = bits(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')));
  marks.control &= ~(marks.cr | marks.lf);
  return marks;
}

}  // namespace

Marks mark_block(const char* block) noexcept { return mark(block); }
#else
namespace {
inline Marks mark(const char* block) noexcept { return mark_block_portable(block); }
}  // namespace

Marks mark_block(const char* block) noexcept { return mark(block); }
#endif

}  // namespace detail

namespace {

// What the bytes before a block say about its first two.
struct Before {
  std::uint32_t cr = 0;  // bit 0: the byte before is a CR
  std::uint32_t lf = 0;  // bit 1: the byte before is an LF; bit 0: the one before that
};

Before look_back(std::string_view input, std::size_t from, bool after_line) noexcept {
  Before before;
  if (from == 0) {
    before.lf = after_line ? 2 : 0;
    return before;
  }
  before.cr = input[from - 1] == '\r';
  before.lf = input[from - 1] == '\n' ? 2 : 0;
  const bool second = from == 1 ? after_line : input[from - 2] == '\n';
  if (second) before.lf |= 1;
  return before;
}

// Where in a block a scan stops: bits of bytes that can't stand where they are, and of the line
// feeds that end an empty line.
struct Stops {
  std::uint32_t wrong = 0;
  std::uint32_t ends = 0;
};

inline Stops find_stops(const detail::Marks& marks, Before& before) noexcept {
  Stops stops;
  const std::uint32_t due =
      (marks.cr << 1) | before.cr;  // where a line feed must be, and nowhere else
  const std::uint32_t line_feeds_before = (marks.lf << 2) | before.lf;
  stops.wrong = marks.control | (due ^ marks.lf);
  stops.ends = marks.lf & line_feeds_before;
  before.cr = due >> detail::block_size;
  before.lf = line_feeds_before >> detail::block_size;
  return stops;
}

HeadScan stop_at(const Stops& stops, std::size_t block) noexcept {
  const auto first = static_cast<std::size_t>(std::countr_zero(stops.wrong | stops.ends));
  const bool wrong = ((stops.wrong >> first) & 1u) != 0;
  return {wrong ? HeadScan::Outcome::wrong : HeadScan::Outcome::end, block + first + 1};
}

}  // namespace

HeadScan scan_head(std::string_view input, std::size_t from, bool after_line) noexcept {
  Before before = look_back(input, from, after_line);
  std::size_t at = from;
  for (; at + detail::block_size <= input.size(); at += detail::block_size) {
    Stops stops = find_stops(detail::mark(input.data() + at), before);
    stops.wrong &= 0xffff;
    if ((stops.wrong | stops.ends) != 0) return stop_at(stops, at);
  }
  if (at < input.size()) {
    const std::size_t rest = input.size() - at;
    char padded[detail::block_size];
    std::memset(padded, ' ', sizeof(padded));
    std::memcpy(padded, input.data() + at, rest);
    Stops stops = find_stops(detail::mark(padded), before);
    stops.wrong &= (1u << rest) - 1;
    if ((stops.wrong | stops.ends) != 0) return stop_at(stops, at);
  }
  return {HeadScan::Outcome::more, input.size()};
}

HeadScan scan_lenient_head(std::string_view input, std::size_t from, bool after_line) noexcept {
  for (std::size_t at = from; at < input.size(); ++at) {
    const char c = input[at];
    const bool after_cr = at > 0 && input[at - 1] == '\r';
    if (c == '\0' || (after_cr && c != '\n')) return {HeadScan::Outcome::wrong, at + 1};
    if (c != '\n') continue;
    const std::size_t line_end = after_cr ? at - 1 : at;
    const bool empty = line_end == 0 ? after_line : input[line_end - 1] == '\n';
    if (empty) return {HeadScan::Outcome::end, at + 1};
  }
  return {HeadScan::Outcome::more, input.size()};
}

std::string_view describe_wrong(std::string_view input, const HeadScan& scan) noexcept {
  const char last = input[scan.length - 1];
  const bool after_cr = scan.length > 1 && input[scan.length - 2] == '\r';
  if (after_cr && last != '\n') return "a CR that is not followed by LF";
  if (last == '\n') return "a line that ends in LF without CR";
  if (last == '\0') return "a NUL byte in the head";
  return "a control character in the head";
}

}  // namespace ccnproxy::http
