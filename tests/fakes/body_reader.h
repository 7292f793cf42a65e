#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "fakes/fields.h"

namespace ccnproxy::fakes {

/// Splits "Name: value\r\n" lines, up to and with the empty line, into fields. Strict: throws
/// std::invalid_argument on a bare LF, a space before the colon, a folded line, a missing colon.
Fields parse_fields(std::string_view lines);

/// Finds where an HTTP/1 body ends (RFC 9112 §6, §7), without repairing anything. Fed with whatever
/// came; hands out the bytes of the body.
class BodyReader {
 public:
  using Sink = std::function<void(std::string_view)>;

  static BodyReader none() { return BodyReader(Kind::Length, 0); }
  static BodyReader length(std::uint64_t size) { return BodyReader(Kind::Length, size); }
  static BodyReader chunked() { return BodyReader(Kind::Chunked, 0); }
  static BodyReader until_close() { return BodyReader(Kind::UntilClose, 0); }

  /// Takes from the front of `bytes` what belongs to the body; what follows the body stays there.
  /// A line that is not complete yet stays there too. Throws std::invalid_argument on bad chunks.
  void take(std::string& bytes, const Sink& sink);
  /// True once the end was seen; never for a body that ends by close.
  bool done() const { return done_; }
  bool ends_by_close() const { return kind_ == Kind::UntilClose; }
  const Fields& trailers() const { return trailers_; }
  /// What is missing, for messages: "60 of 100 bytes".
  std::string missing() const;

 private:
  enum class Kind { Length, Chunked, UntilClose };
  enum class Part { SizeLine, Data, DataEnd, Trailers };

  BodyReader(Kind kind, std::uint64_t left)
      : kind_(kind), left_(left), done_(kind == Kind::Length && left == 0) {}
  void take_data(std::string& bytes, const Sink& sink);
  bool take_chunk_part(std::string& bytes, const Sink& sink);
  bool take_size_line(std::string& bytes);
  bool take_data_end(std::string& bytes);
  bool take_trailers(std::string& bytes);

  Kind kind_;
  std::uint64_t left_;
  bool done_;
  Part part_ = Part::SizeLine;
  Fields trailers_;
};

}  // namespace ccnproxy::fakes
