#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "ccnproxy/http/chunk_size_line.h"
#include "ccnproxy/http/head_parser.h"

namespace ccnproxy::http {

/// Takes the chunked coding off a body (RFC 9112 §7.1). Sizes are 1*HEXDIG without overflow,
/// extensions are bounded (`limits.head_bytes` for all of a body together) and dropped, a line end
/// after chunk data is required. A request's lines end in CRLF and are strictly the grammar; for a
/// response's see ChunkSizeLine, and ResponseHeadParser for its trailers.
///
/// Pure; holds no body bytes, only the trailer section (bounded by `limits.head_bytes`). What comes
/// out does not depend on how the input was cut, but for how the data is cut.
class ChunkedDecoder {
 public:
  explicit ChunkedDecoder(HeadLimits limits = {}, Sender sender = Sender::client)
      : limits_(limits), sender_(sender), line_(sender) {}

  enum class Event : std::uint8_t {
    need_more,  ///< everything given was consumed
    data,       ///< `data` is a piece of the body, a view into the input
    end,     ///< the body and its trailer section are complete; bytes after `consumed` are not ours
    failed,  ///< not the grammar; `reason` says what
  };
  struct Step {
    Event event = Event::need_more;
    std::size_t consumed = 0;  ///< bytes of the input that this step used
    std::string_view data = {};
    std::string_view reason = {};
  };

  /// Takes one step through `input`; call it again with what was not consumed until need_more, end
  /// or failed. After end and failed it gives the same again, consuming nothing, until reset.
  Step step(std::string_view input);

  /// The trailer fields, valid after `end` until the next reset. Views into memory of this decoder.
  const Fields& trailers() const noexcept { return trailers_; }
  /// Some line of it ended in LF alone: the connection is not kept.
  bool faulty() const noexcept { return faulty_; }
  void reset();

 private:
  enum class State : std::uint8_t { size_line, data, data_end, trailers, done, failed };
  Step read_size_line(std::string_view input);
  Step read_data(std::string_view input);
  Step read_data_end(std::string_view input);
  Step read_trailers(std::string_view input);
  Step finish_trailers();
  Step fail(std::string_view reason);

  HeadLimits limits_;
  Sender sender_;
  State state_ = State::size_line;
  ChunkSizeLine line_;
  std::uint64_t remaining_ = 0;      ///< bytes of the current chunk still to come
  std::size_t extension_bytes_ = 0;  ///< of all chunks so far
  bool cr_seen_ = false;             ///< of the CRLF after chunk data
  bool ends_in_cr_ = false;          ///< the data of the last chunk did
  std::size_t searched_ = 0;         ///< in trailer_section_
  bool faulty_ = false;
  std::string trailer_section_;
  std::string repaired_trailers_;  ///< what an origin's `trailers_` refer to
  Fields trailers_;
  std::string_view failure_;
};

/// The size line of a chunk, e.g. "1f4\r\n". Appends to `out`.
void append_chunk_size(std::string& out, std::uint64_t size);

}  // namespace ccnproxy::http
