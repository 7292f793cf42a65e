#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ccnproxy/http/head_parser.h"

namespace ccnproxy::http {

/// Takes the chunked coding off a body (RFC 9112 §7.1), strictly: sizes are 1*HEXDIG without
/// overflow (at most 16 digits), lines end in CRLF, extensions are checked against the grammar,
/// bounded and dropped, the CRLF after chunk data is required.
///
/// Pure; holds no body bytes, only the current line (bounded by `limits.head_bytes`) and the trailers.
class ChunkedDecoder {
 public:
  explicit ChunkedDecoder(HeadLimits limits = {}) : limits_(limits) {}

  enum class Event : std::uint8_t {
    need_more,  ///< everything given was consumed
    data,       ///< `data` is a piece of the body, a view into the input
    end,        ///< the body and its trailer section are complete; bytes after `consumed` are not ours
    failed,     ///< not the grammar; `reason` says what
  };
  struct Step {
    Event event = Event::need_more;
    std::size_t consumed = 0;  ///< bytes of the input that this step used
    std::string_view data;
    std::string_view reason;
  };

  /// Takes one step through `input`; call it again with what was not consumed until need_more, end or
  /// failed.
  Step step(std::string_view input);

  /// The trailer fields, valid after `end` until the next reset. Views into memory of this decoder.
  const Fields& trailers() const noexcept { return trailers_; }
  void reset();

 private:
  enum class State : std::uint8_t { size_line, data, data_end, trailers, done, failed };
  Step read_size_line(std::string_view input);
  Step read_data(std::string_view input);
  Step read_data_end(std::string_view input);
  Step read_trailers(std::string_view input);
  Step fail(std::string_view reason);

  HeadLimits limits_;
  State state_ = State::size_line;
  std::uint64_t remaining_ = 0;
  std::string line_;
  Fields trailers_;
};

/// The size line of a chunk, e.g. "1f4\r\n". Appends to `out`.
void append_chunk_size(std::string& out, std::uint64_t size);

}  // namespace ccnproxy::http
