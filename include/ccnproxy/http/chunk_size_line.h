#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ccnproxy::http {

/// The sender of the message: requests that are not by the grammar are refused; responses are
/// accepted if curl, nginx and haproxy all accept them and agree on the end.
enum class Sender : std::uint8_t { client, origin };

/// Reads the line before a chunk, `chunk-size [ chunk-ext ] CRLF` (RFC 9112 §7.1), byte by byte and
/// without keeping any of it. Zeros before the size are bounded like extensions.
///
/// A client's extensions must follow the grammar and are then forgotten. Of an origin white space
/// is taken before the end of the line or `;`, any extension without CR and NUL, and a line that
/// ends in LF alone.
class ChunkSizeLine {
 public:
  explicit ChunkSizeLine(Sender sender = Sender::client) noexcept : sender_(sender) {}

  enum class Outcome : std::uint8_t { more, complete, wrong };
  struct Result {
    Outcome outcome = Outcome::more;
    std::size_t consumed = 0;
    std::string_view reason;  ///< why it is wrong, in words
  };

  /// Goes on with `input`. After `complete` or `wrong` it must be reset.
  Result read(std::string_view input) noexcept;
  std::uint64_t size() const noexcept { return size_; }
  /// Bytes of the line beyond a size of 16 digits: what its extensions and zeros cost.
  std::size_t extension_bytes() const noexcept { return extension_bytes_; }
  /// It ended in LF alone.
  bool bare() const noexcept { return bare_; }
  void reset() noexcept { *this = ChunkSizeLine{sender_}; }

 private:
  /// What may come next. BWS stands for optional white space that only the grammar's authors want.
  enum class State : std::uint8_t {
    size,              ///< a digit, or the end of the size
    before_semicolon,  ///< BWS, then ";"
    before_name,       ///< BWS, then a name
    name,              ///< more of it, or what follows
    after_name,        ///< BWS, then "=" or ";"
    before_value,      ///< BWS, then a token or a quoted string
    token,             ///< more of it, or what follows
    quoted,            ///< more of it, or the closing quote
    escaped,           ///< the byte after a backslash
    after_quoted,      ///< what follows a value
    ignored,           ///< an origin's extension, to the end of the line
    line_feed,         ///< the LF after the CR
    complete,
    wrong,
  };
  std::size_t read_plain_digits(std::string_view input) noexcept;
  State next(char c) noexcept;
  State add_digit(int digit) noexcept;
  State after_size(char c) noexcept;
  State end_or_wrong(char c) noexcept;
  static State start_name(char c) noexcept;
  static State after_extension_name(char c) noexcept;
  static State start_value(char c) noexcept;
  static State in_quotes(char c) noexcept;
  static State after_value(char c) noexcept;
  std::string_view why(char c, State before) const noexcept;

  Sender sender_;
  State state_ = State::size;
  std::uint8_t digits_ = 0;  ///< at most 16 are counted
  bool bare_ = false;
  std::uint64_t size_ = 0;
  std::size_t extension_bytes_ = 0;
};

}  // namespace ccnproxy::http
