#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ccnproxy::bench {

/// Follows one HTTP/1.1 response with Content-Length: status, length, and whether the connection
/// lives on. Bodies are counted, not kept. Not a general parser: what the benchmark's origin never
/// sends (chunked, a body until close) is reported as bad framing.
class ResponseReader {
 public:
  enum class State {
    Head,        ///< the head is not complete
    Body,        ///< body bytes are missing
    Done,        ///< complete
    BadFraming,  ///< not HTTP/1.1, no Content-Length, a head too long, or bytes after the end
  };

  /// Ready for the next response on the same or another connection.
  void reset();

  /// Takes the bytes that came next.
  State feed(std::string_view bytes);

  /// Counts body bytes that were thrown away unseen; never more than missing().
  State skip(std::uint64_t bytes);

  State state() const { return state_; }
  int status() const { return status_; }
  std::uint64_t length() const { return length_; }
  /// Body bytes still to come.
  std::uint64_t missing() const { return missing_; }
  bool keeps_alive() const { return keeps_alive_; }
  /// Whether any byte of the response came.
  bool started() const { return state_ != State::Head || !head_.empty(); }

 private:
  State fail();
  State take_body(std::string_view bytes);
  bool read_head(std::string_view head);
  bool read_field(std::string_view line);

  State state_ = State::Head;
  std::string head_;
  int status_ = 0;
  std::uint64_t length_ = 0;
  std::uint64_t missing_ = 0;
  bool has_length_ = false;
  bool keeps_alive_ = true;
};

}  // namespace ccnproxy::bench
